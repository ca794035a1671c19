import CLinux
import Glibc
import SystemPackage

/// What the auditor's own confinement will put out of its reach, taken hold of while it can be had.
///
/// A process with a Landlock domain is refused every ptrace access check (proc(5)) on processes outside of the domain: link texts are
/// kept as text, roots and environments as descriptors. A few files of the kernel answer nobody without CAP_SYS_ADMIN: they are read.
package struct HeldFiles: Sendable {
  /// Descriptors held at most; the rest is then out of reach, and said to be.
  static let most = 3_500

  var links: [FilePath: FilePath] = [:]
  var contents: [FilePath: [UInt8]] = [:]
  var files: [FilePath: Int32] = [:]
  var roots: [ProcessID: Int32] = [:]
  /// What AppArmor's profiles are attached to: no rule of Landlock's can open a filesystem that is mounted nowhere.
  var attachments: [AppArmorAttachment]?
  private var owned: [Owned] = []

  package init() {}

  /// Open directories, in which something was found that must stay readable.
  package var directories: [Int32] { Set(roots.values).sorted() }

  var isFull: Bool { owned.count >= Self.most }

  mutating func own(_ number: Int32) { owned.append(Owned(number)) }

  /// A descriptor that is closed with the last value that holds it.
  private final class Owned: Sendable {
    private let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { _ = Glibc.close(number) }
  }
}

extension HostRoot {
  /// The kernel's own files that answer with EPERM without CAP_SYS_ADMIN, whatever their mode: `proc_dointvec_minmax_bpf_restricted`
  /// and its like in net/core/sysctl_net_core.c. Each is a number.
  private static let restricted: [FilePath] = [
    "proc/sys/net/core/bpf_jit_harden", "proc/sys/net/core/bpf_jit_kallsyms",
    "proc/sys/net/core/bpf_jit_limit",
  ]

  /// The kernel's restricted numbers, read for a process that is about to drop CAP_SYS_ADMIN. They come from the kernel's own procfs
  /// or not at all.
  package func restrictedNumbers() -> HeldFiles {
    var held = held
    guard procfs.number >= 0 else { return held }
    for path in Self.restricted {
      guard let found = try? resolve(path, following: false), Self.isProcfs(found),
        let opened = try? reopen(found, O_RDONLY, path), let content = try? read(opened, path, atMost: 64)
      else { continue }
      held.contents[path] = content
    }
    return held
  }

  /// Takes hold of what Landlock will put out of reach: PID 1's namespaces; the roots of processes in mount namespaces other than the
  /// auditor's, once for each namespace and root; what AppArmor's profiles are attached to; of processes called by certain names also environment and working directory.
  /// - Parameter names: ``HostProcess/names`` of the processes whose settings are read.
  /// - Returns: Also what this door holds already.
  package func hold(_ table: ProcessTable, called names: Set<String>) -> HeldFiles {
    var held = held
    guard procfs.number >= 0 else { return held }
    for kind in ProcessNamespaces.kinds { hold(linkOf: 1, "ns/\(kind)", in: &held) }
    held.attachments = try? appArmorAttachments()
    let own = (try? linkText("proc/self/ns/mnt"))?.string
    let called = Set(table.processes(called: names).map(\.id))
    var known: [String: Int32] = [:]
    for process in table.processes {
      let isCalled = called.contains(process.id)
      if isCalled {
        hold(linkOf: process.id, "cwd", in: &held)
        hold(fileOf: process.id, "environ", in: &held)
      }
      guard let mount = process.namespaces["mnt"], isCalled || "mnt:[\(mount)]" != own,
        let text = try? linkBytes(of: process.id, "root")
      else { continue }
      let key = "\(mount) \(String(decoding: text, as: UTF8.self))"
      if let number = known[key] ?? openRoot(of: process.id, in: &held) {
        known[key] = number
        held.roots[process.id] = number
      }
    }
    return held
  }

  /// Gives the number of the root's own directory, which must stay readable.
  package func withDirectory<Result, Failure: Error>(_ use: (Int32) throws(Failure) -> Result)
    throws(Failure) -> Result
  { try use(directory.number) }

  private func hold(linkOf process: ProcessID, _ name: String, in held: inout HeldFiles) {
    let path = FilePath("proc/\(process)/\(name)")
    if let text = try? linkText(path) { held.links[path] = text }
  }

  private func hold(fileOf process: ProcessID, _ name: String, in held: inout HeldFiles) {
    let path = FilePath("proc/\(process)/\(name)")
    guard !held.isFull else { return }
    do throws(HostError) { try budget?.begin(path, in: self.name) } catch { return }
    defer { budget?.end() }
    guard let found = try? resolve(path, following: true), let opened = try? reopen(found, O_RDONLY, path)
    else { return }
    let number = fcntl(opened.number, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { return }
    held.own(number)
    held.files[path] = number
  }

  private func openRoot(of process: ProcessID, in held: inout HeldFiles) -> Int32? {
    guard !held.isFull else { return nil }
    let number = "\(process)/root".withCString {
      linux_openat(procfs.number, $0, pathOnly | O_DIRECTORY | O_CLOEXEC)
    }
    guard number >= 0 else { return nil }
    held.own(number)
    return number
  }
}
