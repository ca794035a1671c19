import Facts

/// The loaded modules, /proc/modules; proc_modules(5). The taint letters at a line's end are those of the kernel's
/// `module_flags_taint`.
package struct ModuleList: Hashable, Sendable {
  package struct Module: Hashable, Sendable {
    package let name: String
    /// `OE`: out of tree and unsigned; empty for a module that taints nothing.
    package let taint: String
  }

  /// Sorted by name.
  package let modules: [Module]

  /// - Returns: nil where a line is not one of such a file.
  package init?(parsing bytes: [UInt8]) {
    var modules: [Module] = []
    for line in bytes.lines {
      let fields = line.split(separator: UInt8(ascii: " "))
      // name, size, references, users, state, address, and maybe the taint.
      guard fields.count >= 6, let name = fields.first, fields[1].decimal != nil else { return nil }
      var taint = ""
      if fields.count > 6, let last = fields.last, last.first == UInt8(ascii: "("),
        last.last == UInt8(ascii: ")")
      {
        // `-` and `+` say that the module is going or coming.
        taint = printable(last.dropFirst().dropLast(), atMost: 32).filter { $0 != "-" && $0 != "+" }
      }
      modules.append(Module(name: printable(name, atMost: 64), taint: taint))
    }
    self.modules = modules.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
