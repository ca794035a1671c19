import Facts

/// The records of a Debian control file: fields parted from the next record by an empty line; deb822(5).
package struct ControlRecords: Hashable, Sendable {
  /// Fields by their names in lower case; a value's further lines are joined by newlines.
  package let records: [[String: String]]

  package init(parsing bytes: [UInt8]) {
    var records: [[String: String]] = []
    var record: [String: String] = [:]
    var last: String?
    for line in bytes.lines {
      if line.first == UInt8(ascii: "#") { continue }
      guard let first = line.first, !line.trimmed.isEmpty else {
        if !record.isEmpty { records.append(record) }
        record = [:]
        last = nil
        continue
      }
      let text = printable(line.trimmed, atMost: 4096)
      if first == 0x20 || first == 0x09 {
        if let last { record[last, default: ""] += "\n" + text }
      } else if let colon = text.firstIndex(of: ":") {
        let name = text[..<colon].lowercased()
        record[name] = String(text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        last = name
      }
    }
    if !record.isEmpty { records.append(record) }
    self.records = records
  }

  /// One package's record in dpkg's status file, found without reading the thousands of others as text.
  package static func package(_ name: String, in status: [UInt8]) -> [String: String]? {
    let key = Array("Package: \(name)\n".utf8)
    guard let start = status.firstLine(where: { status[$0...].starts(with: key) }) else { return nil }
    let end = status.firstLine(from: start, where: { status[$0] == 0x0a }) ?? status.count
    return ControlRecords(parsing: Array(status[start..<end])).records.first
  }
}

extension [UInt8] {
  /// Where the first line begins for which something holds.
  fileprivate func firstLine(from start: Int = 0, where condition: (Int) -> Bool) -> Int? {
    var at = start
    while at < count {
      if condition(at) { return at }
      guard let newline = self[at...].firstIndex(of: 0x0a) else { return nil }
      at = newline + 1
    }
    return nil
  }
}

/// One source of packages that apt takes, of sources.list(5).
package struct AptSource: Hashable, Sendable {
  package let uri: String
  /// `[trusted=yes]` or `Trusted: yes`: no signature is asked for.
  package let isTrustedUnsigned: Bool

  /// `deb [options] uri suite component…`, one a line.
  package static func lines(parsing bytes: [UInt8]) -> [AptSource] {
    bytes.lines.compactMap { line in
      var words = printable(line, atMost: 4096).prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(
        String.init)
      guard let type = words.first, type == "deb" || type == "deb-src" else { return nil }
      words.removeFirst()
      var options: [String] = []
      if words.first?.hasPrefix("[") == true {
        while !words.isEmpty {
          let word = words.removeFirst()
          options.append(word.filter { $0 != "[" && $0 != "]" }.lowercased())
          if word.hasSuffix("]") { break }
        }
      }
      guard let uri = words.first else { return nil }
      return AptSource(
        uri: uri,
        isTrustedUnsigned: options.contains { isTrue($0, "trusted=") || isTrue($0, "allow-insecure=") })
    }
  }

  /// The form of `.sources` files.
  package static func records(parsing bytes: [UInt8]) -> [AptSource] {
    ControlRecords(parsing: bytes).records.flatMap { record -> [AptSource] in
      guard record["enabled"].map({ truths.contains($0.lowercased()) }) ?? true else { return [] }
      let trusted = ["trusted", "allow-insecure"].contains { truths.contains(record[$0]?.lowercased() ?? "") }
      return (record["uris"] ?? "").split(whereSeparator: \.isWhitespace).map {
        AptSource(uri: String($0), isTrustedUnsigned: trusted)
      }
    }
  }

  private static let truths: Set<String> = ["yes", "true", "with", "on", "enable", "1"]

  private static func isTrue(_ option: String, _ name: String) -> Bool {
    option.hasPrefix(name) && truths.contains(String(option.dropFirst(name.count)))
  }
}
