import Facts

/// The kernel's boot parameters, /proc/cmdline: space-separated, double quotes group; bootparam(7) and the kernel's
/// admin-guide/kernel-parameters. What follows a lone `--` is init's, not the kernel's, and is not kept: it may be anything.
package struct KernelCommandLine: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    package let name: String
    /// Nil for a bare word (`quiet`).
    package let value: String?
  }

  /// In order, those before a lone `--`; a repeated parameter is listed again.
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
    self.parameters = Array(parameters.prefix { $0.name != "--" })
  }

  /// The last one of that name, which is the one that holds for most parameters; `-` and `_` are the same in names.
  package func last(_ name: String) -> Parameter? {
    parameters.last { $0.name.utf8.elementsEqual(name.utf8, by: Self.areSame) }
  }

  private static func areSame(_ left: UInt8, _ right: UInt8) -> Bool {
    let (dash, underscore) = (UInt8(ascii: "-"), UInt8(ascii: "_"))
    return left == right || (left == dash || left == underscore) && (right == dash || right == underscore)
  }
}
