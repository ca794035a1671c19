import Facts
import Host
import SystemPackage

/// The programs that the kernel itself starts, as root and outside every container: whoever can write one of them has the host.
///
/// Which they are is a setting of the running kernel, so they are looked for where it says and not where a distribution puts them;
/// https://docs.kernel.org/admin-guide/sysctl/kernel.html (modprobe, poweroff_cmd), core(5), and for uevent_helper
/// Documentation/ABI/testing/sysfs-uevent.
enum KernelHelpers {
  /// Where the kernel says which, and how.
  private static let settings: [(path: FilePath, isPipe: Bool)] = [
    ("proc/sys/kernel/core_pattern", true), ("proc/sys/kernel/modprobe", false),
    ("proc/sys/kernel/poweroff_cmd", false), ("sys/kernel/uevent_helper", false),
  ]

  /// - Returns: A path for each setting that names one; and by its place what could not be read, so that which program it names is not
  /// known.
  static func paths(in root: borrowing HostRoot) -> (paths: [FilePath], unseen: [(place: String, fact: Fact)])
  {
    if let missing = root.missingKernelFilesystem("proc/sys/kernel") {
      return ([], [(place("proc/sys/kernel"), missing)])
    }
    var paths: [FilePath] = []
    var unseen: [(place: String, fact: Fact)] = []
    for (setting, isPipe) in settings {
      do throws(HostError) {
        let bytes = try root.bytes(setting, atMost: 4096)
        if let path = program(bytes, isPipe: isPipe) { paths.append(path) }
      } catch {
        // No kernel is built with all of them.
        guard error.reason != .absent else { continue }
        unseen.append((error.place, .failed(error, .file(error.place))))
      }
    }
    return (paths, unseen)
  }

  /// The program that a setting names, without its arguments. A pattern is one only after a `|`: otherwise it names a file, or a
  /// socket. What is no absolute path is taken from the root, where the kernel's helpers begin.
  static func program(_ setting: [UInt8], isPipe: Bool) -> FilePath? {
    var text = setting.trimmed
    if isPipe {
      guard text.first == UInt8(ascii: "|") else { return nil }
      text = text.dropFirst().trimmed
    }
    let word = text.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    guard !word.isEmpty, let string = String(validating: word, as: UTF8.self) else { return nil }
    return FilePath(root: "/", FilePath(string).components)
  }
}
