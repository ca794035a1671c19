import Facts
import Host
import SystemPackage

// What stands between a reader and the host's kernel: a filesystem that was not given to it, and namespaces.

/// Numbers that the kernel gives its first namespaces and no others, `enum init_ns_ino` of linux/nsfs.h. Those of IPC, UTS, user
/// and PID are the same since Linux 3.8; the network's was drawn at boot before Linux 6.18.
enum InitialNamespace {
  static let numbers: [String: UInt64] = [
    "ipc": 0xefff_ffff, "user": 0xefff_fffd, "pid": 0xefff_fffc, "net": 0xefff_fff9,
  ]
}

/// Whether what the kernel shows is the host's own, or that of a namespace the reader is in.
enum NamespaceView: Hashable, Sendable {
  case host
  /// Another one, or one that can't be told from another: why, for people.
  case elsewhere(String)

  /// What a reader can find out about the namespaces of one kind, nil for what it can't.
  struct Signs: Hashable, Sendable {
    /// The number of the reader's own namespace.
    var own: UInt64?
    /// The number of PID 1's.
    var first: UInt64?
    /// The number of PID 1's PID namespace.
    var firstPID: UInt64?
    /// Whether sysctls are seen that only the first network namespace has.
    var showsInitialNetwork: Bool?
  }

  /// The kernel's own numbers and tables decide before PID 1 is asked: its links need a ptrace check that may fail even for
  /// root, and in a container PID 1 is the container's own.
  init(_ kind: String, _ signs: Signs) {
    let initial = InitialNamespace.numbers
    if let own = signs.own, own == initial[kind] {
      self = .host
    } else if kind == "net", let seen = signs.showsInitialNetwork {
      self = seen ? .host : .elsewhere("read in another network namespace than the host's")
    } else if let own = signs.own, let first = signs.first, signs.firstPID == initial["pid"] {
      self = own == first ? .host : .elsewhere("read in another \(kind) namespace than the host's")
    } else {
      self = .elsewhere("it can't be told whether the reader is in the host's \(kind) namespace")
    }
  }
}

extension HostRoot {
  /// Why nothing can be said of a part of procfs or sysfs: nil where it is there. A tree without `proc/sys` does not mean that
  /// no sysctl is set.
  ///
  /// - Parameter directory: One that every kernel has: `proc/sys/kernel`, `sys/kernel`.
  borrowing func missingKernelFilesystem(_ directory: FilePath) -> Fact? {
    let source = Source.inode(place(directory))
    do throws(HostError) {
      let names = try names(in: directory)
      guard names.isEmpty else { return nil }
    } catch {
      guard error.reason == .absent else {
        return .unreadable(error.obstacle, detail: error.description, source)
      }
    }
    return isRunning
      ? .unreadable(.notVisible, detail: "the kernel's own filesystem is not mounted there", source)
      : .unreadable(.needsRunningHost, detail: "this tree does not hold it", source)
  }

  /// Whether sysctls that the kernel keeps for each namespace of a kind are those of the host.
  ///
  /// procfs answers with the *reader's* network, IPC and user namespace, whichever procfs it is. In a recorded tree the files are
  /// the host's as they were.
  borrowing func namespaceView(_ kind: String) -> NamespaceView {
    guard isRunning else { return .host }
    return NamespaceView(
      kind,
      NamespaceView.Signs(
        own: namespace(kind, of: "self"), first: namespace(kind, of: "1"),
        firstPID: namespace("pid", of: "1"),
        showsInitialNetwork: showsInitialNetwork()))
  }

  /// Sysctls that the kernel registers for the first network namespace alone (`net_core_table` of net/core/sysctl_net_core.c) are
  /// seen there and in no other: this tells without any access to PID 1. Nil where net/core can't be listed.
  private borrowing func showsInitialNetwork() -> Bool? {
    guard let names = try? names(in: "proc/sys/net/core"), !names.isEmpty else { return nil }
    return names.contains { $0.string == "netdev_budget" }
  }

  private borrowing func namespace(_ kind: String, of process: String) -> UInt64? {
    guard let text = try? linkText(FilePath("proc/\(process)/ns/\(kind)")).string,
      text.hasPrefix("\(kind):["), text.hasSuffix("]")
    else { return nil }
    return text.dropFirst(kind.utf8.count + 2).dropLast().utf8.decimal.flatMap { UInt64(exactly: $0) }
  }
}
