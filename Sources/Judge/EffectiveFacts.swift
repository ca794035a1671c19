import Facts
import Profiles

/// An entity's facts with documented defaults in place of what nothing sets.
struct EffectiveFacts {
  enum Lookup {
    case fact(Fact)
    /// Nothing sets it, and which of several defaults holds can't be told: by what they differ, and where it was looked for.
    case either([Candidate], by: String, [Source])
    /// The entity does not state it.
    case missing
  }

  /// A default that may be the one in force; without a value where there may be none.
  struct Candidate {
    let value: Value?
    let source: Source?
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

  /// What was read, without any default.
  func stated(_ name: FactName, of entity: Entity) -> Lookup {
    guard let holder = holder(of: name, entity), let fact = holder[name.name] else { return .missing }
    return .fact(fact)
  }

  func lookup(_ name: FactName, of entity: Entity) -> Lookup {
    guard let holder = holder(of: name, entity), let fact = holder[name.name] else { return .missing }
    guard case .absent(let places) = fact else { return .fact(fact) }
    let documented = defaults[holder.subject, name.name]
    let place = "\(holder.label)/\(name.name)"
    guard !documented.isEmpty, !choosing.contains(place) else { return .fact(fact) }
    var within = self
    within.choosing.insert(place)
    return within.choose(documented, places, holder)
  }

  private func holder(of name: FactName, _ entity: Entity) -> Entity? {
    name.subject.map { snapshot.singleton($0) } ?? entity
  }

  /// The default of the entity's version and circumstances; where they aren't known, all that may hold.
  private func choose(_ documented: [DocumentedDefault], _ places: [Source], _ entity: Entity) -> Lookup {
    let version = entity["version"]?.value.flatMap { value -> Version? in
      if case .text(let text) = value { Version(text) } else { nil }
    }
    var candidates: [DocumentedDefault] = []
    var isCertain = true
    for candidate in documented {
      if let version, !candidate.versions.contains(version) { continue }
      switch candidate.condition.map({ Evaluation(facts: self, entity: entity).evaluate($0).truth }) ?? .yes {
      case .no: continue
      case .unknown: isCertain = false
      case .yes: break
      }
      candidates.append(candidate)
    }
    guard let first = candidates.first else { return .fact(.absent(places)) }
    let change: ListChange
    switch ListChange.of(first, entity, self) {
    case .unread(let fact): return .fact(fact)
    case .change(let found): change = found
    }
    let looked = change.sources.reduce(into: places) { if !$0.contains($1) { $0.append($1) } }
    let possible = candidates.flatMap { documented in
      change.applied(to: documented.value).map { candidate(documented, $0, version) }
    }
    if let untold = change.untold { return .either(possible, by: untold, looked) }
    if candidates.count == 1, !isCertain {
      // Its only default holds in circumstances that are not known, and in others there is none.
      return .either(
        possible + [Candidate(value: nil, source: nil)], by: "how it was configured", looked)
    }
    guard possible.allSatisfy({ $0.value == possible[0].value }), let value = possible[0].value else {
      return .either(possible, by: isCertain ? "version" : "how it was configured", looked)
    }
    let label = version.map { "default of v\($0)" } ?? "default of every documented version"
    let source = Source(.documentation, first.source, key: label)
    // What was changed stands before where nothing was found.
    let changed = looked.filter { change.setting.contains($0) }
    return .fact(.observed(value, [source] + changed + looked.filter { !changed.contains($0) }))
  }

  private func candidate(_ documented: DocumentedDefault, _ value: Value, _ version: Version?) -> Candidate {
    let versions = documented.versions
    let range = [versions.from.map { "from v\($0)" }, versions.through.map { "through v\($0)" }].compactMap(
      \.self)
    let label =
      version.map { "of v\($0)" } ?? (range.isEmpty ? "of every version" : range.joined(separator: " "))
    return Candidate(
      value: value, source: Source(.documentation, documented.source, key: "default \(label)"))
  }
}
