import Facts
package import SystemPackage

/// What the Go linker wrote into an executable of how it was built: its modules with their versions, and its build settings.
/// It is in the file's section `.go.buildinfo`; Go's debug/buildinfo. Go 1.18 or newer, 64-bit ELF; elf(5).
package struct GoBuildInformation: Hashable, Sendable {
  /// As `go version -m` shows them: `mod⇥PATH⇥VERSION⇥SUM`, `dep⇥…`, `=>⇥…`, `build⇥KEY=VALUE`.
  package let lines: [String]

  /// The most that is read of each of a file's tables: no real executable comes near.
  private static let most = 1 << 20

  /// - Returns: Nil where the file is no ELF file, or none of Go's, or holds no more than a section's name.
  /// - Throws: `HostError` where it can't be read.
  package init?(of path: FilePath, in root: borrowing HostRoot) throws(HostError) {
    let head = try root.bytes(path, from: 0, count: 64)
    guard let header = Header(head) else { return nil }
    let table = try root.bytes(path, from: header.tablePlace, count: header.tableSize)
    guard let names = Section(table, header.namesIndex, header) else { return nil }
    guard let nameCount = names.count(Self.most) else { return nil }
    let nameBytes = try root.bytes(path, from: names.place, count: nameCount)
    for index in 0..<header.count {
      guard let section = Section(table, index, header), section.isNamed(".go.buildinfo", in: nameBytes),
        let count = section.count(Self.most)
      else { continue }
      let content = try root.bytes(path, from: section.place, count: count)
      guard let text = Self.text(content) else { return nil }
      lines = text.lines.map { String(decoding: $0, as: UTF8.self) }
      return
    }
    return nil
  }

  /// The module information, the second of the two strings that follow the header.
  static func text(_ section: [UInt8]) -> ArraySlice<UInt8>? {
    // Flag 2: the strings stand there themselves, each after its length.
    guard section.count > 32, section.starts(with: [0xff] + Array(" Go buildinf:".utf8)), section[15] & 2 != 0
    else { return nil }
    var rest = section[32...]
    guard string(&rest) != nil, let text = string(&rest) else { return nil }
    // 16 bytes mark its begin and its end.
    guard text.count > 33, text[text.endIndex - 17] == 0x0a else { return nil }
    return text.dropFirst(16).dropLast(16)
  }

  private static func string(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var length = 0
    for shift in stride(from: 0, to: 28, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      length |= Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
      }
    }
    return nil
  }

  /// The version of a module that is the program's own or that it was built of: a replacement's, where it was replaced. Nil for
  /// one that has none, `(devel)`.
  package func version(ofModule module: String) -> String? {
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count > 2, ["mod", "dep"].contains(fields[0]), fields[1] == module else { continue }
      var version = fields[2]
      if lines.indices.contains(index + 1) {
        let next = lines[index + 1].split(separator: "\t", omittingEmptySubsequences: false)
        if next.count > 2, next[0] == "=>" { version = next[2] }
      }
      return version.hasPrefix("v") ? String(version) : nil
    }
    return nil
  }

  /// What `-ldflags -X` set a variable to; the last time that it did.
  package func value(ofVariable variable: String) -> String? {
    guard let flags = lines.first(where: { $0.hasPrefix("build\t-ldflags=") }),
      let found = flags.ranges(of: "\(variable)=").last
    else { return nil }
    let value = flags[found.upperBound...].prefix { !$0.isWhitespace && !"'\"\\".contains($0) }
    return value.isEmpty ? nil : String(value)
  }
}

extension GoBuildInformation {
  private struct Header {
    let isBig: Bool
    let tablePlace: UInt64
    let entrySize: Int
    let count: Int
    let namesIndex: Int

    var tableSize: Int { entrySize * count }

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 64, bytes.starts(with: [0x7f] + Array("ELF".utf8)), bytes[4] == 2 else {
        return nil
      }
      isBig = bytes[5] == 2
      tablePlace = number(bytes, 0x28, 8, isBig)
      entrySize = Int(number(bytes, 0x3a, 2, isBig))
      count = Int(number(bytes, 0x3c, 2, isBig))
      namesIndex = Int(number(bytes, 0x3e, 2, isBig))
      guard entrySize >= 64, count > 0, entrySize * count <= GoBuildInformation.most, namesIndex < count
      else {
        return nil
      }
    }
  }

  private struct Section {
    let name: Int
    let place: UInt64
    let size: UInt64

    init?(_ table: [UInt8], _ index: Int, _ header: Header) {
      let start = index * header.entrySize
      guard table.count >= start + 64 else { return nil }
      name = Int(number(table, start, 4, header.isBig))
      place = number(table, start + 24, 8, header.isBig)
      size = number(table, start + 32, 8, header.isBig)
    }

    func count(_ most: Int) -> Int? { size <= UInt64(most) ? Int(size) : nil }

    func isNamed(_ text: String, in names: [UInt8]) -> Bool {
      names.count > name && names[name...].starts(with: Array(text.utf8) + [0])
    }
  }
}

private func number(_ bytes: [UInt8], _ place: Int, _ count: Int, _ isBig: Bool) -> UInt64 {
  let digits = bytes[place..<place + count]
  var result: UInt64 = 0
  for byte in isBig ? Array(digits) : digits.reversed() { result = result << 8 | UInt64(byte) }
  return result
}
