import Foundation
import Reports
import SystemPackage
import Testing

@testable import Agent

@Suite("The spool")
struct SpoolTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spool-\(UUID())")
  private var path: FilePath { FilePath(folder.path) }

  private func report() throws -> Data { try Program.report() }

  private func remove() { try? FileManager.default.removeItem(at: folder) }

  private func mode(_ name: String) throws -> Int {
    let path = folder.appendingPathComponent(name).path
    return try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  @Test("Is its owner's alone, or its group's to read")
  func modes() throws {
    defer { remove() }
    let (spool, lock) = try Spool.open(at: path, group: nil)
    #expect(try mode("") == 0o700)
    try report().write(to: folder.appendingPathComponent("incoming/a.json"))
    _ = try spool.take("a.json", as: 1, shared: false)
    #expect(try mode("000000000001.json") == 0o600)
    close(lock)
    let (shared, second) = try Spool.open(at: path, group: getegid())
    defer { close(second) }
    #expect(try mode("") == 0o2750)
    try report().write(to: folder.appendingPathComponent("incoming/b.json"))
    _ = try shared.take("b.json", as: 2, shared: true)
    #expect(try mode("000000000002.json") == 0o640)
    try shared.save(AgentState(interval: .seconds(5)), shared: true)
    #expect(try mode("state.json") == 0o640)
    #expect(try shared.state()?.intervalSeconds == 5)
  }

  @Test("Takes a whole report and nothing else")
  func halves() throws {
    defer { remove() }
    let (spool, lock) = try Spool.open(at: path, group: nil)
    defer { close(lock) }
    let whole = try report()
    for (name, bytes) in [
      ("half", whole.prefix(whole.count / 2)), ("empty", Data()), ("other", Data("{\"schema\":\"x\"}".utf8)),
    ] {
      try bytes.write(to: folder.appendingPathComponent("incoming/\(name)"))
      #expect(throws: SpoolProblem.self, "\(name)") { try spool.take(name, as: 1, shared: false) }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("incoming/\(name)").path))
    }
    #expect(throws: SpoolProblem.self) { try spool.take("missing", as: 1, shared: false) }
    #expect(try spool.entries().isEmpty)
    try whole.write(to: folder.appendingPathComponent("incoming/whole"))
    let taken = try spool.take("whole", as: 7, shared: false)
    #expect(!taken.isSigned)
    #expect(try spool.entries().map(\.number) == [7])
    #expect(try spool.bytes(of: 7) == Array(whole))
    #expect(try spool.bytes(of: 8) == nil)
  }

  @Test("Lets the oldest go where it holds too many or too much, and keeps the newest in any case")
  func bounds() throws {
    defer { remove() }
    let (spool, lock) = try Spool.open(at: path, group: nil)
    defer { close(lock) }
    for number in 1...9 {
      try Data(count: 100).write(to: folder.appendingPathComponent("00000000000\(number).json"))
    }
    #expect(try spool.trim(to: .init(count: 6, bytes: 1_000)).map(\.number) == [1, 2, 3])
    #expect(try spool.trim(to: .init(count: 6, bytes: 250)).map(\.number) == [4, 5, 6, 7])
    #expect(try spool.trim(to: .init(count: 1, bytes: 1)).map(\.number) == [8])
    #expect(try spool.trim(to: .init(count: 1, bytes: 1)).isEmpty)
    #expect(try spool.entries().map(\.number) == [9])
  }

  @Test("Forgets what a crash left, and no report")
  func sweeps() throws {
    defer { remove() }
    close(try Spool.open(at: path, group: nil).lock)
    for name in ["incoming/1-1.json", "incoming/.1-1.json.9.new", ".state.json.new", "000000000003.json"] {
      try Data("{".utf8).write(to: folder.appendingPathComponent(name))
    }
    let (spool, lock) = try Spool.open(at: path, group: nil)
    defer { close(lock) }
    #expect(try spool.entries().map(\.number) == [3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: spool.incoming.string).isEmpty)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["000000000003.json", "incoming", "lock"])
  }

  @Test("Belongs to one agent at a time")
  func lock() throws {
    defer { remove() }
    let (_, lock) = try Spool.open(at: path, group: nil)
    #expect(throws: SpoolProblem.self) { try Spool.open(at: path, group: nil) }
    close(lock)
    close(try Spool.open(at: path, group: nil).lock)
  }

  @Test("Names that are no report's are passed over, links too")
  func strangers() throws {
    defer { remove() }
    let (spool, lock) = try Spool.open(at: path, group: nil)
    defer { close(lock) }
    for name in ["1.json", "0000000000001.json", "00000000000x.json", "state.json", "000000000002.json.bak"] {
      try Data("{}".utf8).write(to: folder.appendingPathComponent(name))
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("000000000005.json").path, withDestinationPath: "/etc/passwd")
    #expect(try spool.entries().isEmpty)
    #expect(throws: SpoolProblem.self) { try spool.bytes(of: 5) }
  }
}

@Suite("What is watched for changes")
struct WatchTests {
  @Test("Directories of the files that facts came from, by name or as a whole")
  func list() {
    let list = WatchList(
      sources: [
        "/etc/ssh/sshd_config:12 PermitRootLogin", "/etc/shadow", "/etc/ssh/sshd_config.d/10-a.conf:1 X",
        "kubelet[812] --read-only-port", "/proc/sys/kernel/kptr_restrict", "/sys/kernel/security/lsm",
        "/run/x/y", "sysctl(2)", "/var/lib/kubelet/config.yaml authentication.anonymous",
      ], limit: 10)
    #expect(
      list.directories == [
        "/etc/ssh": .only(["sshd_config"]), "/etc": .only(["shadow"]), "/etc/ssh/sshd_config.d": .all,
        "/var/lib/kubelet": .only(["config.yaml"]),
      ])
    #expect(list.left == 0)
  }

  @Test("No more than allowed, the shallow ones first, and the rest is counted")
  func bounded() {
    let list = WatchList(sources: (0..<50).map { "/a/b\($0)/c" } + ["/etc/passwd"], limit: 5)
    #expect(list.directories.count == 5)
    #expect(list.directories["/etc"] == .only(["passwd"]))
    #expect(list.left == 46)
  }

  @Test("A replaced file is seen, its neighbour is not, and no link leads out of the root")
  func changes() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID())")
    let outside = FileManager.default.temporaryDirectory.appendingPathComponent("outside-\(UUID())")
    defer { for folder in [root, outside] { try? FileManager.default.removeItem(at: folder) } }
    let etc = root.appendingPathComponent("etc")
    for folder in [etc, outside] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      atPath: root.appendingPathComponent("out").path, withDestinationPath: outside.path)
    let watch = try #require(ChangeWatch(beneath: FilePath(root.path)))
    #expect(watch.follow(WatchList(sources: ["/etc/a", "/out/a", "/gone/a"], limit: 10)) == 1)
    try Data("1".utf8).write(to: etc.appendingPathComponent("neighbour"))
    try Data("1".utf8).write(to: outside.appendingPathComponent("a"))
    #expect(!watch.takeChanges())
    try Data("1".utf8).write(to: etc.appendingPathComponent("a.new"))
    #expect(!watch.takeChanges())
    #expect(rename(etc.appendingPathComponent("a.new").path, etc.appendingPathComponent("a").path) == 0)
    #expect(watch.takeChanges())
    #expect(!watch.takeChanges())
    // A watch that is no longer wanted is silent.
    #expect(watch.follow(WatchList(sources: ["/etc/b"], limit: 10)) == 1)
    try Data("2".utf8).write(to: etc.appendingPathComponent("a"))
    #expect(!watch.takeChanges())
    try FileManager.default.removeItem(at: etc)
    #expect(watch.takeChanges())
  }
}
