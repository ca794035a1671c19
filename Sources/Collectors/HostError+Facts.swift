import Facts
import Host
import SystemPackage

extension HostError {
  /// The obstacle that a report names. `.absent` has none: a caller decides what it means that something is not there.
  var obstacle: Obstacle {
    switch reason {
    case .absent: .notVisible
    case .denied: .denied
    case .wrongType: .notRegular
    case .tooLarge, .spent: .tooLarge
    case .escapes: .escapes
    case .vanished: .vanished
    case .outOfTime: .outOfTime
    case .io: .io
    }
  }

  /// The path as the host knows it.
  var place: String { Collectors.place(path) }
}

/// A path beneath the root as the host knows it, safe to print: `/etc/passwd`.
func place(_ path: FilePath) -> String {
  let bytes = path.withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: path.length)) }
  return (path.isAbsolute ? "" : "/") + printable(bytes, atMost: 4096)
}

extension Fact {
  /// A failure as a fact: not there is `absent`, anything else is unreadable.
  static func failed(_ error: HostError, _ source: Source? = nil) -> Fact {
    let source = source ?? .file(error.place)
    return error.reason == .absent
      ? .absent([source]) : .unreadable(error.obstacle, detail: error.description, source)
  }
}

extension HostRoot {
  /// The content of a small text file as a fact: `parse` makes the value, and nil of it means malformed.
  borrowing func fact(_ path: FilePath, atMost limit: Int = 65_536, _ parse: ([UInt8]) -> Value?) -> Fact {
    let source = Source.file(place(path))
    do throws(HostError) {
      let bytes = try bytes(path, atMost: limit)
      guard let value = parse(bytes) else {
        return .unreadable(
          .malformed, detail: "not in the format expected: '\(printable(bytes.trimmed, atMost: 60))'", source)
      }
      return .observed(value, source)
    } catch {
      return .failed(error, source)
    }
  }

  /// A file that holds one decimal number.
  borrowing func numberFact(_ path: FilePath) -> Fact {
    fact(path) { $0.trimmed.decimal.map { .number($0) } }
  }

  /// A file that holds one line of text.
  borrowing func textFact(_ path: FilePath) -> Fact {
    fact(path) { .text(printable($0.trimmed, atMost: 4096)) }
  }

  /// A file that holds `0`/`1` or `N`/`Y`.
  borrowing func flagFact(_ path: FilePath) -> Fact {
    fact(path) { bytes in
      switch bytes.trimmed.validText {
      case "1", "Y": .flag(true)
      case "0", "N": .flag(false)
      default: nil
      }
    }
  }

  /// Whether something is there; the access to tell may be missing.
  borrowing func existsFact(_ path: FilePath) -> Fact {
    let source = Source.inode(place(path))
    do throws(HostError) {
      _ = try status(path)
      return .observed(.flag(true), source)
    } catch {
      return error.reason == .absent
        ? .observed(.flag(false), source) : .unreadable(error.obstacle, detail: error.description, source)
    }
  }
}
