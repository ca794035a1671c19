import Collectors
import Facts
import Glibc
import Host
import Judge
import Profiles
import Reports
import SystemPackage
import Testing

/// One folder of Tests/Hosts: a tree, its attributes, and what was recorded of its audit.
struct RecordedHost: Sendable, CustomTestStringConvertible {
  let name: String

  var testDescription: String { name }

  static let directory = FilePath(#filePath).removingLastComponent().removingLastComponent().appending(
    "Hosts")

  /// Every folder there.
  static let all: [RecordedHost] = {
    do {
      return try HostRoot(at: directory).names(in: "").map { RecordedHost(name: $0.string) }
    } catch {
      return []
    }
  }()

  var directory: FilePath { Self.directory.appending(name) }

  /// One look at every host, shared by the tests.
  private static let looks = Dictionary(
    uniqueKeysWithValues: all.map { host in (host.name, Result { try host.lookAgain() }) })

  func look() throws -> Snapshot { try #require(Self.looks[name]).get() }

  /// A fresh look at the tree.
  func lookAgain() throws -> Snapshot {
    let text = try HostRoot(at: directory).bytes("attributes.tsv")
    let attributes = try Attributes(parsing: String(decoding: text, as: UTF8.self))
    let view = HostView(try HostRoot(at: directory.appending("root"), attributes: attributes))
    return collect(
      from: view, with: allCollectors,
      run: Run(id: "00000000-0000-7000-8000-000000000000", sequence: 1, startedAt: "2026-11-23T12:00:00Z"),
      auditor: Auditor(name: "plumbline", version: "recorded"))
  }

  /// What stands in a recorded file; nil where it was never recorded.
  func recorded(_ file: FilePath) throws -> [String]? {
    do throws(HostError) {
      let bytes = try HostRoot(at: directory).bytes(file, atMost: 32 << 20)
      return bytes.lines.map { String(decoding: $0, as: UTF8.self) }
    } catch {
      guard error.reason == .absent else { throw error }
      return nil
    }
  }

  func record(_ lines: [String], as file: FilePath) throws {
    let place = directory.appending(file.components)
    _ = place.removingLastComponent().withPlatformString { mkdir($0, 0o755) }
    let descriptor = try FileDescriptor.open(
      place, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
    try descriptor.closeAfter { _ = try descriptor.writeAll(lines.joined(separator: "\n").utf8 + [0x0a]) }
  }
}

/// Every profile that the program carries.
func profiles() throws -> Profiles {
  var loader = ProfileLoader(subjects: allSubjects)
  loader.add(embeddedProfiles())
  return try loader.load()
}

extension Snapshot {
  /// `entity, fact, value or state, first source`, one line a fact, sorted; then what collectors could not see.
  var lines: [String] {
    var lines: [String] = []
    for entity in entities {
      for (name, fact) in entity.facts {
        let found =
          switch fact {
          case .observed(let value, _): value.description
          case .absent: "(not set)"
          case .unreadable(let obstacle, let detail, _): "(\(obstacle.rawValue): \(detail))"
          }
        lines.append(
          [entity.label, name, found, fact.sources.first?.description ?? ""].joined(separator: "\t"))
      }
    }
    for run in collectors where run.state == .partial {
      lines += run.problems.map { "(problem)\t\(run.name)\t\($0.code.rawValue): \($0.message)\t\($0.place)" }
    }
    return lines.map(Self.oneLine).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func oneLine(_ text: String) -> String { text.replacing("\n", with: "\\n") }
}

extension Report {
  /// `id, slug, status, expected and found ← source`, one line an entry.
  var lines: [String] {
    results.map { result in
      let evidence = result.verdict.evidence
      var text = evidence.first.map { first in
        let subject = first.entity.isEmpty ? first.fact : first.entity
        return "\(subject): \(first.expected), found \(first.found) ← \(first.sources.first ?? "nowhere")"
      }
      if evidence.count > 1 { text? += " (and \(evidence.count - 1) more)" }
      if let reason = result.verdict.reason {
        text = ([reason.code.rawValue] + [reason.message].compactMap(\.self)).joined(separator: ": ")
      }
      return [result.id, result.check, result.verdict.status.rawValue, text ?? ""].joined(separator: "\t")
    }
  }
}

/// The lines that differ, in order, as a reader of diffs expects them: `-` expected, `+` found.
func difference(from expected: [String], to found: [String], atMost limit: Int = 20) -> String {
  let changes = found.difference(from: expected)
  var lines: [(Int, String)] = []
  for change in changes {
    switch change {
    case .remove(let offset, let line, _): lines.append((offset * 2, "- " + line))
    case .insert(let offset, let line, _): lines.append((offset * 2 + 1, "+ " + line))
    }
  }
  lines.sort { $0.0 < $1.0 }
  let shown = lines.prefix(limit).map(\.1)
  let rest = lines.count > limit ? ["… and \(lines.count - limit) lines more"] : []
  return (shown + rest).joined(separator: "\n")
}
