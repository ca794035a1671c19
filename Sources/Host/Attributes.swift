package import SystemPackage

/// What a recorded tree can't keep in git: owners, modes, types, extended attributes and read errors, one line a path.
///
/// Lines are tab-separated: `path mode uid gid type [name=value …]`, `-` for "as the tree has it". Types are inode(7)'s in
/// words; the trailing words are `errno=EACCES`, `mtime=SECONDS`, `xattr:NAME=HEX`. A path that ends in `/**` speaks for everything beneath it that no
/// other line names.
package struct Attributes: Sendable {
  package struct Entry: Hashable, Sendable {
    package var type: FileType?
    package var mode: UInt16?
    package var owner: UInt32?
    package var group: UInt32?
    package var modified: Int64?
    package var extendedAttributes: [String: [UInt8]] = [:]
    /// What reading it gives instead of content.
    package var error: Int32?
  }

  /// A line that can't be read.
  package struct Malformed: Error, Hashable, Sendable {
    package let line: Int
    package let reason: String
  }

  private let entries: [FilePath: Entry]
  private let trees: [(FilePath, Entry)]
  private let prefix: FilePath

  package init(parsing text: String) throws(Malformed) {
    var entries: [FilePath: Entry] = [:]
    var trees: [(FilePath, Entry)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let (path, entry) = try AttributeLine(number: index + 1, text: line).parse()
      if path.hasSuffix("/**") {
        trees.append((Self.normal(FilePath(String(path.dropLast(3)))), entry))
      } else {
        entries[Self.normal(FilePath(path))] = entry
      }
    }
    self.entries = entries
    self.trees = trees.sorted { $0.0.length > $1.0.length }
    prefix = "/"
  }

  private init(_ entries: [FilePath: Entry], _ trees: [(FilePath, Entry)], beneath prefix: FilePath) {
    self.entries = entries
    self.trees = trees
    self.prefix = prefix
  }

  package func entry(_ path: FilePath) -> Entry? {
    let path = Self.normal(prefix.appending(path.components))
    return entries[path] ?? trees.first { path.starts(with: $0.0) }?.1
  }

  func error(reading path: FilePath) -> Int32? { entry(path)?.error }

  func beneath(_ root: FilePath) -> Attributes {
    Attributes(entries, trees, beneath: Self.normal(prefix.appending(root.components)))
  }

  private static func normal(_ path: FilePath) -> FilePath {
    FilePath(root: "/", path.lexicallyNormalized().components)
  }
}
