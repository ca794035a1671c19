import CLinux
import Glibc

/// An audit as a process of its own: the program itself once more, so that it confines itself as any audit does. The only place
/// that starts a process, and it can start no other program.
final class Child {
  /// What the kernel runs: the file that this program was started from, also after an update replaced it.
  private static let program = "/proc/self/exe"
  private static let mostErrorBytes = 4_096

  let process: pid_t
  /// Its standard error.
  let errors: Int32
  private(set) var said: [UInt8] = []

  /// - Returns: nil and an errno where it can't be started.
  static func start(_ arguments: [String]) -> (child: Child?, errno: Int32) {
    var ends: [Int32] = [-1, -1]
    guard linux_pipe(&ends) == 0 else { return (nil, Glibc.errno) }
    defer { close(ends[1]) }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let code = words.withUnsafeMutableBufferPointer {
      linux_spawn(Self.program, $0.baseAddress, ends[1], &process)
    }
    guard code == 0 else {
      close(ends[0])
      return (nil, code)
    }
    return (Child(process: process, errors: ends[0]), 0)
  }

  private init(process: pid_t, errors: Int32) {
    self.process = process
    self.errors = errors
  }

  deinit { close(errors) }

  /// Reads what it said, and keeps the end of it.
  /// - Returns: Whether it may say more.
  func listen() -> Bool {
    var part = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = part.withUnsafeMutableBytes { read(errors, $0.baseAddress, $0.count) }
      if count == 0 { return false }
      guard count > 0 else { return errno == EAGAIN || errno == EINTR }
      said = Array((said + part[..<count]).suffix(Self.mostErrorBytes))
    }
  }

  /// How it ended; nil while it runs.
  func status() -> Int32? {
    var status: Int32 = 0
    return waitpid(process, &status, WNOHANG) == process ? status : nil
  }

  /// To all of its group.
  func end(by signal: Int32) { _ = Glibc.kill(-process, signal) }

  /// Ends it for certain, and waits for it.
  func kill() {
    end(by: SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }
}
