package import Reports

/// Which directories are worth watching, from what the last report's facts rest on.
///
/// Directories, not files: editors and package managers replace files by renaming, which a watch on the file itself does not see.
package struct WatchList: Hashable, Sendable {
  /// Which names in a directory matter.
  package enum Names: Hashable, Sendable {
    case all
    case only(Set<String>)
  }

  /// By path, of the host that is looked at.
  package let directories: [String: Names]
  /// How many more there would have been.
  package let left: Int

  /// The kernel's own files tell nobody that they changed; the rest is memory, and never quiet.
  private static let pointless = ["/proc/", "/sys/", "/dev/", "/run/", "/tmp/", "/var/tmp/"]

  /// - Parameters:
  ///   - sources: Where facts were read, as evidence names it: `/etc/ssh/sshd_config:12 PermitRootLogin`.
  ///   - limit: How many directories at most. The shallow ones are kept: configuration lies there.
  package init(sources: [String], limit: Int) {
    var found: [String: Names] = [:]
    for source in sources {
      guard let path = Self.path(in: source), let slash = path.lastIndex(of: "/") else { continue }
      let parent = slash == path.startIndex ? "/" : String(path[..<slash])
      let name = String(path[path.index(after: slash)...])
      guard !name.isEmpty, !Self.pointless.contains(where: { (path + "/").hasPrefix($0) }) else { continue }
      // Whatever is new in a drop-in directory counts, and in one that is a source itself.
      if name.hasSuffix(".d") { found[path] = .all }
      if parent.hasSuffix(".d") { found[parent] = .all }
      switch found[parent] {
      case .all: break
      case .only(let names): found[parent] = .only(names.union([name]))
      case nil: found[parent] = .only([name])
      }
    }
    let kept = found.sorted {
      let depth = ($0.key.count { $0 == "/" }, $1.key.count { $0 == "/" })
      return depth.0 == depth.1 ? $0.key < $1.key : depth.0 < depth.1
    }
    .prefix(limit)
    directories = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    left = found.count - kept.count
  }

  /// The list of a report.
  package init(_ report: Report, limit: Int) {
    self.init(sources: report.results.flatMap { $0.verdict.evidence.flatMap(\.sources) }, limit: limit)
  }

  /// The path at the beginning, without line and key; nil where the source is none.
  private static func path(in source: String) -> String? {
    guard source.hasPrefix("/") else { return nil }
    let path = source.prefix { $0 != " " }
    if let colon = path.lastIndex(of: ":"), path.index(after: colon) < path.endIndex,
      path[path.index(after: colon)...].allSatisfy(\.isNumber)
    {
      return String(path[..<colon])
    }
    return String(path)
  }
}
