import Facts
import Host
import SystemPackage

/// The options that the host's kernel was built with, and which file says so.
enum KernelConfigurationAnswer: Hashable, Sendable {
  case found(KernelConfiguration, Source)
  /// No file has them: neither yes nor no can be said of any option.
  case nowhere([Source])
  /// A file may have them and can't be read.
  case unreadable(Obstacle, detail: String, Source)

  /// The value of an option (`CONFIG_MODULES`): `y`, `m`, a number or a text. An option that a readable configuration does not
  /// set is `n`: that is how Kconfig says no. Without a configuration it is unreadable, never `n`.
  func fact(_ option: String) -> Fact {
    switch self {
    case .found(let configuration, let source):
      let place = Source(source.kind, source.place, key: option)
      return .observed(.text(printable((configuration[option] ?? "n").utf8)), place)
    case .nowhere(let places):
      let names = places.map(\.place).joined(separator: ", ")
      return .unreadable(
        .notVisible, detail: "no kernel configuration at \(names)",
        places.first ?? .file("/proc/config.gz", key: option))
    case .unreadable(let obstacle, let detail, let source):
      return .unreadable(obstacle, detail: detail, source)
    }
  }

  /// Which file it was read from; absent where no file has one.
  var place: Fact {
    switch self {
    case .found(_, let source): .observed(.text(source.place), source)
    case .nowhere(let places): .absent(places)
    case .unreadable(let obstacle, let detail, let source): .unreadable(obstacle, detail: detail, source)
    }
  }
}

/// Reads the configuration of the host's kernel: /proc/config.gz first, which the kernel itself made (`CONFIG_IKCONFIG_PROC`,
/// proc_config.gz(5)), then the files that distributions put beside the kernel under its exact release.
///
/// The first one that can be read counts. A file for another release is never taken.
func kernelConfiguration(_ root: borrowing HostRoot) -> KernelConfigurationAnswer {
  var places: [Source] = []
  var failure: KernelConfigurationAnswer?
  for (path, isGzipped) in kernelConfigurationPaths(root) {
    let source = Source.file(place(path))
    places.append(source)
    do throws(HostError) {
      let bytes = try root.bytes(path, atMost: 4 << 20)
      do throws(KernelConfiguration.Failure) {
        let configuration =
          isGzipped ? try KernelConfiguration(gzipped: bytes) : try KernelConfiguration(parsing: bytes)
        return .found(configuration, source)
      } catch {
        failure = failure ?? unreadable(error, source)
      }
    } catch {
      guard error.reason != .absent else { continue }
      failure = failure ?? .unreadable(error.obstacle, detail: error.description, source)
    }
  }
  return failure ?? .nowhere(places)
}

private func unreadable(_ failure: KernelConfiguration.Failure, _ source: Source) -> KernelConfigurationAnswer
{
  switch failure {
  case .notGzip: .unreadable(.malformed, detail: "not a whole gzip file", source)
  case .tooLarge(let limit): .unreadable(.tooLarge, detail: "inflates to more than \(limit) bytes", source)
  case .notAConfiguration: .unreadable(.malformed, detail: "sets no kernel option", source)
  }
}

private func kernelConfigurationPaths(_ root: borrowing HostRoot) -> [(FilePath, isGzipped: Bool)] {
  var paths: [(FilePath, isGzipped: Bool)] = [("proc/config.gz", true)]
  if let release = kernelRelease(root) {
    paths.append((FilePath("boot/config-\(release)"), false))
    paths.append((FilePath("usr/lib/modules/\(release)/config"), false))
  }
  return paths
}

/// The running kernel's release where it can be part of a path: `6.1.0-27-amd64`.
private func kernelRelease(_ root: borrowing HostRoot) -> String? {
  guard let bytes = try? root.bytes("proc/sys/kernel/osrelease", atMost: 256),
    let text = bytes.trimmed.validText, let component = FilePath.Component(text), component.kind == .regular
  else { return nil }
  return component.string
}
