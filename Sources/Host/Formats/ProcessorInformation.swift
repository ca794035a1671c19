import Facts

/// What /proc/cpuinfo says of the processors; proc_cpuinfo(5). Its keys differ by architecture.
package struct ProcessorInformation: Hashable, Sendable {
  /// `flags` of the first processor; nil where there is no such line, as on arm64.
  package let flags: Set<String>?
  /// The distinct `microcode` revisions of all processors, sorted.
  package let microcode: [String]
  /// `model name` of the first processor.
  package let model: String?

  package init(parsing bytes: [UInt8]) {
    var flags: Set<String>?
    var microcode: Set<String> = []
    var model: String?
    for line in bytes.lines {
      // Most lines of a large host's file repeat the flags: they are told by their first byte before anything is split.
      guard line.first == UInt8(ascii: "f") && flags == nil || line.first == UInt8(ascii: "m"),
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
      else { continue }
      let value = line[(colon + 1)...].trimmed
      switch line[..<colon].trimmed.validText {
      case "flags":
        flags = Set(value.split(separator: UInt8(ascii: " ")).compactMap(\.validText))
      case "microcode":
        if microcode.count < 64 { microcode.insert(printable(value, atMost: 64)) }
      case "model name":
        model = model ?? printable(value, atMost: 128)
      default: continue
      }
    }
    self.flags = flags
    self.microcode = microcode.sorted()
    self.model = model
  }
}
