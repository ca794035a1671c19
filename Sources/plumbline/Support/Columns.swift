/// Rows of text under headings, padded for a terminal or as a Markdown table.
struct Columns {
  private let headings: [String]
  private let rows: [[String]]

  init(_ headings: [String], _ rows: [[String]]) {
    self.headings = headings
    self.rows = rows
  }

  func bytes(markdown: Bool) -> [UInt8] {
    let lines = markdown ? self.markdown : padded
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private var padded: [String] {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.indices.map { column in
        // The last column is left ragged, so that no line ends in blanks.
        column == row.count - 1
          ? row[column] : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
      }.joined(separator: "  ")
    }
  }

  private var markdown: [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let titles = headings.map { String($0.prefix(1)) + $0.dropFirst().lowercased() }
    return [line(titles), line(headings.map { _ in "---" })] + rows.map(line)
  }
}
