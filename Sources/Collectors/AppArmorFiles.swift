import Facts
import Host
import SystemPackage

/// Profiles that files of /etc/apparmor.d declare, apparmor.d(5): what the next boot loads, loaded now or not.
struct AppArmorFiles {
  static let directory: FilePath = "/etc/apparmor.d"
  private static let mostFiles = 1024

  /// Profiles on disk that the kernel does not have, leaving out those that are disabled.
  static func unloaded(_ loaded: Fact, _ host: borrowing HostView) -> Fact {
    guard case .observed(.list(let names), let sources) = loaded else { return loaded }
    let known = Set(names.map(\.description))
    var missing: [String] = []
    var found: [Source] = []
    do throws(HostError) {
      let disabled = try Self.disabled(host.root)
      let entries = try host.root.entries(in: directory, atMost: 4096)
      for entry in entries.prefix(mostFiles) where entry.type == .file {
        let name = entry.name.string
        if name.hasPrefix(".") || name.hasSuffix(".dpkg-new") || name.hasSuffix("~")
          || disabled.contains(name)
        {
          continue
        }
        let path = directory.appending(entry.name)
        for (profile, line) in declared(in: try host.root.bytes(path)) where !known.contains(profile) {
          missing.append(profile)
          found.append(.file(place(path), line: line))
        }
      }
      return .observed(.texts(missing), found.isEmpty ? [.file(place(directory))] + sources : found)
    } catch {
      return .failed(error)
    }
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
  static func declared(in bytes: [UInt8]) -> [(name: String, line: Int)] {
    var depth = 0
    var found: [(name: String, line: Int)] = []
    for (index, line) in bytes.lines.enumerated() {
      var text = trimmedBlanks(String(decoding: line.prefix(4096), as: UTF8.self))
      if text.hasPrefix("#") { continue }
      if let comment = text.firstRange(of: " #") {
        text = trimmedBlanks(String(text[..<comment.lowerBound]))
      }
      if text.hasSuffix("{") {
        if depth == 0, let name = name(of: text) {
          found.append((printable(name.utf8, atMost: 512), index + 1))
        }
        depth += 1
      } else if text == "}" || text == "}," {
        depth = max(0, depth - 1)
      }
    }
    return found
  }

  /// `profile NAME ATTACHMENT flags=(…) {`, `/path/of/program flags=(…) {`, or either in quotes.
  private static func name(of declaration: String) -> String? {
    var rest = declaration[...]
    let isNamed = rest.hasPrefix("profile ")
    if isNamed { rest = rest.dropFirst(8).drop { $0 == " " || $0 == "\t" } }
    let name: Substring
    if rest.first == "\"" {
      name = rest.dropFirst().prefix { $0 != "\"" }
    } else {
      name = rest.prefix { $0 != " " && $0 != "\t" }
    }
    guard isNamed || name.first == "/", !name.isEmpty, name != "{", !name.contains("@{") else { return nil }
    return String(name)
  }
}
