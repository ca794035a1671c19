package import SystemPackage

/// What a recorded tree can't keep in git: owners, modes, types, extended attributes and read errors, one line a path.
///
/// Lines are tab-separated: `path mode uid gid type [name=value …]`, `-` for "as the tree has it". Types are inode(7)'s in
/// words; the trailing words are `errno=EACCES`, `mtime=SECONDS`, `verity=1`, `xattr:NAME=HEX`. A path that ends in `/**` speaks for everything beneath it that no
/// other line names.
package struct Attributes: Sendable {
  package struct Entry: Hashable, Sendable {
    package var type: FileType?
    package var mode: UInt16?
    package var owner: UInt32?
    package var group: UInt32?
    package var modified: Int64?
    /// Whether fs-verity checks what is read of it.
    package var hasVerity: Bool?
    package var extendedAttributes: [String: [UInt8]] = [:]
    /// What reading it gives instead of content.
    package var error: Int32?
  }

  /// A line that can't be read.
  package struct Malformed: Error, Hashable, Sendable {
    package let line: Int
    package let reason: String
  }

  /// By normal path, as text: `/etc/shadow`. A recorded tree's paths are in git, so they are UTF-8.
  private let entries: [String: Entry]
  private let trees: [(String, Entry)]
  private let prefix: String

  package init(parsing text: String) throws(Malformed) {
    var entries: [String: Entry] = [:]
    var trees: [(String, Entry)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let (path, entry) = try AttributeLine(number: index + 1, text: line).parse()
      if path.hasSuffix("/**") {
        trees.append((Self.normal(String(path.dropLast(3))), entry))
      } else {
        entries[Self.normal(path)] = entry
      }
    }
    self.entries = entries
    self.trees = trees.sorted { $0.0.utf8.count > $1.0.utf8.count }
    prefix = ""
  }

  private init(_ entries: [String: Entry], _ trees: [(String, Entry)], beneath prefix: String) {
    self.entries = entries
    self.trees = trees
    self.prefix = prefix
  }

  package func entry(_ path: FilePath) -> Entry? {
    let path = Self.normal("\(prefix)/\(path.string)")
    return entries[path]
      ?? trees.first { path == $0.0 || path.hasPrefix($0.0 == "/" ? "/" : $0.0 + "/") }?.1
  }

  func error(reading path: FilePath) -> Int32? { entry(path)?.error }

  func beneath(_ root: FilePath) -> Attributes {
    Attributes(entries, trees, beneath: Self.normal("\(prefix)/\(root.string)"))
  }

  /// Absolute, without `.`, `..` and doubled slashes; lexically, since the lines name paths and not inodes.
  private static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
