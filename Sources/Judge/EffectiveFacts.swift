import Facts
import Profiles

/// An entity's facts with documented defaults in place of what nothing sets.
struct EffectiveFacts {
  enum Lookup {
    case fact(Fact)
    /// Nothing sets it, and which default holds can't be told.
    case undocumented(String, [Source])
    /// The entity does not state it.
    case missing
  }

  let snapshot: SnapshotIndex
  let defaults: Defaults
  /// The day of judging, for what ends on a day.
  let today: Day?
  /// Facts whose default is being chosen: within the conditions of its own default, a fact is what was read. Without this two
  /// defaults that are conditions of each other would never end.
  private var choosing: Set<String> = []

  init(snapshot: SnapshotIndex, defaults: Defaults, today: Day?) {
    self.snapshot = snapshot
    self.today = today
    self.defaults = defaults
  }

  func lookup(_ name: FactName, of entity: Entity) -> Lookup {
    guard let holder = name.subject.map({ snapshot.singleton($0) }) ?? entity else { return .missing }
    guard let fact = holder[name.name] else { return .missing }
    guard case .absent(let places) = fact else { return .fact(fact) }
    let documented = defaults[holder.subject, name.name]
    let place = "\(holder.label)/\(name.name)"
    guard !documented.isEmpty, !choosing.contains(place) else { return .fact(fact) }
    var within = self
    within.choosing.insert(place)
    return within.choose(documented, places, holder)
  }

  /// The default of the entity's version and circumstances; where they aren't known, only what all of them agree on.
  private func choose(_ documented: [DocumentedDefault], _ places: [Source], _ entity: Entity) -> Lookup {
    let version = entity["version"]?.value.flatMap { value -> Version? in
      if case .text(let text) = value { Version(text) } else { nil }
    }
    var certain = true
    var candidates: [DocumentedDefault] = []
    for candidate in documented {
      if let version, !candidate.versions.contains(version) { continue }
      switch candidate.condition.map({ Evaluation(facts: self, entity: entity).evaluate($0).truth }) ?? .yes {
      case .no: continue
      case .unknown: certain = false
      case .yes: break
      }
      candidates.append(candidate)
    }
    guard let first = candidates.first else { return .fact(.absent(places)) }
    guard candidates.allSatisfy({ $0.value == first.value }) else {
      let unclear =
        version == nil ? "the version is not known" : "it is not known which way it was configured"
      return .undocumented(certain && version != nil ? "documented defaults disagree" : unclear, places)
    }
    let label = version.map { "default of v\($0)" } ?? "default of every documented version"
    let source = Source(.documentation, first.source, key: label)
    return .fact(.observed(first.value, [source] + places))
  }
}
