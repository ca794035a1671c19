import Facts
import Synchronization
import SystemPackage

/// What one collector run sees: the door, and tables read once so that all collectors see one moment.
package struct HostView: ~Copyable, Sendable {
  package let root: HostRoot
  package let processes: ProcessTable
  /// The host's mounts: PID 1's if it can be read, else the auditor's own.
  package let mounts: Result<MountTable, HostError>
  package let accounts: Accounts
  /// Why accounts may have numbers for names.
  package let accountsError: HostError?

  /// The options the host's kernel was built with.
  package let kernelConfiguration: KernelConfigurationAnswer

  private let derived: Derived
  /// What was made within this view's own bounds.
  private let own = Derived()

  /// Reads the tables.
  /// - Parameter processes: Those of this root, where they were read before.
  package init(_ root: consuming HostRoot, processes: ProcessTable? = nil) {
    self.processes = processes ?? ProcessTable(reading: root)
    mounts = Self.mounts(root)
    (accounts, accountsError) = Self.accounts(root)
    kernelConfiguration = KernelConfigurationAnswer(reading: root)
    derived = Derived()
    self.root = root
  }

  /// The same view, for one who has a budget of his own.
  package init(_ other: borrowing HostView, within budget: Budget) {
    root = HostRoot(other.root, within: budget)
    processes = other.processes
    mounts = other.mounts
    accounts = other.accounts
    accountsError = other.accountsError
    kernelConfiguration = other.kernelConfiguration
    derived = other.derived
  }

  /// What several collectors need and make of this view, made by whichever needs it first.
  /// - Parameter key: Names it: one thing has one name, and one type.
  package func once<T: Sendable>(_ key: String, _ make: (borrowing HostView) -> T) -> T {
    for known in [derived, own] {
      if let made = known.values.withLock({ $0[key] }) as? T { return made }
    }
    let made = make(self)
    // What one collector's bounds cut short is not for the others.
    let place = root.budget?.isExceeded == true ? own : derived
    place.values.withLock { $0[key] = made }
    return made
  }

  /// A view is never changed; only what was already made of it is kept. Locked, since a collector that was given up may come back.
  private final class Derived: Sendable {
    let values = Mutex<[String: any Sendable]>([:])
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
