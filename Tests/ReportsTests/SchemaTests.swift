import Facts
import Foundation
import Reports
import TestSupport
import Testing

/// An independent validator of JSON Schema, from PyPI: `pip install check-jsonschema==0.39.0`.
private enum Validator {
  static let name = "check-jsonschema"

  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"].map { ["\($0)/.local/bin"] } ?? []
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + home
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// - Returns: What the tool said, and whether it found every document valid.
  static func run(_ arguments: [String]) throws -> (isValid: Bool, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
  }
}

@Suite(
  "The published schemas and the documents agree",
  .enabled(
    if: Validator.path != nil, "check-jsonschema is not installed: pip install check-jsonschema==0.39.0"))
struct SchemaTests {
  private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")

  private static func schema(_ name: String) -> String {
    docs.appendingPathComponent("\(name)-v1.schema.json").path
  }

  /// Writes the documents and validates them all in one run of the tool.
  private func validate(_ documents: [[UInt8]], against name: String) throws -> (
    isValid: Bool, output: String
  ) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [String] = []
    for (number, document) in documents.enumerated() {
      let file = folder.appendingPathComponent("\(number).json")
      try Data(document).write(to: file)
      paths.append(file.path)
    }
    return try Validator.run(["-o", "json", "-v", "--schemafile", Self.schema(name)] + paths)
  }

  @Test("The schemas are schemas of JSON Schema 2020-12")
  func metaschema() throws {
    let (isValid, output) = try Validator.run([
      "--check-metaschema", Self.schema("report"), Self.schema("snapshot"),
    ])
    #expect(isValid, "\(output)")
  }

  @Test("Every report that is written is valid")
  func reports() throws {
    let nameless = HostIdentity(
      id: nil, hostname: nil, nodeName: nil, bootID: nil, os: nil, kernel: nil, architecture: nil, roles: [],
      kubeletVersion: nil, isRunning: false)
    let documents = try [report(typicalResults()), fullReport(), report([], host: nameless)].map {
      try encodeReport($0)
    }
    let (isValid, output) = try validate(documents, against: "report")
    #expect(isValid, "\(output)")
  }

  @Test("A snapshot with every kind of fact, value and source is valid")
  func snapshots() throws {
    let source = Source(.flag, "kubelet[812]", line: 1, key: "--x", said: "1")
    let values: [Value] = [
      .flag(true), .number(.min), .seconds(-5), .mode(0o4755), .text(""),
      .list([.text("a"), .list([.mode(0)])]),
    ]
    var facts: [String: Fact] = ["absent": .absent([])]
    for (number, value) in values.enumerated() {
      facts["v\(number)"] = .observed(value, [source, .inode("/x")])
    }
    for obstacle in Obstacle.allCases {
      facts[obstacle.rawValue] = .unreadable(obstacle, detail: "d", source)
    }
    let entity = Entity(subject: "kernel", id: "", facts: facts)
    let (isValid, output) = try validate(
      [encodeSnapshot(snapshot([entity])), encodeSnapshot(snapshot([]))], against: "snapshot")
    #expect(isValid, "\(output)")
  }

  /// Changes to a good report, each of which alone makes it wrong.
  private static let changes: [(String, String)] = [
    (#""day":"#, #""novelty":1,"day":"#), (#""day":"2026-03-04","#, ""),
    (#""day":"2026-03-04""#, #""day":"today""#),
    (#""schema":"plumbline/report/v1""#, #""schema":"plumbline/report/v2""#),
    (#""status":"error""#, #""status":"pass""#), (#""status":"error""#, #""status":"fail""#),
    (#""status":"pass""#, #""status":"unknown""#), (#""status":"pass""#, #""status":"waived""#),
    (#""status":"waived""#, #""status":"pass""#), (#""status":"unknown""#, #""status":"error""#),
    (#""found":"true","#, ""), (#""severity":"critical""#, #""severity":"urgent""#),
    (#""evidenceDropped":20"#, #""evidenceDropped":0"#), (#""entities":30"#, #""entities":1"#),
    (#""code":"denied""#, #""code":"tired""#), (#""state":"partial""#, #""state":"nearly""#),
    (#""sequence":7"#, #""sequence":7.5"#), (#""roles":["worker"]"#, #""roles":["boss"]"#),
    (#""isRunning":true"#, #""isRunning":null"#), (#""complete":false,"#, ""),
  ]

  @Test("The report's schema refuses what is not a report, one change at a time")
  func refused() throws {
    let good = String(decoding: try encodeReport(fullReport()), as: UTF8.self)
    var documents: [[UInt8]] = []
    for (text, replacement) in Self.changes {
      #expect(good.contains(text), "\(text)")
      documents.append(Array(good.replacing(text, with: replacement, maxReplacements: 1).utf8))
    }
    let (isValid, output) = try validate(documents, against: "report")
    #expect(!isValid)
    for (number, change) in Self.changes.enumerated() {
      #expect(output.contains("/\(number).json"), "\(change.0) -> \(change.1) was taken as valid")
    }
  }
}
