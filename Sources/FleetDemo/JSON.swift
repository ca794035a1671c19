import FoundationEssentials
import Reports

/// A part of a report as `encodeReport` writes it there.
/// - Throws: `DocumentError.notEncodable`.
func json(_ part: some Encodable) throws(DocumentError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(part))
  } catch {
    throw .notEncodable("\(error)")
  }
}
