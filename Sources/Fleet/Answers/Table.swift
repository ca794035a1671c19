import FoundationEssentials
import Reports

/// An answer as rows, for a terminal or a spreadsheet.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let name: String
    package let isNumber: Bool

    package init(_ name: String, isNumber: Bool = false) {
      self.name = name
      self.isNumber = isNumber
    }
  }

  package let columns: [Column]
  package let rows: [[String]]
  /// Sentences under the rows; no part of CSV.
  package let notes: [String]

  package init(_ columns: [Column], _ rows: [[String]], notes: [String] = []) {
    self.columns = columns
    self.rows = rows
    self.notes = notes
  }

  /// Columns side by side; whatever came from a node is made harmless first, and cut where it is long.
  package var text: String {
    let cells = rows.map { row in row.map { Self.cut(harmless($0)) } }
    let widths = columns.indices.map { place in
      max(columns[place].name.count, cells.map { $0[place].count }.max() ?? 0)
    }
    func line(_ row: [String]) -> String {
      var text = row.indices.map { place in
        let blanks = String(repeating: " ", count: max(0, widths[place] - row[place].count))
        return columns[place].isNumber ? blanks + row[place] : row[place] + blanks
      }.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    let body = rows.isEmpty ? "" : line(columns.map(\.name)) + cells.map(line).joined()
    return body + (notes.isEmpty || rows.isEmpty ? "" : "\n") + notes.map { $0 + "\n" }.joined()
  }

  /// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it: what a node says is not to be run.
  package var csv: String {
    ([columns.map(\.name)] + rows).map { row in
      row.indices.map { Self.cell(row[$0], isNumber: columns[$0].isNumber) }.joined(separator: ",") + "\r\n"
    }.joined()
  }

  /// One cell of CSV.
  package static func cell(_ text: String, isNumber: Bool) -> String {
    var text = text
    if !isNumber, let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
    guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func cut(_ text: String) -> String {
    text.count <= 72 ? text : String(text.prefix(71)) + "…"
  }
}

/// What the fleet was asked, answered: the same in every form.
package protocol Answer: Encodable, Sendable {
  var table: Table { get }
}

extension Answer {
  /// One line of JSON with sorted keys and a newline.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // What is encoded is texts, numbers and lists of them; none of them is infinite.
    guard let bytes = try? encoder.encode(self) else { return "" }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }
}

/// A share in percent with one decimal, rounded down; nil of nothing.
func percent(_ part: Int, of whole: Int) -> Double? {
  whole > 0 ? Double(part * 1_000 / whole) / 10 : nil
}

func shown(_ percent: Double?) -> String { percent.map { "\($0)" } ?? "–" }
