import Facts
import Host
import SystemPackage

/// Makes `file` entities: the same facts for a well-known path and for one that a component names itself.
///
/// Directories on the way are looked at once for each inspector. Nothing is opened: a FIFO or a device is a fact like another.
struct FileInspector {
  static let subject = Subject(
    "file", "A file or directory that the host's security rests on, by its role; one for each path and role.",
    isSingleton: false,
    facts: [
      .init("path", .text, "The path as the host, or the component that names it, knows it."),
      .init(
        "role", .text,
        "What it is for: "
          + FileRole.allCases.map { "`\($0.rawValue)` \($0.meaning)" }.joined(separator: "; ") + ".",
        values: FileRole.allCases.map(\.rawValue)),
      .init("present", .flag, "Whether the path leads to something. Absence is stated for few roles only."),
      .init(
        "type", .text, "What the path leads to, its links followed; inode(7).",
        values: FileType.allCases.map(\.rawValue)),
      .init("linkTarget", .text, "What the path itself says where it is a symbolic link."),
      .init("mode", .mode, "Permission bits with set-user-ID, set-group-ID and sticky, links followed."),
      .init("owner", .text, "The owner's name in the host's /etc/passwd, or its number where it has none."),
      .init("group", .text, "The group's name in the host's /etc/group, or its number where it has none."),
      .init("ownerID", .number, "The owner's user id."),
      .init("groupID", .number, "The group's id."),
      .init("size", .number, "Bytes; of regular files only."),
      .init(
        "hasACL", .flag,
        "Whether an access control list names users or groups beyond the permission bits; acl(5)."),
      .init(
        "readableBy", .list,
        "Who besides root can read it: `everyone`, `group:NAME`, `user:NAME`. Search permission of every directory on the "
          + "way and access control lists count, and an owner who may change the mode."),
      .init(
        "writableBy", .list,
        "Who besides root can change it or put something else in its place, which a writable directory on the way allows "
          + "too: `everyone`, `group:NAME`, `user:NAME`."),
    ])

  private var directories: [FilePath: Inode] = [:]

  /// - Returns: The entity, and where its links lead; nil where nothing is there and the role does not ask to say so.
  /// - Parameter root: The door in whose terms the path is meant: the host's, or a process's own root.
  mutating func entity(
    _ path: FilePath, role: FileRole, in root: borrowing HostRoot, accounts: Accounts
  ) -> (entity: Entity, resolved: FilePath?)? {
    let name = place(path)
    let source = Source.inode(name)
    var entity = Entity(Self.subject, id: name)
    entity["path"] = .observed(.text(name), source)
    entity["role"] = .observed(.text(role.rawValue), source)
    let linkTarget = Self.linkTarget(path, root, source)
    guard let linkTarget = linkTarget ?? (role.statesAbsence ? .absent(source) : nil) else { return nil }
    entity["linkTarget"] = linkTarget
    do throws(HostError) {
      let walk = try PathWalk(path, in: root, known: &directories)
      entity["present"] = .observed(.flag(true), source)
      Self.addStatus(walk.inode, accounts, source, to: &entity)
      Self.addExposure(walk, accounts, source, to: &entity)
      return (entity, walk.path)
    } catch {
      // Absent here is also what a link that leads nowhere is; the link itself is stated.
      entity["present"] =
        error.reason == .absent ? .observed(.flag(false), source) : .failed(error, source)
      for declaration in Self.subject.facts where entity[declaration.name] == nil {
        entity[declaration.name] = .failed(error, source)
      }
      return (entity, nil)
    }
  }

  /// What stands for the files of a directory that could not be listed: `/etc/sudoers.d/*`, of which nothing is known.
  static func unlisted(_ error: HostError, role: FileRole) -> Entity {
    unseen(error.place + "/*", .failed(error, .inode(error.place)), role: role)
  }

  /// What stands for files that are not known, under the name of what would tell them.
  static func unseen(_ path: String, _ fact: Fact, role: FileRole) -> Entity {
    var entity = Entity(subject, id: path)
    for declaration in subject.facts { entity[declaration.name] = fact }
    let source = fact.sources.first ?? .inode(path)
    entity["path"] = .observed(.text(path), source)
    entity["role"] = .observed(.text(role.rawValue), source)
    return entity
  }

  /// - Returns: nil where nothing is there.
  private static func linkTarget(_ path: FilePath, _ root: borrowing HostRoot, _ source: Source) -> Fact? {
    let path = FilePath(root: nil, path.components)
    do throws(HostError) {
      guard try root.linkStatus(path).type == .symlink else { return .absent(source) }
      let text = try root.linkText(path)
      return .observed(.text(printable(text.bytes, atMost: 4096)), source)
    } catch {
      return error.reason == .absent ? nil : .failed(error, source)
    }
  }

  private static func addStatus(
    _ inode: Inode, _ accounts: Accounts, _ source: Source, to entity: inout Entity
  ) {
    let status = inode.status
    entity["type"] = .observed(.text(status.type.rawValue), source)
    entity["mode"] = .observed(.mode(status.mode), source)
    entity["owner"] = .observed(.text(accounts.user(status.owner)), source)
    entity["group"] = .observed(.text(accounts.group(status.group)), source)
    entity["ownerID"] = .observed(.number(Int64(status.owner)), source)
    entity["groupID"] = .observed(.number(Int64(status.group)), source)
    entity["size"] = status.type == .file ? .observed(.number(status.size), source) : .absent(source)
    entity["hasACL"] = .observed(.flag(inode.acl.isExtended), source)
  }

  private static func addExposure(
    _ walk: PathWalk, _ accounts: Accounts, _ source: Source, to entity: inout Entity
  ) {
    entity["readableBy"] = .observed(.texts(walk.principals(accounts, who: walk.canRead)), source)
    entity["writableBy"] = .observed(.texts(walk.principals(accounts, who: walk.canWrite)), source)
  }
}

/// A file that a component names itself, as an entity like those of the well-known places.
enum FileEntity {
  /// - Returns: nil where nothing is there and the role does not ask to say so.
  static func make(_ path: FilePath, role: FileRole, host: borrowing HostView) -> Entity? {
    make(path, role: role, in: host.root, accounts: host.accounts)
  }

  /// - Parameter root: The root of the process that names the path, if that isn't the host's.
  static func make(_ path: FilePath, role: FileRole, in root: borrowing HostRoot, accounts: Accounts)
    -> Entity?
  {
    var inspector = FileInspector()
    return inspector.entity(path, role: role, in: root, accounts: accounts)?.entity
  }
}

extension FilePath {
  /// The path's bytes without the ending NUL.
  fileprivate var bytes: [UInt8] {
    withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: length)) }
  }
}
