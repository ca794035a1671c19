import Foundation
import Testing

/// `plumbline-fleet serve` on free ports, as a service manager runs it.
final class Collector {
  let daemon: Daemon

  init(store: String, _ options: [String] = []) throws {
    var arguments = ["serve", "--store", store]
    for listener in ["--listen", "--ingest-listen"] where !options.contains(listener) {
      arguments += [listener, "127.0.0.1:0"]
    }
    daemon = try Daemon(Program.path("plumbline-fleet"), arguments + options)
  }

  /// Waits until it serves.
  func ready() async throws -> Self {
    try await eventually("it serves: \(daemon.text)") {
      let isServing = !daemon.messages("answers").isEmpty && !daemon.messages("takes reports").isEmpty
      return isServing || !daemon.isRunning
    }
    try #require(daemon.isRunning, "\(daemon.text)")
    return self
  }

  private func port(_ message: String) -> UInt16 {
    daemon.messages(message).first?["port"].flatMap(UInt16.init) ?? 0
  }

  var readingPort: UInt16 { port("answers") }
  var ingestPort: UInt16 { port("takes reports") }

  /// - Returns: Status and body of the answer; nil where the connection ended before there was one.
  func send(_ document: [UInt8], headers: [String] = []) throws -> Wire.Answer? {
    try Wire(ingestPort).ask("POST /v1/reports", headers, document)
  }

  func ask(_ path: String, headers: [String] = []) throws -> Wire.Answer? {
    try Wire(readingPort).ask("GET \(path)", headers, [])
  }

  /// An answer's JSON.
  func answer(_ question: String) throws -> [String: Any] {
    let answer = try #require(try ask("/api/v1/\(question)"))
    #expect(answer.status == 200, "\(answer.text)")
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
  }

  func nodes() throws -> Int { try #require(try answer("summary")["nodes"] as? Int) }

  /// Reports that the sums by day count.
  func counted() throws -> Int {
    let days = try #require(try answer("summary?days=400")["trend"] as? [[String: Any]])
    return days.reduce(0) { $0 + ($1["nodes"] as? Int ?? 0) }
  }
}

/// One connection to a server on this machine, written to by hand: what a well-behaved client never does can be done.
final class Wire {
  struct Answer {
    let status: Int
    let head: String
    let body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
  }

  private let descriptor: Int32

  init(_ port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  /// - Returns: False where the peer does not take it.
  @discardableResult
  func write(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  /// All that comes until the peer ends it.
  func rest() -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &block, block.count, 0)
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }

  func ask(_ request: String, _ headers: [String], _ body: [UInt8]) -> Answer? {
    let head =
      ["\(request) HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: \(body.count)"]
      + headers
    guard write(head.joined(separator: "\r\n") + "\r\n\r\n") else { return nil }
    write(body)
    return Self.answer(rest())
  }

  static func answer(_ bytes: [UInt8]) -> Answer? {
    guard let cut = Data(bytes).range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<cut.lowerBound], as: UTF8.self)
    let words = head.split(separator: " ", maxSplits: 2)
    guard words.count > 1, let status = Int(words[1]) else { return nil }
    return Answer(status: status, head: head, body: Array(bytes[cut.upperBound...]))
  }
}
