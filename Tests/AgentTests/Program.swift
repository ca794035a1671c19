import Foundation
import TestSupport
import Testing

/// The built programs, run as a service manager runs them.
enum Program {
  static func path(_ name: String) -> String {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent(name).path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return name
  }

  /// Runs a program to its end.
  @discardableResult
  static func run(_ path: String, _ arguments: [String], input: Data? = nil) throws -> (
    status: Int32, output: Data, errors: String
  ) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    for file in files { try (file == files[0] ? input ?? Data() : Data()).write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try Data(contentsOf: files[1]),
      String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
    )
  }

  static func tool(_ name: String) -> String? {
    ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A recorded host, as options of 'plumbline audit'.
  static func host(_ name: String = "debian") -> [String] {
    let host = hosts.appendingPathComponent(name)
    return [
      "--root", host.appendingPathComponent("root").path, "--attributes",
      host.appendingPathComponent("attributes.tsv").path,
    ] + TestedAudit.options
  }

  static let hosts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Hosts")

  /// A real report.
  static func report() throws -> Data {
    try run(path("plumbline"), ["audit", "--format", "json"] + host()).output
  }
}

/// A program that runs until it is ended, its standard error in a file.
final class Daemon {
  private let process = Process()
  private let log: URL

  init(_ path: String, _ arguments: [String]) throws {
    log = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID())")
    try Data().write(to: log)
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments + (path.hasSuffix("plumbline-relay") ? Sanitizer.unconfined : [])
    process.standardError = try FileHandle(forWritingTo: log)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    end(by: SIGKILL)
    try? FileManager.default.removeItem(at: log)
  }

  var id: Int32 { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  /// - Returns: Its exit status.
  @discardableResult
  func end(by signal: Int32 = SIGTERM) -> Int32 {
    if process.isRunning { kill(id, signal) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Its log lines, each of which must be a JSON object of texts.
  var lines: [[String: String]] {
    text.split(separator: "\n").map { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      return object ?? ["message": "no JSON: \(line)"]
    }
  }

  func messages(_ message: String) -> [[String: String]] { lines.filter { $0["message"] == message } }

  /// How many of its descriptors are sockets.
  var sockets: Int {
    let folder = "/proc/\(id)/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return descriptors.count {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?.hasPrefix("socket:")
        == true
    }
  }

  /// proc(5), status.
  var status: [String: String] {
    let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)) : nil
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

/// Waits for something to become true, counting the looks and not the time: where the test itself did not get to run, nothing is
/// proven by a clock.
func eventually(
  within seconds: Int = 300, _ what: Comment, at place: SourceLocation = #_sourceLocation,
  _ condition: () throws -> Bool
) async throws {
  for _ in 0..<(seconds * 10) {
    if try condition() { return }
    try await Task.sleep(for: .milliseconds(100))
  }
  Issue.record(what, sourceLocation: place)
}
