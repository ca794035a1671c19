import Facts

/// An XML element, made to be written; XML 1.0. There is nothing to parse, so there is no parser: full Foundation has one, and is forty
/// megabytes.
struct XMLElement {
  private let name: String
  private let attributes: [(String, String)]
  private var children: [XMLElement] = []
  private var text: String?

  init(_ name: String, _ attributes: [(String, String)] = [], _ children: [XMLElement] = []) {
    self.name = name
    self.attributes = attributes
    self.children = children
  }

  init(_ name: String, _ attributes: [(String, String)] = [], text: String) {
    self.name = name
    self.attributes = attributes
    self.text = text
  }

  /// The document with this element as its root.
  var document: [UInt8] {
    var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    write(to: &output, indent: "")
    return Array(output.utf8)
  }

  private func write(to output: inout String, indent: String) {
    output += "\(indent)<\(name)"
    for (key, value) in attributes { output += " \(key)=\"\(Self.escaped(value))\"" }
    if let text {
      output += ">\(Self.escaped(text, keepingLines: true))</\(name)>\n"
    } else if children.isEmpty {
      output += "/>\n"
    } else {
      output += ">\n"
      for child in children { child.write(to: &output, indent: indent + "  ") }
      output += "\(indent)</\(name)>\n"
    }
  }

  /// Markup escaped; whatever XML 1.0 cannot write (2.2, Char) or should not hold, terminals' escapes and bidirectional overrides
  /// among it, told as `printable` tells it. Lines stay lines in an element's text, and nowhere else.
  static func escaped(_ text: String, keepingLines: Bool = false) -> String {
    let lines =
      keepingLines ? text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) : [text]
    return lines.map { line in
      var output = ""
      for scalar in harmless(line).unicodeScalars {
        switch scalar {
        case "&": output += "&amp;"
        case "<": output += "&lt;"
        case ">": output += "&gt;"
        case "\"": output += "&quot;"
        case "'": output += "&#39;"
        default: output.unicodeScalars.append(scalar)
        }
      }
      return output
    }.joined(separator: "\n")
  }
}
