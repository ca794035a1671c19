import Foundation
import TestSupport
import Testing

@Suite("The output is whole, or it is what it was")
struct OutputTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test(
    "A disk that has no room leaves the old report, and the status says so",
    .enabled(if: Program.tool("prlimit") != nil),
    .enabled(if: !Sanitizer.isOn, "a sanitizer does not start where no large file may be"))
  func full() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("report.json")
      try Data("old".utf8).write(to: file)
      let prlimit = try #require(Program.tool("prlimit"))
      // The kernel gives EFBIG past the limit as it gives ENOSPC on a full disk: in the middle of the writing.
      let outcome = try Program.run(
        ["--fsize=4096", Program.path, "audit", "--format", "json", "--output", file.path]
          + TestedAudit.options + recordedHost("debian"),
        executable: prlimit)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("nothing was written there"), "\(outcome.errors)")
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
      #expect(try names(in: folder) == ["report.json"])
    }
  }

  @Test("A full device ends with 2")
  func fullDevice() throws {
    let outcome = try Program.run(
      ["audit", "--format", "json", "--fail-on", "none", "--output", "/dev/full"] + recordedHost("debian"))
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("/dev/full"))
  }

  @Test("A device is written to, never replaced")
  func device() throws {
    let outcome = try Program.run(
      ["audit", "--fail-on", "none", "--output", "/dev/null"] + recordedHost("debian"))
    #expect(outcome.status != 2)
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(type == .typeCharacterSpecial)
  }

  @Test("A directory is refused before anything is looked at")
  func directory() throws {
    try withFolder { folder in
      let outcome = try Program.run(["audit", "--output", folder.path] + recordedHost("debian"))
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("is a directory"))
    }
  }

  @Test(
    "Ended by a signal, whenever it comes, it leaves the old report and nothing beside it",
    arguments: [0, 20, 80, 200])
  func signalled(milliseconds: UInt32) throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("report.json")
      try Data("old".utf8).write(to: file)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Program.path)
      process.arguments = ["audit", "--format", "json", "--output", file.path] + recordedHost("debian")
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(milliseconds * 1000)
      process.terminate()
      process.waitUntilExit()
      let content = try Data(contentsOf: file)
      let isWhole = (try? JSONSerialization.jsonObject(with: content)) != nil
      // It may have been done already: then the new report is there, whole.
      if process.terminationReason == .uncaughtSignal {
        #expect(process.terminationStatus == SIGTERM)
        #expect(content == Data("old".utf8) || isWhole)
      } else {
        #expect(isWhole)
      }
      #expect(try names(in: folder) == ["report.json"])
    }
  }

  @Test("A reader that goes away ends the program by SIGPIPE, as it does any other")
  func closedPipe() throws {
    let process = Process()
    // The networking of other tests has this process ignore the signal, and a child inherits that.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["--default-signal=PIPE", Program.path, "audit", "--format", "json"] + recordedHost("debian")
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    try pipe.fileHandleForReading.close()
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGPIPE)
  }

  @Test(
    "Another user's directory takes a report from root", .enabled(if: geteuid() == 0),
    .enabled(if: !Sanitizer.isOn, "only who is confined says what it kept"))
  func foreignDirectory() throws {
    try withFolder { folder in
      #expect(chown(folder.path, 65534, 65534) == 0)
      let file = folder.appendingPathComponent("report.json")
      let outcome = try Program.run(
        ["audit", "--format", "json", "--fail-on", "none", "--output", file.path] + recordedHost("debian"))
      #expect(outcome.status != 2, "\(outcome.errors)")
      #expect(try String(contentsOf: file, encoding: .utf8).contains("cap_dac_override"))
    }
  }
}
