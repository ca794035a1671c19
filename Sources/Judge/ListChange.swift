import Facts
import Profiles

/// What the host's own settings add to a list that is a default and take from it: the plugins of a version, those turned on and
/// those turned off.
struct ListChange {
  enum Found {
    case change(ListChange)
    /// What is added can't be told, so nor can the list.
    case unread(Fact)
  }

  private var added: [Value] = []
  private var taken: [Value] = []
  /// The fact that would say what is taken, where it can't be read.
  private(set) var untold: String?
  /// Every place that was looked at.
  private(set) var sources: [Source] = []
  /// Of these the ones that set something.
  private(set) var setting: Set<Source> = []

  /// The change that a default names; none where it stands alone. All defaults of one fact name the same.
  static func of(_ documented: DocumentedDefault, _ entity: Entity, _ facts: EffectiveFacts) -> Found {
    var change = ListChange()
    if let name = documented.plus {
      switch change.values(of: name, entity, facts) {
      case .success(let values): change.added = values
      case .failure(let unread): return .unread(unread.fact)
      }
    }
    if let name = documented.minus {
      switch change.values(of: name, entity, facts) {
      case .success(let values): change.taken = values
      case .failure(let unread):
        change.untold = name
        change.sources += unread.fact.sources
      }
    }
    return .change(change)
  }

  private struct Unread: Error {
    let fact: Fact
  }

  private mutating func values(
    of name: String, _ entity: Entity, _ facts: EffectiveFacts
  ) -> Result<[Value], Unread> {
    func unknown(_ detail: String, _ sources: [Source]) -> Result<[Value], Unread> {
      let source = sources.first ?? Source(.documentation, name)
      return .failure(Unread(fact: .unreadable(.unsupported, detail: "\(name) \(detail)", source)))
    }
    switch facts.lookup(FactName(name), of: entity) {
    case .fact(.observed(.list(let values), let found)):
      sources += found
      setting.formUnion(found)
      return .success(values)
    case .fact(.absent(let places)):
      sources += places
      return .success([])
    case .fact(.observed(let value, let found)): return unknown("is a \(value.type.rawValue)", found)
    case .fact(let unreadable): return .failure(Unread(fact: unreadable))
    case .either(_, let difference, let places): return unknown("is one or another by \(difference)", places)
    case .missing: return unknown("is not stated", [])
    }
  }

  /// What a default's value comes to: one list, or, where it is not known what is taken, the longest and the shortest. What a
  /// test of lists says of both it says of every list between them.
  func applied(to value: Value) -> [Value] {
    guard case .list(let values) = value else { return [value] }
    // What is turned on is on, whether or not it is also turned off.
    let kept = values.filter { !taken.contains($0) || added.contains($0) }
    let longest = Value.list(kept + added.filter { !kept.contains($0) })
    return untold == nil ? [longest] : [longest, .list(added)]
  }
}
