import Host
import SystemPackage

/// An inode's permissions: what a check of access asks.
struct Inode {
  let status: FileStatus
  let acl: PosixACL

  func permits(_ wanted: UInt16, to who: Credentials) -> Bool {
    acl.permits(wanted, to: who, owner: status.owner, group: status.group)
  }

  /// An owner may give itself any permission; chmod(2).
  func isOwned(by who: Credentials) -> Bool { who.user == status.owner }
}

/// One step from a directory to a name in it.
struct Passage {
  let directory: Inode
  /// Who owns what the name stands for: in a sticky directory only the owner may rename or remove it.
  let childOwner: UInt32
}

/// A path followed name by name, links included, as path_resolution(7) does, so that every directory on the way is known.
struct PathWalk {
  /// Where the links led, without any.
  let path: FilePath
  let passages: [Passage]
  let inode: Inode

  /// As many links as the kernel follows in one resolution.
  private static let mostLinks = 40
  /// A list of 255 entries: more than any filesystem but XFS stores.
  private static let mostListBytes = 4 + 255 * 8

  /// - Parameter known: Directories that were looked at before.
  /// - Throws: `HostError` for the first name that is not there or can't be looked at.
  init(_ path: FilePath, in root: borrowing HostRoot, known: inout [FilePath: Inode]) throws(HostError) {
    var pending = Array(path.components.reversed())
    var trail = FilePath("/")
    var passages: [Passage] = []
    var links = 0
    var last = try Self.directory(trail, root, &known)
    while let component = pending.popLast() {
      switch component.kind {
      case .currentDirectory: continue
      case .parentDirectory:
        trail.removeLastComponent()
        last = try Self.directory(trail, root, &known)
      case .regular:
        let place = trail.appending(component)
        let status = try Self.at(place) { path throws(HostError) in try root.linkStatus(path) }
        passages.append(Passage(directory: try Self.directory(trail, root, &known), childOwner: status.owner))
        guard status.type == .symlink else {
          trail = place
          last =
            pending.isEmpty ? try Self.inode(place, status, root) : try Self.directory(place, root, &known)
          continue
        }
        links += 1
        guard links <= Self.mostLinks else { throw HostError(path, .escapes) }
        let text = try Self.at(place) { path throws(HostError) in try root.linkText(path) }
        if text.isAbsolute { trail = "/" }
        pending += text.components.reversed()
        last = try Self.directory(trail, root, &known)
      }
    }
    self.path = trail
    self.passages = passages
    inode = last
  }

  private static func directory(
    _ path: FilePath, _ root: borrowing HostRoot, _ known: inout [FilePath: Inode]
  ) throws(HostError) -> Inode {
    if let inode = known[path] { return inode }
    let status = try at(path) { path throws(HostError) in try root.linkStatus(path) }
    let inode = try inode(path, status, root)
    known[path] = inode
    return inode
  }

  private static func inode(_ path: FilePath, _ status: FileStatus, _ root: borrowing HostRoot)
    throws(HostError) -> Inode
  {
    let bytes = try at(path) { path throws(HostError) in
      try root.extendedAttribute(PosixACL.attribute, of: path, atMost: mostListBytes)
    }
    guard let bytes else { return Inode(status: status, acl: PosixACL(mode: status.mode)) }
    guard let acl = PosixACL(parsing: bytes) else { throw HostError(path, .io(.invalidArgument)) }
    return Inode(status: status, acl: acl)
  }

  /// The door takes paths beneath its root, and the root itself as the empty path.
  private static func at<T>(_ path: FilePath, _ read: (FilePath) throws(HostError) -> T) throws(HostError)
    -> T
  {
    try read(FilePath(root: nil, path.components))
  }
}

extension PathWalk {
  /// Who, besides root, can have an access at all by permission bits and lists, from the directories on the way to the
  /// inode itself: `everyone`, `group:NAME`, `user:NAME`, sorted.
  func principals(_ accounts: Accounts, who can: (Credentials) -> Bool) -> [String] {
    if can(Credentials()) { return ["everyone"] }
    let groups = mentionedGroups
    let granted = groups.filter { can(Credentials(groups: [$0])) }
    let users = mentionedUsers.union(accounts.users(inSeveralOf: groups)).subtracting([0])
    let named = users.filter { user in
      let memberships = accounts.groups(of: user)
      return granted.isDisjoint(with: memberships) && can(Credentials(user: user, groups: memberships))
    }
    return (granted.map { "group:\(accounts.group($0))" } + named.map { "user:\(accounts.user($0))" })
      .sorted()
  }

  /// Reads the content; an owner may always give itself the permission.
  func canRead(_ who: Credentials) -> Bool {
    reaches(passages, who) && (inode.permits(4, to: who) || inode.isOwned(by: who))
  }

  /// Changes the content, or puts something else in its place: who may write a directory on the way may rename what is in it.
  func canWrite(_ who: Credentials) -> Bool {
    if reaches(passages, who), inode.permits(2, to: who) || inode.isOwned(by: who) { return true }
    return passages.indices.contains { index in
      let (directory, child) = (passages[index].directory, passages[index].childOwner)
      guard reaches(passages[..<index], who) else { return false }
      if directory.isOwned(by: who) { return true }
      let isSticky = directory.status.mode & 0o1000 != 0
      return directory.permits(3, to: who) && (!isSticky || who.user == child)
    }
  }

  private func reaches(_ passages: some Sequence<Passage>, _ who: Credentials) -> Bool {
    passages.allSatisfy { $0.directory.permits(1, to: who) || $0.directory.isOwned(by: who) }
  }

  private var inodes: [Inode] { passages.map(\.directory) + [inode] }
  private var mentionedGroups: Set<UInt32> { Set(inodes.flatMap { [$0.status.group] + $0.acl.namedGroups }) }
  private var mentionedUsers: Set<UInt32> {
    Set(inodes.flatMap { [$0.status.owner] + $0.acl.namedUsers } + passages.map(\.childOwner))
  }
}
