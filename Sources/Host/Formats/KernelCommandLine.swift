import Facts

/// The kernel's boot parameters, /proc/cmdline: space-separated, double quotes group.
package struct KernelCommandLine: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    package let name: String
    /// Nil for a bare word (`quiet`).
    package let value: String?
  }

  /// In order; a repeated parameter is listed again.
  package let parameters: [Parameter]

  package init(parsing bytes: [UInt8]) {
    var parameters: [Parameter] = []
    var word: [UInt8] = []
    var isQuoted = false
    func flush() {
      guard !word.isEmpty else { return }
      let equals = word.firstIndex(of: UInt8(ascii: "="))
      let name = printable(word[..<(equals ?? word.endIndex)])
      parameters.append(Parameter(name: name, value: equals.map { printable(word[($0 + 1)...]) }))
      word = []
    }
    for byte in bytes.trimmed {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "\n"): flush()
      case UInt8(ascii: " ") where !isQuoted: flush()
      case UInt8(ascii: "\t") where !isQuoted: flush()
      default: word.append(byte)
      }
    }
    flush()
    self.parameters = parameters
  }

  /// The last one of that name, which is the one that holds for most parameters; `-` and `_` are the same in names.
  package func last(_ name: String) -> Parameter? {
    parameters.last { $0.name.replacing("-", with: "_") == name.replacing("-", with: "_") }
  }
}
