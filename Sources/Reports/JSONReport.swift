package import Facts
import FoundationEssentials

package struct DocumentError: Error, CustomStringConvertible { package let description: String }
package func encodeJSON(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return Array(try encoder.encode(value)) + [10]
}
package func decodeSnapshot(_ bytes: [UInt8]) throws(DocumentError) -> Snapshot {
  do { return try JSONDecoder().decode(Snapshot.self, from: Data(bytes)) } catch {
    throw DocumentError(description: "\(error)")
  }
}
package func renderTable(_ report: Report, width: Int, color: Bool, texts: [String: Report.Texts]) -> String {
  "\(report.summary)\n"
}
