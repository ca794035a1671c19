import Foundation
import TestSupport

/// The built program, run as a user runs it.
struct Program {
  struct Outcome {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Beside the test bundle, where the build leaves it.
  static let path: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("plumbline").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return "plumbline"
  }()

  /// Runs it to its end; both streams are drained as it goes.
  static func run(
    _ arguments: [String], input: Data? = nil, executable: String = path, environment: [String: String]? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = executable == path ? asTested(arguments) : arguments
    if let environment { process.environment = environment }
    let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let source = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { for file in [output, errors, source] { try? FileManager.default.removeItem(at: file) } }
    for file in [output, errors] { try Data().write(to: file) }
    try (input ?? Data()).write(to: source)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = try FileHandle(forReadingFrom: source)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try Data(contentsOf: output),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Commands that look at a host, so that they confine themselves and have a time limit.
  private static let looking: Set<String> = ["audit", "collect", "explain", "workloads", "self-test"]

  private static func asTested(_ arguments: [String]) -> [String] {
    guard let command = arguments.first, looking.contains(command) else { return arguments }
    return [command] + TestedAudit.options + arguments.dropFirst()
  }

  /// Whether the readers of the formats and the Rego engine are installed.
  static let hasReaders: Bool = {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Validators/validate.py").path
    return (try? run(["python3", script, "tools"], executable: "/usr/bin/env"))?.status == 0
  }()

  /// Where a tool is installed; nil where it isn't.
  static func tool(_ name: String) -> String? {
    ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// The recorded hosts of the tests.
func recordedHost(_ name: String) -> [String] {
  let hosts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Hosts").appendingPathComponent(name)
  return [
    "--root", hosts.appendingPathComponent("root").path, "--attributes",
    hosts.appendingPathComponent("attributes.tsv").path,
  ] + TestedAudit.options
}
