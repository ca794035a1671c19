import Facts
import Glibc
import Host
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

/// What bounds on time and amount leave of a look.
@Suite("A look under a watch")
struct WatchTests {
  private static let run = Run(id: "run", sequence: 1, startedAt: "2026-01-01T00:00:00Z")
  private static let auditor = Auditor(name: "plumbline", version: "0")

  private static func elapsed() -> ElapsedTime {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
  }

  private static func look(
    at tree: HostTree, _ bounds: Bounds, with collectors: [any Collector] = allCollectors
  ) throws -> Snapshot {
    Collectors.look(
      at: try tree.root(), within: LookBounds(bounds, elapsed()), with: collectors, run: run,
      closing: nil as (([Int32]) -> Void)?, auditor: { auditor })
  }

  private static func plain(_ tree: HostTree) throws -> Snapshot {
    collect(from: try tree.view(), with: allCollectors, run: run, auditor: auditor)
  }

  private static var host: [String: String] {
    [
      "etc/os-release": "ID=debian\nVERSION_ID=12\n", "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
      "etc/group": "root:x:0:\n", "etc/ssh/sshd_config": "PermitRootLogin no\n",
      "proc/sys/kernel/kptr_restrict": "2\n", "proc/1/mountinfo": "",
    ]
  }

  @Test("It states what a look without one states")
  func same() throws {
    let tree = try HostTree(Self.host)
    #expect(try Self.look(at: tree, Bounds()) == Self.plain(tree))
  }

  @Test(
    "A filesystem that never answers costs what lies in it, and no more",
    .enabled(if: HungFilesystem.isPossible, "no FUSE here"),
    arguments: [
      "etc/kubernetes", "etc/ssh", "sys/kernel/security", "var/lib/kubelet", "proc/7", "proc/sys/kernel",
    ])
  func hung(place: String) throws {
    let tree = try HostTree(Self.host.merging(["\(place)/": ""]) { $1 })
    let without = try Self.plain(tree)
    let hung = try #require(HungFilesystem(at: FilePath(place), in: tree))
    // Under a sanitizer a collector that is begun anew a few times is over its time.
    let slowness = Sanitizer.isOn ? 10 : 1
    var bounds = Bounds()
    bounds.collector *= slowness
    bounds.audit *= slowness
    let start = ContinuousClock.now
    let snapshot = try Self.look(at: tree, bounds)
    #expect(ContinuousClock.now - start < .seconds(90 * slowness))
    withExtendedLifetime(hung) {}
    #expect(snapshot.collectors.map(\.name) == without.collectors.map(\.name))
    // It is said where.
    #expect(
      snapshot.collectors.contains { run in
        run.problems.contains { $0.code == .outOfTime && $0.place.hasPrefix("/\(place)") }
      })
    // Whatever is stated differently for it is stated as not read, and each entity is still there.
    let after = Dictionary(
      snapshot.entities.map { ("\($0.subject) \($0.id)", $0) }, uniquingKeysWith: { first, _ in first })
    var different = 0
    for entity in without.entities {
      let now = after["\(entity.subject) \(entity.id)"]
      // What lies there may be missing, and its collector says that something was out of reach.
      #expect(now != nil || entity.id.contains(place), "\(entity.subject) \(entity.id)")
      if now != entity { different += 1 }
    }
    #expect(different * 2 < without.entities.count)
  }

  /// Does what it is told to.
  private struct Probe: Collector {
    let name: String
    let look: @Sendable (borrowing HostView, inout Recorder) -> Void

    static let subject = Subject(
      "probe", "A probe.", isSingleton: false, facts: [.init("content", .text, "What it read.")])
    var subjects: [Subject] { [Self.subject] }

    func collect(from host: borrowing HostView, into record: inout Recorder) { look(host, &record) }

    static func reading(_ name: String, _ path: FilePath) -> Probe {
      Probe(name: name) { host, record in
        var entity = Entity(subject, id: name)
        entity["content"] = host.root.textFact(path)
        record.add(entity)
      }
    }
  }

  @Test("A collector whose time is over is told so at its next question, and the next one has its own time")
  func ownTime() throws {
    let tree = try HostTree(["a": "A"])
    let endless = Probe(name: "endless") { host, record in
      while true {
        do throws(HostError) {
          _ = try host.root.bytes("a")
        } catch {
          record.problem(error)
          return
        }
      }
    }
    var bounds = Bounds()
    bounds.collector = .milliseconds(100)
    let snapshot = try Self.look(at: tree, bounds, with: [endless, Probe.reading("after", "a")])
    #expect(snapshot.collectors.map(\.state) == [.partial, .complete])
    #expect(snapshot.collectors[0].problems.first?.code == .outOfTime)
    #expect(snapshot.entities.first?["content"]?.value == .text("A"))
  }

  @Test("A collector that computes for ever is given up")
  func overrun() throws {
    let tree = try HostTree(["a": "A"])
    let flag = Flag()
    defer { flag.raise() }
    let endless = Probe(name: "endless") { _, _ in while !flag.isRaised { usleep(1000) } }
    var bounds = Bounds()
    bounds.collector = .milliseconds(100)
    bounds.patience = .milliseconds(100)
    let snapshot = try Self.look(at: tree, bounds, with: [endless, Probe.reading("after", "a")])
    #expect(snapshot.collectors.map(\.state) == [.partial, .complete])
    #expect(snapshot.entities.first?["content"]?.value == .text("A"))
  }

  private final class Flag: Sendable {
    private let raised = Atomic(false)
    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
  }

  @Test("Where the whole audit's time is over, every collector still states its facts: as not read")
  func auditOver() throws {
    let tree = try HostTree(Self.host)
    var bounds = Bounds()
    bounds.audit = .zero
    let snapshot = try Self.look(at: tree, bounds)
    #expect(snapshot.collectors.count == allCollectors.count)
    let host = try #require(snapshot.entities.first { $0.subject == "host" })
    guard case .unreadable(.outOfTime, _, _)? = host["os.id"] else {
      Issue.record("\(String(describing: host["os.id"]))")
      return
    }
    let singletons = allSubjects.filter(\.isSingleton).map(\.name)
    let stated = Set(snapshot.entities.map(\.subject))
    #expect(singletons.filter { !stated.contains($0) }.isEmpty)
  }

  @Test("Where the audit has read as many bytes as it may, the rest is not read, and said to be so")
  func allBytes() throws {
    let tree = try HostTree([
      "a": String(repeating: "a", count: 100), "b": String(repeating: "b", count: 100),
    ])
    var bounds = Bounds()
    bounds.bytes = 150
    let snapshot = try Self.look(
      at: tree, bounds, with: [Probe.reading("first", "a"), Probe.reading("second", "b")])
    #expect(snapshot.collectors.map(\.state) == [.complete, .partial])
    #expect(snapshot.collectors[1].problems.map(\.code) == [.tooLarge])
    guard case .unreadable(.tooLarge, let detail, _)? = snapshot.entities[1]["content"] else {
      Issue.record("\(snapshot.entities)")
      return
    }
    #expect(detail.contains("150"))
  }

  @Test("Where the audit has seen as many names as it may, the rest is not listed")
  func allEntries() throws {
    let tree = try HostTree(Dictionary(uniqueKeysWithValues: (0..<20).map { ("many/\($0)", "") }))
    var bounds = Bounds()
    bounds.entries = 15
    let lister = Probe(name: "lister") { host, record in
      do throws(HostError) { _ = try host.root.names(in: "many") } catch { record.problem(error) }
    }
    let snapshot = try Self.look(at: tree, bounds, with: [lister])
    #expect(snapshot.collectors[0].problems.first?.code == .tooLarge)
  }

  @Test(
    "Of more processes than the bound, those with the least numbers are read, and it is said that there are more"
  )
  func processes() throws {
    var files: [String: String] = [:]
    for id in [1, 2, 30, 400, 5000] {
      files["proc/\(id)/stat"] = "\(id) (a) S 0 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 0"
      files["proc/\(id)/status"] = "Name:\ta\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
      files["proc/\(id)/cgroup"] = "0::/\n"
    }
    // Lies: neither is a number as the kernel writes it.
    for name in ["007", "+8", "99999999999", "-1", "0"] { files["proc/\(name)/stat"] = "1 (a) S" }
    let tree = try HostTree(files)
    let all = ProcessTable(reading: try tree.root())
    #expect(all.processes.map(\.id) == [1, 2, 30, 400, 5000])
    #expect(all.listingError == nil)
    let some = ProcessTable(reading: try tree.root(), atMost: 3)
    #expect(some.processes.map(\.id) == [1, 2, 30])
    #expect(some.listingError == HostError("proc", .tooLarge(limit: 3)))
  }
}
