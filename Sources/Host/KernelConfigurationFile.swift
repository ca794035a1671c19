import Facts
package import SystemPackage

/// The options that the host's kernel was built with, and which file says so.
package enum KernelConfigurationAnswer: Hashable, Sendable {
  case found(KernelConfiguration, FilePath)
  /// No file has them: neither yes nor no can be said of any option.
  case nowhere([FilePath])
  /// A file may have them and can't be read.
  case unreadable(HostError)
  /// A file is there, and its content is no configuration.
  case malformed(KernelConfiguration.Failure, FilePath)

  /// Reads the configuration of the host's kernel: /proc/config.gz first, which the kernel itself made (`CONFIG_IKCONFIG_PROC`,
  /// proc_config.gz(5)), then the files that distributions put beside the kernel under its exact release.
  ///
  /// The first one that can be read counts. A file for another release is never taken.
  package init(reading root: borrowing HostRoot) {
    var places: [FilePath] = []
    var failure: KernelConfigurationAnswer?
    for (path, isGzipped) in Self.paths(root) {
      places.append(path)
      do throws(HostError) {
        let bytes = try root.bytes(path, atMost: 4 << 20)
        do throws(KernelConfiguration.Failure) {
          let configuration =
            isGzipped ? try KernelConfiguration(gzipped: bytes) : try KernelConfiguration(parsing: bytes)
          self = .found(configuration, path)
          return
        } catch {
          failure = failure ?? .malformed(error, path)
        }
      } catch {
        guard error.reason != .absent else { continue }
        failure = failure ?? .unreadable(error)
      }
    }
    self = failure ?? .nowhere(places)
  }

  private static func paths(_ root: borrowing HostRoot) -> [(FilePath, isGzipped: Bool)] {
    var paths: [(FilePath, isGzipped: Bool)] = [("proc/config.gz", true)]
    if let release = release(root) {
      paths.append((FilePath("boot/config-\(release)"), false))
      paths.append((FilePath("usr/lib/modules/\(release)/config"), false))
    }
    return paths
  }

  /// The running kernel's release where it can be part of a path: `6.1.0-27-amd64`.
  private static func release(_ root: borrowing HostRoot) -> String? {
    guard let bytes = try? root.bytes("proc/sys/kernel/osrelease", atMost: 256),
      let text = bytes.trimmed.validText, let component = FilePath.Component(text), component.kind == .regular
    else { return nil }
    return component.string
  }
}
