import Glibc

/// Writes a line to standard error: all that is not data goes there.
func printError(_ text: String) {
  writeAll(Array((text + "\n").utf8), to: STDERR_FILENO)
}

/// Writes bytes to a descriptor, whatever the kernel takes at a time.
/// - Returns: 0, or the errno of what stopped it.
@discardableResult
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = rest.dropFirst(written)
  }
  return 0
}

/// What a stream can show; asked once, by the command, of the terminal and the environment.
struct Terminal {
  let isTerminal: Bool
  let width: Int
  let hasColor: Bool

  /// - Parameter descriptor: The stream that the output goes to.
  init(_ descriptor: Int32) {
    isTerminal = isatty(descriptor) == 1
    var size = winsize()
    let columns = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    width = columns > 0 ? min(max(columns, 60), 200) : Self.environment("COLUMNS").flatMap(Int.init) ?? 100
    // no-color.org: any value but an empty one turns colour off.
    let isRefused = !(Self.environment("NO_COLOR") ?? "").isEmpty || Self.environment("TERM") == "dumb"
    hasColor = isTerminal && !isRefused
  }

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// One line on standard error that says how far a run is; nothing where standard error is no terminal.
struct Progress {
  private let isShown = Terminal(STDERR_FILENO).isTerminal
  private let names: [String]
  private var done = 0

  /// - Parameter names: What is read, in order.
  init(_ names: [String]) { self.names = names }

  /// Names what is read now.
  func show() {
    guard isShown, done < names.count else { return }
    writeAll(
      Array("\r\u{1b}[K  reading \(done + 1)/\(names.count) \(names[done])".utf8), to: STDERR_FILENO)
  }

  mutating func step() {
    done += 1
    show()
  }

  func clear() {
    guard isShown else { return }
    writeAll(Array("\r\u{1b}[K".utf8), to: STDERR_FILENO)
  }
}
