import Facts
import Profiles

/// What the host's own settings add to a list that is a default and take from it: the plugins of a version, those turned on and
/// those turned off.
struct ListChange {
  enum Found {
    case change(ListChange)
    /// What is added or taken can't be told, so nor can the list.
    case unread(Fact)
  }

  private var added: [Value] = []
  private var taken: [Value] = []
  /// Every place that was looked at.
  private(set) var sources: [Source] = []
  /// Of these the ones that set something.
  private(set) var setting: Set<Source> = []

  /// The change that a default names; none where it stands alone. All defaults of one fact name the same.
  static func of(_ documented: DocumentedDefault, _ entity: Entity, _ facts: EffectiveFacts) -> Found {
    var change = ListChange()
    for (name, part) in [(documented.plus, \ListChange.added), (documented.minus, \ListChange.taken)] {
      guard let name else { continue }
      switch facts.lookup(FactName(name), of: entity) {
      case .fact(.observed(.list(let values), let sources)):
        change[keyPath: part] = values
        change.sources += sources
        change.setting.formUnion(sources)
      case .fact(.absent(let places)): change.sources += places
      case .fact(.unreadable(let obstacle, let detail, let source)):
        return .unread(.unreadable(obstacle, detail: detail, source))
      case .fact(.observed(let value, let sources)):
        return .unread(unknown("\(name) is a \(value.type.rawValue)", sources))
      case .either(_, let difference, let places):
        return .unread(unknown("\(name) is one or another by \(difference)", places))
      case .missing: return .unread(unknown("\(name) is not stated", []))
      }
    }
    return .change(change)
  }

  private static func unknown(_ detail: String, _ sources: [Source]) -> Fact {
    .unreadable(.unsupported, detail: detail, sources.first ?? Source(.documentation, "defaults"))
  }

  /// What is turned on is on, whether or not it is also turned off.
  func applied(to value: Value) -> Value {
    guard case .list(let values) = value else { return value }
    let kept = values.filter { !taken.contains($0) || added.contains($0) }
    return .list(kept + added.filter { !kept.contains($0) })
  }
}
