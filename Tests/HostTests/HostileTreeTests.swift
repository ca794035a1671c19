import Facts
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

/// What an attacker on the host may plant, tried on both ways to resolve paths.
@Suite("HostRoot against its enemies")
struct HostileTreeTests {
  static let resolutions: [HostRoot.Resolution] = [.kernel, .walk]

  @Test("Links out of the root stay in it", arguments: resolutions)
  func linksStayInside(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree([
      "etc/passwd": "inside",
      "absolute": "-> /etc/passwd",
      "climbing": "-> ../../../../../../../../etc/passwd",
      "chained": "-> climbing",
      "far": "-> /etc/../../../etc/../etc/passwd",
      "missing": "-> /etc/shadow",
    ])
    let root = try HostRoot(at: tree.path, resolution: resolution)
    for name: FilePath in ["absolute", "climbing", "chained", "far", "../../etc/passwd", "/etc/passwd"] {
      #expect(try root.bytes(name) == Array("inside".utf8), "\(name)")
    }
    #expect(throws: HostError("missing", .absent)) { try root.bytes("missing") }
  }

  @Test("Links that loop are refused", arguments: resolutions)
  func loops(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree(["a": "-> b", "b": "-> a", "self": "-> self/x"])
    let root = try HostRoot(at: tree.path, resolution: resolution)
    #expect(throws: HostError("a", .escapes)) { try root.bytes("a") }
    #expect(throws: HostError("self", .escapes)) { try root.bytes("self") }
  }

  @Test("procfs' magic links are never followed, and read as text", arguments: resolutions)
  func magicLinks(resolution: HostRoot.Resolution) throws {
    let root = try HostRoot(at: "/", resolution: resolution)
    let isRunning = root.isRunning
    try #require(isRunning)
    let process = getpid()
    for name in ["root/etc/passwd", "cwd", "exe", "fd/0", "ns/mnt"] {
      let path = FilePath("proc/\(process)/\(name)")
      #expect(throws: HostError(path, .escapes)) { try root.bytes(path) }
    }
    #expect(try root.linkText(FilePath("proc/\(process)/ns/mnt")).string.hasPrefix("mnt:["))
    // The ordinary links of procfs still work.
    #expect(try !root.bytes("proc/self/status").isEmpty)
    #expect(try !root.bytes("proc/mounts").isEmpty)
  }

  @Test("What is no regular file is named and not opened", arguments: resolutions)
  func wrongTypes(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree(["directory/": ""])
    #expect(mkfifo(tree.path.appending("fifo").string, 0o600) == 0)
    #expect(mknod(tree.path.appending("socket").string, S_IFSOCK | 0o600, 0) == 0)
    let root = try HostRoot(at: tree.path, resolution: resolution)
    // Nobody writes to the FIFO: opening it to read would wait for ever.
    #expect(throws: HostError("fifo", .wrongType(.fifo))) { try root.bytes("fifo") }
    #expect(throws: HostError("socket", .wrongType(.socket))) { try root.bytes("socket") }
    #expect(throws: HostError("directory", .wrongType(.directory))) { try root.bytes("directory") }
    #expect(try root.status("fifo").type == .fifo)
    #expect(throws: HostError("fifo", .wrongType(.fifo))) { try root.names(in: "fifo") }
    #expect(throws: HostError("directory", .wrongType(.directory))) { try root.linkText("directory") }
  }

  @Test(
    "A device node is named and not opened", .enabled(if: geteuid() == 0, "making a device node needs root"))
  func device() throws {
    let tree = try HostTree()
    // 1:5 is /dev/zero, which never ends.
    try #require(mknod(tree.path.appending("zero").string, S_IFCHR | 0o600, makeDevice(1, 5)) == 0)
    let root = try tree.root()
    #expect(throws: HostError("zero", .wrongType(.character))) { try root.bytes("zero") }
  }

  @Test("A terabyte that is not there costs the bound and no more", arguments: resolutions)
  func sparse(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree(["sparse": ""])
    #expect(truncate(tree.path.appending("sparse").string, 1 << 40) == 0)
    let root = try HostRoot(at: tree.path, resolution: resolution)
    #expect(throws: HostError("sparse", .tooLarge(limit: 4096))) { try root.bytes("sparse", atMost: 4096) }
    #expect(throws: HostError("sparse", .tooLarge(limit: HostRoot.defaultLimit))) { try root.bytes("sparse") }
  }

  @Test(
    "A file of exactly the bound is read, one byte more is refused", arguments: [1, 4095, 4096, 4097, 20_000])
  func bound(limit: Int) throws {
    let tree = try HostTree()
    try tree.write([UInt8](repeating: 7, count: limit), to: "exact")
    try tree.write([UInt8](repeating: 7, count: limit + 1), to: "over")
    let root = try tree.root()
    #expect(try root.bytes("exact", atMost: limit).count == limit)
    #expect(throws: HostError("over", .tooLarge(limit: limit))) { try root.bytes("over", atMost: limit) }
  }

  @Test(
    "What a kernel filesystem says of a size is no bound",
    .enabled(if: access("/sys/class/net/lo/mtu", R_OK) == 0))
  func kernelFile() throws {
    let root = try HostRoot(at: "/sys")
    #expect(try root.status("class/net/lo/mtu").size > 64)
    #expect(try root.bytes("class/net/lo/mtu", atMost: 64).last == UInt8(ascii: "\n"))
  }

  @Test("A directory with more names than the bound is refused")
  func crowded() throws {
    let tree = try HostTree(
      Dictionary(uniqueKeysWithValues: (0..<50).map { ("crowd/\($0)", "") }))
    let root = try tree.root()
    #expect(try root.names(in: "crowd", atMost: 50).count == 50)
    #expect(throws: HostError("crowd", .tooLarge(limit: 49))) { try root.names(in: "crowd", atMost: 49) }
  }

  @Test("Names that are not UTF-8 are listed and read, and print as escapes", arguments: resolutions)
  func oddNames(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree()
    let bytes: [CChar] = [0x6f, -1, 0x1b, 0x64, 0]
    let name = FilePath(platformString: bytes)
    try tree.write(Array("odd".utf8), to: name)
    let root = try HostRoot(at: tree.path, resolution: resolution)
    let names = try root.names(in: "/")
    #expect(names.count == 1)
    #expect(try root.bytes(FilePath(root: nil, names)) == Array("odd".utf8))
    #expect(printable([0x6f, 0xff, 0x1b, 0x64] as [UInt8]) == "o\\xff\\x1bd")
  }

  @Test("A name longer than the kernel takes is an error, not a crash", arguments: resolutions)
  func longName(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree()
    let root = try HostRoot(at: tree.path, resolution: resolution)
    let name = FilePath(String(repeating: "x", count: 5000))
    #expect(throws: HostError(name, .io(.fileNameTooLong))) { try root.bytes(name) }
  }

  @Test("A file in a directory's place is not there, for what would lie beneath it", arguments: resolutions)
  func fileInPlaceOfDirectory(resolution: HostRoot.Resolution) throws {
    let tree = try HostTree(["etc": "a file"])
    let root = try HostRoot(at: tree.path, resolution: resolution)
    #expect(throws: HostError("etc/passwd", .absent)) { try root.bytes("etc/passwd") }
  }

  @Test("A recorded read error is the error that reading gives, and status still works")
  func recordedErrors() throws {
    let tree = try HostTree(["etc/shadow": "secret", "sys/x/y": "1"])
    let root = try tree.root(
      attributes: "etc/shadow\t0640\t0\t42\tfile\terrno=EACCES\nsys/x/**\t-\t-\t-\t-\terrno=EIO\n")
    #expect(throws: HostError("etc/shadow", .denied)) { try root.bytes("etc/shadow") }
    #expect(throws: HostError("sys/x/y", .io(.ioError))) { try root.bytes("sys/x/y") }
    let status = try root.status("/etc/shadow")
    #expect(status.mode == 0o640 && status.owner == 0 && status.group == 42)
  }

  @Test("A line for everything beneath a path holds for what no other line names", arguments: ["/", "/etc"])
  func recordedTrees(top: String) throws {
    let tree = try HostTree(["etc/a": "", "etc/b": ""])
    let all = top == "/" ? "/**" : "\(top)/**"
    let root = try tree.root(attributes: "\(all)\t0751\t7\t8\t-\n/etc/b\t0700\t-\t-\t-\n")
    #expect(try root.status("/etc/a").mode == 0o751)
    #expect(try root.status("etc/./a").owner == 7)
    #expect(try root.status("/etc/b").mode == 0o700)
  }

  @Test("A malformed attribute line is refused with its number")
  func malformedAttributes() {
    for (text, line) in [
      ("a\tb", 1), ("\na\t09\t-\t-\t-", 2), ("a\t-\t-\t-\tsock", 1), ("a\t-\t-\t-\t-\terrno=E", 1),
    ] {
      #expect { try Attributes(parsing: text) } throws: { ($0 as? Attributes.Malformed)?.line == line }
    }
  }

  @Test("A process's root is a door of its own, in a recorded tree an ordinary directory or link")
  func processRoot() throws {
    let tree = try HostTree([
      "containers/etcd/etc/x": "the container's", "etc/x": "the host's",
      "proc/7/root": "-> /containers/etcd", "containers/etcd/out": "-> /etc/x",
    ])
    let root = try tree.root()
    let own = try root.root(of: 7)
    #expect(try own.bytes("/etc/x") == Array("the container's".utf8))
    #expect(try own.bytes("out") == Array("the container's".utf8))
    #expect(try own.bytes("../../etc/x") == Array("the container's".utf8))
  }

  @Test("A running process's root is reached by the one magic hop there is")
  func liveProcessRoot() throws {
    let root = try HostRoot(at: "/")
    let own = try root.root(of: getpid())
    let isRunning = own.isRunning
    #expect(isRunning)
    #expect(try own.status("/etc").type == .directory)
  }

  @Test("A process that ends while it is read leaves no error behind")
  func vanishing() throws {
    let tree = try HostTree(["proc/12/stat": "", "proc/13/": "", "proc/self": "-> 12"])
    let table = ProcessTable(reading: try tree.root())
    #expect(table.processes.isEmpty)
    #expect(table.vanished == 2)
    #expect(table.errors.isEmpty)
  }

  /// makedev(3), which glibc has as a macro only.
  private func makeDevice(_ major: UInt, _ minor: UInt) -> UInt { major << 8 | minor }
}
