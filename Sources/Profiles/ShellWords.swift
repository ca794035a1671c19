/// A command as words and operators, enough of sh(1) to recognise what a command asks for; nothing is ever run.
enum ShellWord: Hashable {
  case word(String)
  /// `|`, `;` (a line's end too), `&&`, `||`.
  case mark(String)

  var text: String? { if case .word(let text) = self { text } else { nil } }
}

/// What a command needs that only a shell can give.
struct NeedsShell: Error {
  let what: String
}

/// Splits a command; variables stay as they stand.
/// - Throws: `NeedsShell` for substitutions, unknown redirections and other things that only a shell can carry out.
func shellWords(_ text: String) throws(NeedsShell) -> [ShellWord] {
  var lexer = ShellLexer(rest: Array(text)[...])
  return try lexer.words()
}

private struct ShellLexer {
  var rest: ArraySlice<Character>
  private var found: [ShellWord] = []
  private var current: String?

  init(rest: ArraySlice<Character>) { self.rest = rest }

  mutating func words() throws(NeedsShell) -> [ShellWord] {
    while let character = rest.popFirst() {
      switch character {
      case "'": take(until: "'")
      case "\"": try takeDoubleQuoted()
      case "\\": if let next = rest.popFirst() { add(next) }
      case " ", "\t": end()
      case "\n", ";": mark(";")
      case "|": mark(skip("|") ? "||" : "|")
      case "&":
        guard skip("&") else { throw NeedsShell(what: "a command in the background") }
        mark("&&")
      case "`": throw NeedsShell(what: "command substitution")
      case "$" where rest.first == "(": throw NeedsShell(what: "command substitution")
      case ">": try redirect()
      case "<": throw NeedsShell(what: "redirected input")
      default: add(character)
      }
    }
    end()
    return found
  }

  private mutating func add(_ character: Character) { current = (current ?? "") + String(character) }

  private mutating func end() {
    if let current { found.append(.word(current)) }
    current = nil
  }

  private mutating func mark(_ mark: String) {
    end()
    found.append(.mark(mark))
  }

  private mutating func skip(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func take(until end: Character) {
    current = current ?? ""
    while let character = rest.popFirst(), character != end { add(character) }
  }

  private mutating func takeDoubleQuoted() throws(NeedsShell) {
    current = current ?? ""
    while let character = rest.popFirst(), character != "\"" {
      if character == "`" || character == "$" && rest.first == "(" {
        throw NeedsShell(what: "command substitution")
      }
      if character == "\\", let next = rest.popFirst() { add(next) } else { add(character) }
    }
  }

  /// Errors thrown away change nothing of what is asked: `2>/dev/null`, `2>&1`.
  private mutating func redirect() throws(NeedsShell) {
    guard current == "2" else { throw NeedsShell(what: "redirected output") }
    current = nil
    let target = rest.drop { $0 == " " }.prefix { !" \t\n;|".contains($0) }
    guard ["/dev/null", "&1"].contains(String(target)) else { throw NeedsShell(what: "redirected output") }
    rest = rest[target.endIndex...]
  }
}
