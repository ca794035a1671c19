package import Facts
import FoundationEssentials

/// Why bytes are not taken as one of the program's documents, or a document can't be written.
package enum DocumentError: Error, Hashable, Sendable {
  /// Not JSON at all.
  case notJSON(String)
  /// JSON that says it is something else, or does not say what it is.
  case otherSchema(expected: String, found: String?)
  /// The same kind of document, of a version that this program does not know.
  case newerSchema(known: String, found: String)
  /// The schema is right and the content is not. The path is that of the value: `results[3].severity`.
  case malformed(path: String, reason: String)
  case notEncodable(String)
}

extension DocumentError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let reason): "not JSON: \(reason)"
    case .otherSchema(let expected, let found?):
      "'schema' is '\(found)'; a document of '\(expected)' is needed"
    case .otherSchema(let expected, nil): "it has no 'schema'; a document of '\(expected)' is needed"
    case .newerSchema(let known, let found):
      "'schema' is '\(found)', which is newer than the '\(known)' that this program reads"
    case .malformed(let path, let reason): path.isEmpty ? reason : "\(path): \(reason)"
    case .notEncodable(let reason): "can't be written as JSON: \(reason)"
    }
  }
}

/// A report as one line of JSON with sorted keys and a newline: the same report always gives the same bytes.
/// Its schema is docs/report-v1.schema.json.
package func encodeReport(_ report: Report) throws(DocumentError) -> [UInt8] { try encoded(report) }

/// A snapshot as one line of JSON with sorted keys and a newline. Its schema is docs/snapshot-v1.schema.json.
package func encodeSnapshot(_ snapshot: Snapshot) throws(DocumentError) -> [UInt8] { try encoded(snapshot) }

/// Reads a report. Keys that this version does not know are passed over, since additions keep the schema's version.
package func decodeReport(_ bytes: [UInt8]) throws(DocumentError) -> Report {
  let canonical = CanonicalReport(bytes)
  let versioned: Versioned<Report> = try decoded(canonical?.frame ?? bytes)
  return canonical?.complete(versioned.document) ?? versioned.document
}

/// Reads a snapshot, of this version of the schema or of none.
package func decodeSnapshot(_ bytes: [UInt8]) throws(DocumentError) -> Snapshot {
  let versioned: Versioned<Snapshot> = try decoded(bytes)
  return versioned.document
}

/// What the program reads back of what it wrote.
package enum Document: Sendable {
  /// - Parameter isCanonical: True where the bytes are written as `encodeReport` writes.
  case report(Report, isCanonical: Bool)
  case snapshot(Snapshot)
}

/// Reads a report or a snapshot, whichever it says it is.
package func decodeDocument(_ bytes: [UInt8]) throws(DocumentError) -> Document {
  let canonical = CanonicalReport(bytes)
  let either: Either = try decoded(canonical?.frame ?? bytes)
  guard let canonical, case .report(let report, _) = either.document else { return either.document }
  // A file of the program's ends its line.
  return .report(canonical.complete(report), isCanonical: bytes.last == UInt8(ascii: "\n"))
}

/// A document whose schema says which one it is. What is neither is told of as what it is not: a report.
private struct Either: Decodable {
  let document: Document

  init(from decoder: any Decoder) throws {
    let schema = try Heading(from: decoder).schema
    if let schema, schema == Snapshot.format || isNewer(schema, than: Snapshot.format) {
      document = .snapshot(try Versioned<Snapshot>(from: decoder).document)
    } else {
      document = .report(try Versioned<Report>(from: decoder).document, isCanonical: false)
    }
  }
}

/// A kind of document that says in its first key which one it is.
private protocol Schematic: Decodable {
  static var format: String { get }
}

extension Report: Schematic {}
extension Snapshot: Schematic {}

/// A document whose schema is looked at before its content, in one reading of the text: a wrong one is told of as such, and not by the
/// first key that differs.
private struct Versioned<Content: Schematic>: Decodable {
  let document: Content

  init(from decoder: any Decoder) throws {
    let known = Content.format
    guard let found = try Heading(from: decoder).schema else {
      throw DocumentError.otherSchema(expected: known, found: nil)
    }
    guard found == known else {
      throw isNewer(found, than: known)
        ? DocumentError.newerSchema(known: known, found: shown(found))
        : DocumentError.otherSchema(expected: known, found: shown(found))
    }
    document = try Content(from: decoder)
  }
}

private func encoded(_ document: some Encodable) throws(DocumentError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
  } catch {
    throw .notEncodable(String(describing: error))
  }
}

private struct Heading: Decodable {
  let schema: String?
}

private func decoded<Document: Decodable>(_ bytes: [UInt8]) throws(DocumentError) -> Document {
  do {
    return try JSONDecoder().decode(Document.self, from: Data(bytes))
  } catch let error as DocumentError {
    throw error
  } catch let error as DecodingError {
    throw DocumentError(error)
  } catch {
    throw .notJSON(String(describing: error))
  }
}

/// `plumbline/report/v2` is newer than `plumbline/report/v1`.
private func isNewer(_ found: String, than known: String) -> Bool {
  func parts(_ schema: String) -> (kind: Substring, version: Int)? {
    guard let slash = schema.lastIndex(of: "/") else { return nil }
    let version = schema[schema.index(after: slash)...]
    guard version.first == "v", let number = Int(version.dropFirst()) else { return nil }
    return (schema[..<slash], number)
  }
  guard let found = parts(found), let known = parts(known) else { return false }
  return found.kind == known.kind && found.version > known.version
}

/// What a document says of itself may be anything: short, and without anything a terminal obeys.
private func shown(_ text: String) -> String { printable(text.utf8, atMost: 80) }

extension DocumentError {
  init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .malformed(path: Self.path(context.codingPath), reason: "'\(key.stringValue)' is missing")
    case .valueNotFound(_, let context):
      self = .malformed(path: Self.path(context.codingPath), reason: "null stands where a value is needed")
    case .typeMismatch(_, let context):
      self = .malformed(path: Self.path(context.codingPath), reason: shown(context.debugDescription))
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      let detail = context.underlyingError.map { ": \($0)" } ?? ""
      self = .notJSON(printable("\(context.debugDescription)\(detail)".utf8, atMost: 200))
    case .dataCorrupted(let context):
      self = .malformed(path: Self.path(context.codingPath), reason: printable(context.debugDescription.utf8))
    @unknown default:
      self = .malformed(path: "", reason: printable(String(describing: error).utf8))
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    var path = ""
    for key in keys {
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + shown(key.stringValue)
      }
    }
    return path
  }
}
