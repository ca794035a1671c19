import Facts

/// What modprobe.d(5) files say against loading modules.
package struct ModprobeLines: Hashable, Sendable {
  /// Their own aliases are ignored, so that nothing loads them by need; by name they still load.
  package private(set) var blacklisted: Set<String> = []
  /// A command that does nothing stands in loading's place.
  package private(set) var replaced: Set<String> = []

  package init() {}

  /// Adds a file. `-` and `_` are the same in a module's name.
  package mutating func add(_ bytes: [UInt8]) {
    var pending: [UInt8] = []
    for line in bytes.lines {
      let text = line.trimmed
      if text.last == UInt8(ascii: "\\") {
        pending += text.dropLast() + [0x20]
        continue
      }
      take(pending + text)
      pending = []
    }
    take(pending)
  }

  private mutating func take(_ line: [UInt8]) {
    let words = line.split { $0 == 0x20 || $0 == 0x09 }.prefix(3).map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2 else { return }
    let module = Self.name(words[1])
    switch words[0] {
    case "blacklist": blacklisted.insert(module)
    case "install":
      let program = words.count > 2 ? words[2].split(separator: "/").last : nil
      if program == "false" || program == "true" { replaced.insert(module) }
    default: break
    }
  }

  /// A module's name as the kernel writes it.
  package static func name(_ text: String) -> String { text.replacing("-", with: "_") }
}

extension ModprobeLines {
  /// Of some modules, those that modules.dep(5) can load. The file has a line for each module: its path, a colon, what it needs.
  package static func available(_ wanted: Set<String>, in dependencies: [UInt8]) -> Set<String> {
    var found: Set<String> = []
    for line in dependencies.split(separator: 0x0a) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let path = line[..<colon]
      let file = path.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path
      let name = name(String(decoding: file.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self))
      if wanted.contains(name) { found.insert(name) }
    }
    return found
  }
}
