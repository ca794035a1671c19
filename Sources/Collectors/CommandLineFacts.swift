import Facts
import Host
import SystemPackage

/// The kernel's command line as a source of facts: it is read once, and why it could not be is kept.
struct CommandLineFacts {
  private let line: Result<KernelCommandLine, HostError>

  private static let place = "/proc/cmdline"

  init(_ line: Result<KernelCommandLine, HostError>) { self.line = line }

  /// The last parameter of that name that has a value, as `value` makes it.
  func fact(_ name: String, _ value: (String) -> Value?) -> Fact {
    let source = Source.file(Self.place, key: name)
    switch line {
    case .failure(let error): return failed(error)
    case .success(let line):
      guard let text = line.last(name)?.value else { return .absent(source) }
      guard let value = value(text) else {
        return .unreadable(
          .malformed, detail: "'\(name)=\(text)' is not a value that the kernel knows", source)
      }
      return .observed(value, source)
    }
  }

  /// The same for a parameter with a closed set of values.
  func fact(_ name: String, among values: [String]) -> Fact {
    fact(name) { values.contains($0) ? .text($0) : nil }
  }

  /// Something that the whole line tells.
  func fact(_ value: (KernelCommandLine) -> Value) -> Fact {
    switch line {
    case .failure(let error): failed(error)
    case .success(let line): .observed(value(line), .file(Self.place))
    }
  }

  /// A tree without a command line does not say that nothing is set on it.
  private func failed(_ error: HostError) -> Fact {
    guard error.reason == .absent else { return .failed(error) }
    return .unreadable(
      .needsRunningHost, detail: "only a running kernel has a command line", .file(Self.place))
  }
}

extension HostRoot {
  /// A fact from a file that the kernel makes. That it isn't there means something only where the directory that would hold it
  /// is: an image has no kernel to ask.
  borrowing func fromKernel(_ fact: Fact, beneath directory: FilePath) -> Fact {
    guard case .absent(let sources) = fact, let source = sources.first,
      case .observed(.flag(false), _) = existsFact(directory)
    else { return fact }
    let detail = "\(place(directory)) is not there"
    return .unreadable(isRunning ? .notVisible : .needsRunningHost, detail: detail, source)
  }
}

/// Where most settings of the kernel are.
let kernelSettings: FilePath = "proc/sys/kernel"

/// Reads the kernel's command line.
func commandLine(_ root: borrowing HostRoot) -> CommandLineFacts {
  do throws(HostError) {
    return CommandLineFacts(
      .success(KernelCommandLine(parsing: try root.bytes("proc/cmdline", atMost: 65_536))))
  } catch {
    return CommandLineFacts(.failure(error))
  }
}
