/// Where a value came from, precisely enough for a person to look there.
package struct Source: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Hashable, Sendable {
    /// A file's content: `place` is its path, with the line or key where there is one.
    case file
    /// A file's metadata (stat(2), xattrs): `place` is its path.
    case inode
    /// A process's command line: `place` names the process, `key` the flag.
    case flag
    /// A process's environment: `place` names the process, `key` the variable.
    case environment
    /// A system call: `place` is its name and manual section.
    case systemCall
    /// A C library's answer: `place` is the function.
    case library
    /// A documented default: `place` is what documents it. Only the judge states these.
    case documentation
  }

  package let kind: Kind
  package let place: String
  /// Line in the file, from 1.
  package let line: Int?
  /// Key path in a structured file, flag name, or variable name.
  package let key: String?
  /// What stood there, where the value was overridden by a stronger source.
  package let said: String?

  package init(_ kind: Kind, _ place: String, line: Int? = nil, key: String? = nil, said: String? = nil) {
    self.kind = kind
    self.place = place
    self.line = line
    self.key = key
    self.said = said
  }

  package static func file(_ path: String, line: Int? = nil, key: String? = nil) -> Source {
    Source(.file, path, line: line, key: key)
  }
  package static func inode(_ path: String) -> Source { Source(.inode, path) }
  package static func systemCall(_ name: String) -> Source { Source(.systemCall, name) }
  package static func library(_ function: String) -> Source { Source(.library, function) }

  /// The same source with what it said, for the list of what a stronger source overrode.
  package func saying(_ value: Value) -> Source {
    Source(kind, place, line: line, key: key, said: value.description)
  }
}

extension Source: CustomStringConvertible {
  /// `/var/lib/kubelet/config.yaml:12 readOnlyPort`, `kubelet[812] --read-only-port`.
  package var description: String {
    // A default is said by what it is the default of; the document is named by its last words, and whole in the profile.
    if kind == .documentation, let key {
      return place.split(separator: "/").last.map { "\(key) (\($0))" } ?? key
    }
    var text = place
    if let line { text += ":\(line)" }
    if let key { text += " \(key)" }
    if let said { text += " (said \(said))" }
    return text
  }
}
