import Facts
import SystemPackage

/// What one collector run sees: the door, and tables read once so that all collectors see one moment.
package struct HostView: ~Copyable {
  package let root: HostRoot
  package let processes: ProcessTable
  /// The host's mounts: PID 1's if it can be read, else the auditor's own.
  package let mounts: Result<MountTable, HostError>
  package let accounts: Accounts
  /// Why accounts may have numbers for names.
  package let accountsError: HostError?

  /// The options the host's kernel was built with.
  package let kernelConfiguration: KernelConfigurationAnswer

  private let derived = Derived()

  /// Reads the tables.
  /// - Parameter seen: Told when the process table is read and no other file yet: the moment to close the files to oneself.
  package init(
    _ root: consuming HostRoot, seen: (borrowing HostRoot, ProcessTable) -> Void = { _, _ in }
  ) {
    processes = ProcessTable(reading: root)
    seen(root, processes)
    mounts = Self.mounts(root)
    (accounts, accountsError) = Self.accounts(root)
    kernelConfiguration = KernelConfigurationAnswer(reading: root)
    self.root = root
  }

  /// What several collectors need and make of this view, made by whichever needs it first.
  /// - Parameter key: Names it: one thing has one name, and one type.
  package func once<T>(_ key: String, _ make: (borrowing HostView) -> T) -> T {
    if let made = derived.values[key] as? T { return made }
    let made = make(self)
    derived.values[key] = made
    return made
  }

  /// A view is never changed; only what was already made of it is kept.
  private final class Derived {
    var values: [String: Any] = [:]
  }

  private static func mounts(_ root: borrowing HostRoot) -> Result<MountTable, HostError> {
    var failure = HostError("proc/1/mountinfo", .absent)
    for path: FilePath in ["proc/1/mountinfo", "proc/self/mountinfo"] {
      do throws(HostError) {
        return .success(MountTable(parsing: try root.bytes(path, atMost: 16 << 20), from: "/\(path.string)"))
      } catch {
        if failure.reason == .absent { failure = error }
      }
    }
    return .failure(failure)
  }

  private static func accounts(_ root: borrowing HostRoot) -> (Accounts, HostError?) {
    var failure: HostError?
    func read(_ path: FilePath) -> [UInt8]? {
      do throws(HostError) {
        return try root.bytes(path)
      } catch {
        failure = error
        return nil
      }
    }
    return (Accounts(passwd: read("etc/passwd"), group: read("etc/group")), failure)
  }
}
