import Facts
import Host
import SystemPackage

/// Files whose mode lends rights or lets anyone write.
struct DiskCollector: Collector {
  let name = "disk"
  /// How much of the disk is walked.
  let extent: DiskExtent

  static let subject = Subject(
    "disk",
    "Files with remarkable modes or owners on the host's own disks. Containers' files, images' layers, pods' volumes, network filesystems "
      + "and those that the kernel makes up are left out.",
    isSingleton: true,
    facts: [
      .init(
        "extent", .text,
        "What was walked: system is /etc, /opt, /root, /srv, /boot, of /usr where programs and configuration are, and a few levels of /home, "
          + "/var and the directories for temporary files; whole is every directory.",
        values: DiskExtent.allCases.map(\.rawValue)),
      .init("passedOver", .list, "Directories that were not entered, for what is in them is not the host's."),
      .init("setuid", .list, "Programs that run as their owner or group, whoever starts them."),
      .init("setuid.unknown", .list, "Those that no distribution is known to install."),
      .init("setuid.writable", .list, "Those that others than their owner may write to."),
      .init("worldWritable.files", .list, "Files that everyone may write to."),
      .init(
        "worldWritable.directories", .list,
        "Directories that everyone may write to and whose files everyone may remove: no sticky bit."),
      .init("unowned", .list, "Files and directories whose owner or group has no name."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var search = DiskSearch(extent, DiskPruning(host.mounts))
    search.run(host, into: &record)
    let source = Source.inode(extent == .whole ? "/" : "/usr")
    var entity = Entity(Self.subject)
    func list(_ found: [String]) -> Fact {
      .observed(
        .texts(found.sorted().prefix(50)),
        found.isEmpty ? [source] : found.sorted().prefix(5).map { .inode($0) })
    }
    func state(_ name: String, _ found: [String]) {
      entity[name] = search.failure.flatMap { found.isEmpty ? $0 : nil } ?? list(found)
    }
    entity["extent"] = .observed(.text(extent.rawValue), source)
    entity["passedOver"] = list(search.passedOver)
    state("setuid", search.setuid)
    state("setuid.unknown", search.setuid.filter { !KnownPrograms.contains($0) })
    state("setuid.writable", search.writableSetuid)
    state("worldWritable.files", search.writableFiles)
    state("worldWritable.directories", search.writableDirectories)
    if let error = host.accountsError, !search.unowned.isEmpty {
      entity["unowned"] = .failed(error)
    } else {
      state("unowned", search.unowned)
    }
    record.add(entity)
  }
}

/// How much of the disk an audit walks.
package enum DiskExtent: String, CaseIterable, Sendable {
  /// Where the system's own files are, and where whoever has an account may put some: a few thousand names.
  case system
  /// Every directory of every local filesystem.
  case whole
}
