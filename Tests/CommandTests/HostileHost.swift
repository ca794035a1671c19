import Collectors
import Facts
import Foundation
import Host
import Synchronization
import SystemPackage
import TestSupport

/// Hosts as an attacker would leave them, one kind of malice at every place that any collector asks for.
enum HostileHost: String, CaseIterable, Sendable {
  case fifos, sockets, devices, terabytes, directories, loops, upwards
  case crowds, droppings, oddNames
  case aliases, depths, lines, blanks, noise, tables, keys, words, certificates
  case processes, emptyProcesses, lyingProcesses
  case hungEtc, hungVar, hungProc, hungSys, hungUsr, hungEverywhere

  var needsRoot: Bool { self == .devices }
  var needsHanging: Bool { rawValue.hasPrefix("hung") }

  /// Recorded hosts that differ most: what is asked for on the others is asked for on one of these too.
  private static let models = [
    "kubeadm-control-plane", "rke2-server", "containers-confined", "coreos-hardened", "server-neglected",
    "apparmor-tpm", "bottlerocket", "microk8s",
  ]

  /// All that collectors ask for on these hosts, beneath the root, without what lies above something else that is asked for.
  ///
  /// Texts and not `FilePath`s, here and below: a debug build takes a path apart at each comparison and each hash, and there are a
  /// hundred thousand; it took minutes.
  static let places: [String] = {
    let seen = Mutex<Set<String>>([])
    let hosts = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Hosts")
    for name in models {
      guard let root = try? HostRoot(at: hosts.appending(name).appending("root")) else { continue }
      let meter = Meter(Bounds()) { path in
        let text = path.string
        _ = seen.withLock { $0.insert(text) }
      }
      let budget = Budget(meter, until: .seconds(1)) { .zero }
      _ = collect(
        from: HostView(HostRoot(root, within: budget)), with: allCollectors,
        run: Run(id: "", sequence: 0, startedAt: ""), auditor: Auditor(name: "", version: ""))
    }
    let sorted = Set(seen.withLock { $0 }.map(normalized)).filter { !$0.isEmpty }
      .sorted { "\($0)/" < "\($1)/" }
    return zip(sorted, sorted.dropFirst() + [""]).filter { !$1.hasPrefix("\($0)/") }.map(\.0)
  }()

  /// Without a root, `.` and `..`.
  private static func normalized(_ path: String) -> String {
    var components: [Substring] = []
    for component in path.split(separator: "/") where component != "." {
      if component == ".." { _ = components.popLast() } else { components.append(component) }
    }
    return components.joined(separator: "/")
  }

  /// What must stay in reach: it lies here, and every place is a link to it.
  private static let shared = "hostile/shared"

  /// - Returns: The tree, and what hangs in it for as long as it is held.
  func make() throws -> (tree: HostTree, hung: [HungFilesystem]) {
    let tree = try HostTree(["etc/": "", "var/": "", "proc/": "", "sys/": "", "usr/": ""])
    switch self {
    case .fifos: try each(tree) { mkfifo($0, 0o600) }
    case .sockets: try each(tree) { mknod($0, S_IFSOCK | 0o600, 0) }
    // 1:5 is /dev/zero, which never ends.
    case .devices: try each(tree) { mknod($0, S_IFCHR | 0o600, 1 << 8 | 5) }
    case .directories: try each(tree) { mkdir($0, 0o700) }
    case .loops: try each(tree) { path in symlink((path as NSString).lastPathComponent, path) }
    case .upwards: try each(tree) { symlink("/", $0) }
    case .terabytes:
      try linked(tree, [])
      guard truncate("\(tree.path)/\(Self.shared)", 1 << 40) == 0 else {
        throw HostTree.Failure(call: "truncate", path: Self.shared, errno: errno)
      }
    case .crowds: try crowd(tree, 100_000) { "\($0)" }
    case .droppings: try droppings(tree)
    case .oddNames: try crowd(tree, 2000) { "\($0)\u{1b}[31m\u{202e}\n.conf" }
    case .aliases, .depths, .lines, .blanks, .noise, .tables, .keys, .words, .certificates:
      try linked(tree, content)
    case .processes: try processes(tree, 20_000) { "\($0)" }
    case .emptyProcesses: for id in 1...30_000 { try directory("\(tree.path)/proc/\(id)") }
    case .lyingProcesses:
      try processes(tree, 3000) { ["0\($0)", "+\($0)", "-\($0)", "\($0)0000000000"][$0 % 4] }
    case .hungEtc: return try hung(tree, ["etc"])
    case .hungVar: return try hung(tree, ["var"])
    case .hungProc: return try hung(tree, ["proc"])
    case .hungSys: return try hung(tree, ["sys"])
    case .hungUsr: return try hung(tree, ["usr"])
    case .hungEverywhere: return try hung(tree, ["etc", "var", "proc", "sys", "usr"])
    }
    return (tree, [])
  }

  /// A megabyte of the worst of its kind.
  private var content: [UInt8] {
    let size = (1 << 20) - 64
    func filled(_ part: String) -> [UInt8] {
      let part = Array(part.utf8)
      return Array((0..<size / part.count).map { _ in part }.joined())
    }
    switch self {
    case .aliases:
      var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
      for level in 1...30 {
        let item = "*a\(level - 1)"
        text += "a\(level): &a\(level) [\(Array(repeating: item, count: 9).joined(separator: ", "))]\n"
      }
      return Array(text.utf8)
    case .depths: return filled("[")
    case .lines: return filled("x")
    case .blanks: return filled("\n")
    case .noise:
      var generator = SeededGenerator(seed: 7)
      return (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
    case .tables: return filled("[[a]]\n")
    case .keys: return Array((0..<size / 12).map { "k\($0): v\n" }.joined().utf8)
    case .words: return filled("--a=b ")
    case .certificates: return filled("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
    default: return []
    }
  }

  // MARK: Making

  /// Makes a directory whose parent is there.
  private func directory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw HostTree.Failure(call: "mkdir", path: path, errno: errno)
    }
  }

  private func file(_ path: String, _ content: [UInt8]) throws {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { close(number) }
    guard number >= 0, write(number, content, content.count) == content.count else {
      throw HostTree.Failure(call: "write", path: path, errno: errno)
    }
  }

  /// - Parameter make: Given a path whose parent is there; what it returns is a system call's.
  private func each(_ tree: HostTree, _ make: (String) -> Int32) throws {
    let root = tree.path.string
    var made: Set<Substring> = []
    for place in Self.places {
      let parents = place.indices.filter { place[$0] == "/" }.map { place[..<$0] }
      for parent in parents where made.insert(parent).inserted { try directory("\(root)/\(parent)") }
      let path = "\(root)/\(place)"
      guard make(path) == 0 || errno == EEXIST else {
        throw HostTree.Failure(call: rawValue, path: path, errno: errno)
      }
    }
  }

  private func linked(_ tree: HostTree, _ content: [UInt8]) throws {
    try tree.write(content, to: FilePath(Self.shared))
    try each(tree) { symlink("/\(Self.shared)", $0) }
  }

  private func sharedDirectory(_ tree: HostTree) throws -> String {
    let path = "\(tree.path)/\(Self.shared)"
    try directory("\(tree.path)/hostile")
    try directory(path)
    return path
  }

  private func crowd(_ tree: HostTree, _ count: Int, _ name: (Int) -> String) throws {
    let target = try sharedDirectory(tree)
    for index in 0..<count { close(creat("\(target)/\(name(index))", 0o600)) }
    // A name that is no text at all.
    let odd: [CChar] = Array("\(target)/".utf8CString.dropLast()) + [-1, -2, 0x0a, 0]
    close(creat(odd, 0o600))
    try each(tree) { symlink("/\(Self.shared)", $0) }
  }

  /// Directories of more drop-ins than anybody has, each a megabyte.
  private func droppings(_ tree: HostTree) throws {
    try tree.write(Array(repeating: UInt8(ascii: "a"), count: (1 << 20) - 1), to: "hostile/large")
    let target = try sharedDirectory(tree)
    for index in 0..<2000 {
      for suffix in ["conf", "yaml", "json", "service", "rules", "pem", "list"] {
        symlink("/hostile/large", "\(target)/\(index).\(suffix)")
      }
    }
    try each(tree) { symlink("/\(Self.shared)", $0) }
  }

  private func processes(_ tree: HostTree, _ count: Int, _ name: (Int) -> String) throws {
    let components = ["kubelet", "etcd", "kube-apiserver", "containerd", "sshd", "k3s"]
    for index in 1...count {
      let own = components[index % components.count]
      let place = "\(tree.path)/proc/\(name(index))"
      try directory(place)
      let stat = "\(index) (\(own)) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 \(index) 0 0 0"
      try file("\(place)/stat", Array(stat.utf8))
      let status = "Name:\t\(own)\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNoNewPrivs:\t0\nSeccomp:\t0\n"
      try file("\(place)/status", Array(status.utf8))
      let pod = "0::/kubepods.slice/kubepods-pod\(index).slice/cri-containerd-\(index).scope\n"
      try file("\(place)/cgroup", Array(pod.utf8))
      try file(
        "\(place)/cmdline", Array("\(own)\0--config=/hostile/\(index)\0--anonymous-auth\0".utf8))
    }
  }

  private func hung(_ tree: HostTree, _ places: [FilePath]) throws -> (HostTree, [HungFilesystem]) {
    (tree, places.compactMap { HungFilesystem(at: $0, in: tree) })
  }
}
