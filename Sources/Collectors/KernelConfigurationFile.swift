import Facts
import Host

extension KernelConfigurationAnswer {
  /// The value of an option (`CONFIG_MODULES`): `y`, `m`, a number or a text. An option that a readable configuration does not
  /// set is `n`: that is how Kconfig says no. Without a configuration it is unreadable, never `n`.
  func fact(_ option: String) -> Fact {
    switch self {
    case .found(let configuration, let path):
      return .observed(
        .text(printable((configuration[option] ?? "n").utf8)), .file(Collectors.place(path), key: option))
    case .nowhere(let paths):
      let names = paths.map(Collectors.place).joined(separator: ", ")
      return .unreadable(
        .notVisible, detail: "no kernel configuration at \(names)", .file("/proc/config.gz", key: option))
    case .unreadable, .malformed: return place
    }
  }

  /// Which file it was read from; absent where no file has one.
  var place: Fact {
    switch self {
    case .found(_, let path): .observed(.text(Collectors.place(path)), .file(Collectors.place(path)))
    case .nowhere(let paths): .absent(paths.map { .file(Collectors.place($0)) })
    case .unreadable(let error): .unreadable(error.obstacle, detail: error.description, .file(error.place))
    case .malformed(let failure, let path): Self.malformed(failure, .file(Collectors.place(path)))
    }
  }

  private static func malformed(_ failure: KernelConfiguration.Failure, _ source: Source) -> Fact {
    switch failure {
    case .notGzip: .unreadable(.malformed, detail: "not a whole gzip file", source)
    case .tooLarge(let limit): .unreadable(.tooLarge, detail: "inflates to more than \(limit) bytes", source)
    case .notAConfiguration: .unreadable(.malformed, detail: "sets no kernel option", source)
    }
  }
}
