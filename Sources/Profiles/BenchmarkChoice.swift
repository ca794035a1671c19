package import Facts

/// What a host is to Kubernetes, as far as its snapshot tells: what the choice of a benchmark hangs on.
package struct KubernetesIdentity: Hashable, Sendable {
  /// Whether any part of Kubernetes is here; nil where that could not be told.
  package let isPresent: Bool?
  /// `k3s`, `eks`; nil where it could not be told or the snapshot is older than the fact.
  package let distribution: String?
  package let version: Version?

  package init(isPresent: Bool?, distribution: String?, version: Version?) {
    self.isPresent = isPresent
    self.distribution = distribution
    self.version = version
  }

  package init(_ snapshot: Snapshot) {
    let node = snapshot.entities.first { $0.subject == "node" }
    let hasParts = !snapshot.host.roles.isEmpty || snapshot.host.kubeletVersion != nil
    let distribution = node?["distribution"]
    let name = distribution.flatMap(\.value)?.description
    let isPresent: Bool? =
      if let name { hasParts || name != "none" } else if hasParts { true } else {
        distribution == nil ? false : nil
      }
    let version = node?["kubernetes.version"]?.value?.description ?? snapshot.host.kubeletVersion
    self.init(
      isPresent: isPresent, distribution: name == "none" ? nil : name, version: version.flatMap(Version.init))
  }
}

/// The benchmark that fits a host best, and why, for the report.
package struct BenchmarkChoice: Hashable, Sendable {
  package let benchmark: Benchmark
  package let note: String

  /// The one for hosts without Kubernetes.
  package static let baseline = "node-baseline"

  /// Chooses by distribution, then by version: the distribution's own benchmark, else those for any; of these the newest that
  /// is meant for the version, else the nearest, which the note says.
  /// - Returns: Nil where no benchmark comes into question.
  package static func choose(
    from benchmarks: some Collection<Benchmark>, for host: KubernetesIdentity
  ) -> BenchmarkChoice? {
    guard host.isPresent == true else {
      let why =
        host.isPresent == nil
        ? "whether Kubernetes is on this host could not be told" : "no Kubernetes was found on this host"
      return benchmarks.first { $0.name == baseline }.map {
        BenchmarkChoice(benchmark: $0, note: "chosen because \(why)")
      }
    }
    let own = benchmarks.filter { $0.distribution != nil && $0.distribution == host.distribution }
    let general = benchmarks.filter { $0.distribution == nil && $0.kubernetes != nil }
    let candidates = (own.isEmpty ? general : own).sorted(by: isOlder)
    guard let (benchmark, fit) = pick(from: candidates, host.version) else { return nil }
    return BenchmarkChoice(
      benchmark: benchmark, note: "\(about(host.distribution, isOwn: !own.isEmpty)); \(fit)")
  }

  private static func about(_ distribution: String?, isOwn: Bool) -> String {
    guard let distribution else {
      return "chosen among those for any distribution, as it could not be told which this is"
    }
    if isOwn { return "chosen for \(distribution)" }
    return "chosen among those for any distribution, as there is none for \(distribution) alone"
  }

  /// By the last version of Kubernetes that each is meant for, then by its own version.
  private static func isOlder(_ left: Benchmark, _ right: Benchmark) -> Bool {
    switch (left.kubernetes?.through, right.kubernetes?.through) {
    case (let left?, let right?) where left != right: left < right
    case (.some, nil): true
    case (nil, .some): false
    default:
      left.version == right.version
        ? left.name < right.name : SectionID(left.version) < SectionID(right.version)
    }
  }

  /// - Parameter candidates: The oldest first.
  private static func pick(from candidates: [Benchmark], _ version: Version?) -> (Benchmark, String)? {
    guard let oldest = candidates.first, let newest = candidates.last else { return nil }
    guard let version else {
      return (newest, "the newest, as the version of Kubernetes is not known")
    }
    if let fitting = candidates.last(where: { $0.kubernetes?.contains(version) ?? true }) {
      let range =
        fitting.kubernetes.map { "Kubernetes \($0), and this is \(version)" } ?? "every version of Kubernetes"
      return (fitting, "it is meant for \(range)")
    }
    if let through = newest.kubernetes?.through, version > through {
      return (
        newest, "the newest, though Kubernetes \(version) is newer than the \(through) that it is meant for"
      )
    }
    let before = candidates.last { $0.kubernetes?.from.map { $0 <= version } ?? true }
    let nearest = before ?? oldest
    let range = nearest.kubernetes.map { "\($0)" } ?? "any"
    return (nearest, "the nearest, as none is meant for Kubernetes \(version); this one is for \(range)")
  }
}
