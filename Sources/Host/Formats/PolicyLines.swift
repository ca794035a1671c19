import Facts

/// One rule of a pam.d(5) file.
package struct PAMRule: Hashable, Sendable {
  /// `auth`, `account`, `password` or `session`; without the dash that lets a module be missing.
  package let kind: String
  /// `required`, or a bracketed list whole.
  package let control: String
  /// The module's last path component without `.so`: `pam_unix`.
  package let module: String
  package let arguments: [String]
  package let line: Int

  /// The rules of a file, and the files that it includes by name (`@include`, `include`, `substack`), in order.
  package static func all(parsing bytes: [UInt8]) -> (rules: [PAMRule], includes: [String]) {
    var rules: [PAMRule] = []
    var includes: [String] = []
    for (line, text) in logicalLines(bytes) {
      var words = bracketedWords(text)
      guard let first = words.first else { continue }
      if first == "@include" {
        if words.count > 1 { includes.append(words[1]) }
        continue
      }
      guard words.count >= 3 else { continue }
      words.removeFirst()
      let control = words.removeFirst()
      let module = words.removeFirst()
      if control == "include" || control == "substack" {
        includes.append(module)
        continue
      }
      let name = module.split(separator: "/").last.map(String.init) ?? module
      rules.append(
        PAMRule(
          kind: String(first.drop { $0 == "-" }).lowercased(), control: control,
          module: name.hasSuffix(".so") ? String(name.dropLast(3)) : name, arguments: words, line: line))
    }
    return (rules, includes)
  }

  /// Words, of which one in brackets may have blanks.
  private static func bracketedWords(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isBracketed = false
    for character in text {
      if character == "[" { isBracketed = true }
      if character == "]" { isBracketed = false }
      if !isBracketed, character == " " || character == "\t" {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}

/// One line of a sudoers(5) file, as far as it says who may do what without being asked, and how.
package struct SudoersLine: Hashable, Sendable {
  package enum Meaning: Hashable, Sendable {
    /// `@include` or `#include`: a file.
    case include(String)
    /// `@includedir` or `#includedir`: a directory.
    case includeDirectory(String)
    /// `Defaults` with its settings; what it is bound to (`Defaults:alice`), empty for all.
    case defaults(scope: String, settings: [String])
    /// A rule: who, and whether a tag of it spares the password.
    case rule(who: String, isSparedPassword: Bool)
  }

  package let meaning: Meaning
  package let line: Int

  package static func all(parsing bytes: [UInt8]) -> [SudoersLine] {
    logicalLines(bytes, directives: ["#include ", "#include\t", "#includedir"]).compactMap { line, text in
      meaning(text).map { SudoersLine(meaning: $0, line: line) }
    }
  }

  private static func meaning(_ text: String) -> Meaning? {
    let words = text.split(maxSplits: 1) { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first else { return nil }
    let rest = words.count > 1 ? String(decoding: Array(words[1].utf8).trimmed, as: UTF8.self) : ""
    switch first {
    case "@include", "#include": return .include(unquoted(rest))
    case "@includedir", "#includedir": return .includeDirectory(unquoted(rest))
    case "User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias": return nil
    default: break
    }
    if first.hasPrefix("Defaults"), first.dropFirst(8).first.map({ "@:!>".contains($0) }) ?? true {
      return .defaults(scope: String(first.dropFirst(8)), settings: settings(rest))
    }
    return rest.contains("=") ? .rule(who: first, isSparedPassword: rest.contains("NOPASSWD:")) : nil
  }

  /// Settings are parted by commas, which quotes protect.
  private static func settings(_ text: String) -> [String] {
    var settings: [String] = []
    var setting = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        settings.append(setting)
        setting = ""
      } else {
        setting.append(character)
      }
    }
    return (settings + [setting]).map { $0.filter { $0 != " " && $0 != "\t" } }.filter { !$0.isEmpty }
  }

  private static func unquoted(_ text: String) -> String { text.filter { $0 != "\"" && $0 != "\\" } }
}

/// Lines with their numbers, a backslash at the end joining the next, comments taken away but for these directives.
private func logicalLines(_ bytes: [UInt8], directives: [String] = []) -> [(Int, String)] {
  var lines: [(Int, String)] = []
  var pending = ""
  var start = 1
  for (index, line) in bytes.lines.enumerated() {
    if pending.isEmpty { start = index + 1 }
    var text = pending + String(decoding: line, as: UTF8.self)
    if text.hasSuffix("\\") {
      text.removeLast()
      pending = text + " "
      continue
    }
    pending = ""
    let whole = String(decoding: Array(text.utf8).trimmed, as: UTF8.self)
    if directives.contains(where: { whole.hasPrefix($0) }) {
      lines.append((start, whole))
      continue
    }
    let said = whole.prefix { $0 != "#" }
    let content = String(decoding: Array(said.utf8).trimmed, as: UTF8.self)
    if !content.isEmpty { lines.append((start, content)) }
  }
  return lines
}
