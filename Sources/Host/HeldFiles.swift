import CLinux
import Glibc
import SystemPackage

/// What the auditor's own confinement will put out of its reach, taken hold of while it can be had.
///
/// A process with a Landlock domain is refused every ptrace access check (proc(5)) on processes outside of the domain: link texts are
/// kept as text, roots and environments as descriptors. A few files of the kernel answer nobody without CAP_SYS_ADMIN: they are read.
final class HeldFiles {
  /// Descriptors held at most; the rest is then out of reach, and said to be.
  static let most = 3_500

  var links: [FilePath: FilePath] = [:]
  var contents: [FilePath: [UInt8]] = [:]
  var files: [FilePath: Int32] = [:]
  var roots: [ProcessID: Int32] = [:]
  private var descriptors: Set<Int32> = []

  var isFull: Bool { descriptors.count >= Self.most }
  var rootDescriptors: [Int32] { Set(roots.values).sorted() }

  func own(_ number: Int32) { descriptors.insert(number) }

  deinit { for number in descriptors { _ = Glibc.close(number) } }
}

extension HostRoot {
  /// The kernel's own files that answer with EPERM without CAP_SYS_ADMIN, whatever their mode: `proc_dointvec_minmax_bpf_restricted`
  /// and its like in net/core/sysctl_net_core.c. Each is a number.
  private static let restricted: [FilePath] = [
    "proc/sys/net/core/bpf_jit_harden", "proc/sys/net/core/bpf_jit_kallsyms",
    "proc/sys/net/core/bpf_jit_limit",
  ]

  /// Reads the kernel's restricted numbers, for a process that is about to drop CAP_SYS_ADMIN. They come from the kernel's own procfs
  /// or not at all.
  package func holdRestricted() {
    guard procfs.number >= 0 else { return }
    for path in Self.restricted {
      guard let found = try? resolve(path, following: false), Self.isProcfs(found),
        let opened = try? reopen(found, O_RDONLY, path), let content = try? read(opened, path, atMost: 64)
      else { continue }
      held.contents[path] = content
    }
  }

  /// Takes hold of what Landlock will put out of reach: PID 1's namespaces; the roots of processes in mount namespaces other than the
  /// auditor's, once for each namespace and root; of processes called by certain names also environment and working directory.
  /// - Parameter names: ``HostProcess/names`` of the processes whose settings are read.
  /// - Returns: The descriptors of directories that must stay readable: this root, then the held ones. They stay this root's own.
  package func hold(_ table: ProcessTable, called names: Set<String>) -> [Int32] {
    guard procfs.number >= 0 else { return [directory.number] }
    for kind in ProcessNamespaces.kinds { holdLink(of: 1, "ns/\(kind)") }
    let own = (try? linkText("proc/self/ns/mnt"))?.string
    let called = Set(table.processes(called: names).map(\.id))
    var known: [String: Int32] = [:]
    for process in table.processes {
      let isCalled = called.contains(process.id)
      if isCalled {
        holdLink(of: process.id, "cwd")
        holdFile(of: process.id, "environ")
      }
      guard let mount = process.namespaces["mnt"], isCalled || "mnt:[\(mount)]" != own,
        let text = try? linkBytes(of: process.id, "root")
      else { continue }
      let key = "\(mount) \(String(decoding: text, as: UTF8.self))"
      if let number = known[key] ?? openRoot(of: process.id) {
        known[key] = number
        held.roots[process.id] = number
      }
    }
    return [directory.number] + held.rootDescriptors
  }

  private func holdLink(of process: ProcessID, _ name: String) {
    let path = FilePath("proc/\(process)/\(name)")
    if let text = try? linkText(path) { held.links[path] = text }
  }

  private func holdFile(of process: ProcessID, _ name: String) {
    let path = FilePath("proc/\(process)/\(name)")
    guard !held.isFull, let found = try? resolve(path, following: true),
      let opened = try? reopen(found, O_RDONLY, path)
    else { return }
    let number = fcntl(opened.number, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { return }
    held.own(number)
    held.files[path] = number
  }

  private func openRoot(of process: ProcessID) -> Int32? {
    guard !held.isFull else { return nil }
    let number = "\(process)/root".withCString {
      linux_openat(procfs.number, $0, pathOnly | O_DIRECTORY | O_CLOEXEC)
    }
    guard number >= 0 else { return nil }
    held.own(number)
    return number
  }
}
