import Facts
package import SystemPackage

/// One mount, as /proc/PID/mountinfo has it; proc_pid_mountinfo(5).
package struct Mount: Hashable, Sendable {
  package let id: Int
  package let parent: Int
  /// `major:minor`.
  package let device: String
  /// Which part of the filesystem is mounted.
  package let root: FilePath
  package let point: FilePath
  package let options: [String]
  /// `proc`, `ext4`, `overlay`.
  package let type: String
  package let source: String
  package let superOptions: [String]

  package var isReadOnly: Bool { options.contains("ro") || superOptions.contains("ro") }

  init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: " "))
    guard let dash = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), dash >= 6,
      fields.count >= dash + 4, let id = fields[0].decimal, let parent = fields[1].decimal
    else { return nil }
    self.id = Int(id)
    self.parent = Int(parent)
    device = printable(fields[2])
    root = Self.path(fields[3])
    point = Self.path(fields[4])
    options = printable(fields[5]).split(separator: ",").map(String.init)
    type = printable(fields[dash + 1])
    source = printable(fields[dash + 2])
    superOptions = printable(fields[dash + 3], atMost: 4096).split(separator: ",").map(String.init)
  }

  /// Undoes the octal escapes for space, tab, newline and backslash.
  private static func path(_ field: ArraySlice<UInt8>) -> FilePath {
    var bytes: [CChar] = []
    var rest = field
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(CChar(bitPattern: value))
        rest = rest.dropFirst(3)
      } else {
        bytes.append(CChar(bitPattern: byte))
      }
    }
    return FilePath(platformString: bytes + [0])
  }
}

/// All mounts of one mount namespace, in mount order.
package struct MountTable: Hashable, Sendable {
  package let mounts: [Mount]
  /// The file that it was read from.
  package let place: String

  package init(parsing bytes: [UInt8], from place: String) {
    mounts = bytes.lines.compactMap { Mount(line: $0) }
    self.place = place
  }

  /// What is mounted exactly there: the last one hides the others.
  package func mount(at point: FilePath) -> Mount? { mounts.last { $0.point == point } }

  /// The filesystem that holds a path: the mount with the longest prefix, the last of equals.
  package func mount(holding path: FilePath) -> Mount? {
    var best: Mount?
    for mount in mounts where path.starts(with: mount.point) {
      if mount.point.length >= best?.point.length ?? 0 { best = mount }
    }
    return best
  }

  package func mounts(ofType type: String) -> [Mount] { mounts.filter { $0.type == type } }
}
