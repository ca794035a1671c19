import Facts
import Profiles
import Reports

/// Applies waivers to verdicts and counts what each was good for.
struct Waiving {
  private let waivers: [Waiver]
  private let day: String
  private let names: [String]
  private let labels: [String]
  /// Failures that each waiver speaks of, by its place in the list.
  private var matches: [Int]

  init(_ waivers: [Waiver], on day: String, snapshot: Snapshot) {
    self.waivers = waivers
    self.day = day
    names = [snapshot.host.hostname, snapshot.host.nodeName].compactMap(\.self)
    labels = snapshot.entities.filter { $0.subject == "kubelet" }.flatMap { entity -> [String] in
      guard case .list(let values) = entity["nodeLabels"]?.value else { return [] }
      return values.map(\.description)
    }
    matches = [Int](repeating: 0, count: waivers.count)
  }

  /// The verdict under the first waiver that holds for it; only a failure can be waived. It is asked before evidence is cut
  /// short, so that a waiver for some entities never covers one that is not listed.
  mutating func apply(to verdict: Verdict, of check: Slug) -> Verdict {
    guard case .fail(let proof) = verdict else { return verdict }
    var holding: Waiver?
    for (index, waiver) in waivers.enumerated() where waiver.check == check {
      guard waiver.covers(host: names, labels: labels), waiver.covers(entities: proof.all.map(\.entity))
      else {
        continue
      }
      matches[index] += 1
      if holding == nil, !waiver.isExpired(on: day) { holding = waiver }
    }
    guard let holding else { return verdict }
    return .waived(Waived(reason: holding.reason, owner: holding.owner, expires: holding.expires), proof)
  }

  /// What became of each waiver.
  var uses: [WaiverUse] {
    waivers.enumerated().map { index, waiver in
      let state: WaiverUse.State =
        waiver.isExpired(on: day) ? .expired : matches[index] == 0 ? .matchesNothing : .inUse
      return WaiverUse(
        check: waiver.check, reason: waiver.reason, owner: waiver.owner, expires: waiver.expires,
        state: state,
        results: state == .inUse ? matches[index] : 0)
    }
  }
}
