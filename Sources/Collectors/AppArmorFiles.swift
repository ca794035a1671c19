import Facts
import Host
import SystemPackage

/// Profiles that files of /etc/apparmor.d declare, apparmor.d(5): what the next boot loads, loaded now or not.
struct AppArmorFiles {
  static let directory: FilePath = "/etc/apparmor.d"
  private static let mostFiles = 1024

  /// A profile that a file declares.
  struct Declared: Hashable {
    let name: String
    /// The programs that are started under it, as the file has it: a variable in it only the parser knows. Nil for one that only
    /// changes of profile lead to.
    let attachment: String?
    let line: Int
  }

  /// Profiles on disk that the kernel does not have, leaving out those that are disabled.
  static func unloaded(_ loaded: Fact, _ host: borrowing HostView) -> Fact {
    guard case .observed(.list(let names), let sources) = loaded else { return loaded }
    let known = Set(names.map(\.description))
    do throws(HostError) {
      let missing = try read(host.root).filter { !known.contains($0.profile.name) }
      return .observed(
        .texts(missing.map(\.profile.name)),
        missing.isEmpty
          ? [.file(place(directory))] + sources
          : missing.map { .file(place($0.path), line: $0.profile.line) })
    } catch {
      return .failed(error)
    }
  }

  /// Every profile that a file declares and that is not disabled, by the files' names.
  static func read(_ root: borrowing HostRoot) throws(HostError) -> [(profile: Declared, path: FilePath)] {
    let disabled = try Self.disabled(root)
    var found: [(profile: Declared, path: FilePath)] = []
    for entry in try root.entries(in: directory, atMost: 4096).prefix(mostFiles) where entry.type == .file {
      let name = entry.name.string
      if name.hasPrefix(".") || name.hasSuffix(".dpkg-new") || name.hasSuffix("~") || disabled.contains(name)
      {
        continue
      }
      let path = directory.appending(entry.name)
      found += declared(in: try root.bytes(path)).map { ($0, path) }
    }
    return found
  }

  /// Links of this name keep a file from being loaded; aa-disable(8).
  private static func disabled(_ root: borrowing HostRoot) throws(HostError) -> Set<String> {
    do throws(HostError) {
      return Set(try root.names(in: directory.appending("disable"), atMost: 4096).map(\.string))
    } catch {
      guard error.reason == .absent else { throw error }
      return []
    }
  }

  /// Names of the profiles that a file declares itself, not within another, with their lines. A name that a variable decides is left
  /// out: only the parser knows it.
  static func declared(in bytes: [UInt8]) -> [Declared] {
    var depth = 0
    var found: [Declared] = []
    for (index, line) in bytes.lines.enumerated() {
      var text = trimmedBlanks(String(decoding: line.prefix(4096), as: UTF8.self))
      if text.hasPrefix("#") { continue }
      if let comment = text.firstRange(of: " #") {
        text = trimmedBlanks(String(text[..<comment.lowerBound]))
      }
      if text.hasSuffix("{") {
        if depth == 0, let (name, attachment) = head(of: text) {
          found.append(
            Declared(
              name: printable(name.utf8, atMost: 512),
              attachment: attachment.map { printable($0.utf8, atMost: 512) }, line: index + 1))
        }
        depth += 1
      } else if text == "}" || text == "}," {
        depth = max(0, depth - 1)
      }
    }
    return found
  }

  /// `profile NAME ATTACHMENT flags=(…) {`, `/path/of/program flags=(…) {`, or either in quotes. A name that is a path attaches too.
  private static func head(of declaration: String) -> (name: String, attachment: String?)? {
    var rest = declaration[...]
    let isNamed = rest.hasPrefix("profile ")
    if isNamed { rest = rest.dropFirst(8) }
    let name = word(&rest)
    guard isNamed || name.first == "/", !name.isEmpty, name != "{", !name.contains("@{") else { return nil }
    let next = word(&rest)
    let attachment = isNamed && isPath(next) ? next : name
    return (String(name), isPath(attachment) ? String(attachment) : nil)
  }

  /// Whether a word is a path, or begins with a variable that holds one (`@{bin}/tool`).
  private static func isPath(_ word: Substring) -> Bool { word.first == "/" || word.hasPrefix("@{") }

  /// The next word, without its quotes.
  private static func word(_ rest: inout Substring) -> Substring {
    rest = rest.drop { $0 == " " || $0 == "\t" }
    let isQuoted = rest.first == "\""
    if isQuoted { rest = rest.dropFirst() }
    let word = rest.prefix { isQuoted ? $0 != "\"" : $0 != " " && $0 != "\t" }
    rest = rest[word.endIndex...].dropFirst()
    return word
  }
}
