import Facts
import Host
import SystemPackage

extension HostRoot {
  /// Why nothing can be said of what firmware left in /sys/firmware: nil where it is there.
  ///
  /// Container runtimes mask the directory with an empty tmpfs, and the kernel's own is never empty (memmap, acpi, devicetree
  /// or efi is in it), so an empty one is not the host's.
  borrowing func missingFirmware() -> Fact? {
    let source = Source.inode("/sys/firmware")
    do throws(HostError) {
      guard try names(in: "sys/firmware").isEmpty else { return nil }
      return .unreadable(.notVisible, detail: "/sys/firmware is empty, as container runtimes mask it", source)
    } catch {
      return error.reason == .absent
        ? missingKernelFilesystem("sys/firmware")
        : .unreadable(error.obstacle, detail: error.description, source)
    }
  }

  /// Whether a directory or file is there, in three answers.
  borrowing func presence(_ path: FilePath) -> Result<Bool, HostError> {
    do throws(HostError) {
      _ = try linkStatus(path)
      return .success(true)
    } catch {
      return error.reason == .absent ? .success(false) : .failure(error)
    }
  }
}
