import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

@Suite("What is found on the disk, and what is not looked for there")
struct DiskCollectorTests {
  private static let accounts = ["etc/passwd": "root:x:0:0::/:\n", "etc/group": "root:x:0:\n"]

  private func look(_ extent: DiskExtent, _ files: [String: String], _ attributes: String) throws -> Entity {
    let tree = try HostTree(files.merging(Self.accounts) { $1 })
    return try withExtendedLifetime(tree) {
      try singleton(
        DiskCollector.subject, of: DiskCollector(extent: extent),
        try tree.view(attributes: attributes + "/**\t-\t0\t0\t-\n"))
    }
  }

  @Test("Modes that lend rights or let everyone write", arguments: DiskExtent.allCases)
  func modes(_ extent: DiskExtent) throws {
    let entity = try look(
      extent,
      [
        "usr/bin/su": "", "usr/bin/own": "", "etc/open": "", "etc/d/": "", "etc/t/": "", "opt/lost": "",
      ],
      """
      /usr/bin/su\t4755\t0\t0\tfile
      /usr/bin/own\t2755\t0\t0\tfile
      /etc/open\t0666\t0\t0\tfile
      /etc/d\t0777\t0\t0\tdirectory
      /etc/t\t1777\t0\t0\tdirectory
      /opt/lost\t0644\t77\t0\tfile

      """)
    #expect(entity["extent"]?.value == .text(extent.rawValue))
    #expect(entity["setuid"]?.value == .texts(["/usr/bin/own", "/usr/bin/su"]))
    #expect(entity["setuid.unknown"]?.value == .texts(["/usr/bin/own"]))
    #expect(entity["worldWritable.files"]?.value == .texts(["/etc/open"]))
    #expect(entity["worldWritable.directories"]?.value == .texts(["/etc/d"]))
    #expect(entity["unowned"]?.value == .texts(["/opt/lost"]))
  }

  private static let hidden = [
    "usr/share/doc/a/b/sh", "home/a/b/c/d/sh", "var/tmp/sh", "data/sh", "dev/shm/sh",
  ]

  @Test("The usual walk sees where users write; the whole one sees every directory")
  func extents() throws {
    let attributes = Self.hidden.map { "/\($0)\t4755\t0\t0\tfile\n" }.joined()
    let files = Dictionary(uniqueKeysWithValues: Self.hidden.map { ($0, "") })
    let system = try look(.system, files, attributes)
    #expect(system["setuid.unknown"]?.value == .texts(["/dev/shm/sh", "/var/tmp/sh"]))
    let whole = try look(.whole, files, attributes)
    #expect(whole["setuid.unknown"]?.value == .texts(Self.hidden.map { "/" + $0 }.sorted()))
  }

  @Test(
    "Containers' files, other machines' and the kernel's are passed over, wherever they are mounted",
    arguments: DiskExtent.allCases)
  func pruned(_ extent: DiskExtent) throws {
    let mounts = """
      20 1 8:1 / / rw - ext4 /dev/sda1 rw
      21 20 0:30 / /srv/share rw - nfs4 files:/x rw
      22 20 0:31 / /opt/snap ro - squashfs /dev/loop0 ro
      23 20 0:32 / /etc rw - overlay overlay rw,lowerdir=/usr/etc,upperdir=/var/etc/upper,workdir=/var/etc/work
      24 20 0:33 / /srv/run/rootfs rw - overlay overlay rw,lowerdir=/srv/engine/snapshots/1/fs,upperdir=/srv/engine/snapshots/2/fs,workdir=/w

      """
    let kept = ["etc/sh", "srv/sh"]
    let left = [
      "srv/share/sh", "opt/snap/sh", "srv/run/rootfs/sh", "srv/engine/snapshots/2/sh", "var/lib/docker/sh",
      "var/lib/kubelet/pods/sh",
    ]
    let files = Dictionary(uniqueKeysWithValues: (kept + left).map { ($0, "") })
    let entity = try look(
      extent, files.merging(["proc/1/mountinfo": mounts]) { $1 },
      (kept + left).map { "/\($0)\t4755\t0\t0\tfile\n" }.joined())
    #expect(entity["setuid"]?.value == .texts(kept.map { "/" + $0 }))
    let passed = entity["passedOver"]?.value?.description ?? ""
    for place in ["/opt/snap", "/srv/engine/snapshots", "/srv/run/rootfs", "/srv/share"] {
      #expect(passed.contains(place))
    }
  }
}
