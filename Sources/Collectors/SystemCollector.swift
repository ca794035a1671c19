import Facts
import Host
import SystemPackage

/// Which operating system the host has, and how little of it can be changed: measured, not taken from its name.
struct SystemCollector: Collector {
  let name = "system"

  private static let families = [
    "talos", "bottlerocket", "flatcar", "fedora-coreos", "rhel-coreos", "cos", "azure-linux", "amazon-linux",
    "ubuntu-core", "ubuntu",
    "debian", "rhel", "fedora", "suse-micro", "suse", "nixos", "alpine", "other",
  ]

  static let subject = Subject(
    "system", "The operating system and how its files can be changed.", isSingleton: true,
    facts: [
      .init("family", .text, "Which system it is, by ID and VARIANT_ID of os-release(5).", values: families),
      .init("isImage", .flag, "Whether this system is one that is delivered and replaced as a whole image."),
    ] + RootIntegrity.declarations + [
      .init("shells", .list, "Shells that are on the host."),
      .init("packageManagers", .list, "Package managers that are on the host."),
      .init("sshServers", .list, "SSH servers that are on the host."),
      .init(
        "support.end", .text, "The day on which support ends (SUPPORT_END of os-release), as midnight UTC."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    Self.addRelease(host.root, to: &entity)
    RootIntegrity.add(host, to: &entity)
    entity["shells"] = installedFact(
      ["ash", "bash", "busybox", "dash", "fish", "ksh", "sh", "zsh"], host.root)
    entity["packageManagers"] = installedFact(
      ["apk", "apt-get", "dnf", "dpkg", "microdnf", "pacman", "rpm", "rpm-ostree", "tdnf", "yum", "zypper"],
      host.root)
    entity["sshServers"] = installedFact(["dropbear", "sshd"], host.root)
    record.add(entity)
  }

  private static func addRelease(_ root: borrowing HostRoot, to entity: inout Entity) {
    var set = FileSet()
    for path: FilePath in ["etc/os-release", "usr/lib/os-release"] where set.add(path, root) { break }
    guard let file = set.files.first, set.failure == nil else {
      for name in ["family", "isImage", "support.end"] { entity[name] = set.absence() }
      return
    }
    let release = OSRelease(parsing: file.bytes)
    let family = family(release["ID"] ?? "", release["VARIANT_ID"] ?? "", release["ID_LIKE"] ?? "")
    let source = file.source(key: "ID")
    entity["family"] = .observed(.text(family), source)
    let images = [
      "talos", "bottlerocket", "flatcar", "fedora-coreos", "rhel-coreos", "cos", "suse-micro", "ubuntu-core",
    ]
    entity["isImage"] = .observed(.flag(images.contains(family)), source)
    let end = release["SUPPORT_END"]
    entity["support.end"] =
      end.map { text in
        text.utf8.count == 10
          ? .observed(.text("\(text)T00:00:00Z"), file.source(key: "SUPPORT_END"))
          : .unreadable(.malformed, detail: "'\(text)' is not a day", file.source(key: "SUPPORT_END"))
      } ?? .absent(file.source(key: "SUPPORT_END"))
  }

  /// The values that each vendor documents; os-release(5).
  static func family(_ id: String, _ variant: String, _ like: String) -> String {
    switch (id, variant) {
    case ("talos", _), ("bottlerocket", _), ("flatcar", _), ("cos", _), ("nixos", _), ("alpine", _),
      ("debian", _), ("ubuntu-core", _):
      id
    case ("fedora", "coreos"): "fedora-coreos"
    case ("rhcos", _), ("rhel", "coreos"), ("scos", _): "rhel-coreos"
    case ("azurelinux", _), ("mariner", _): "azure-linux"
    case ("amzn", _): "amazon-linux"
    case ("ubuntu", _): "ubuntu"
    case ("fedora", _): "fedora"
    case ("sl-micro", _), ("sle-micro", _), ("opensuse-microos", _), ("opensuse-leap-micro", _): "suse-micro"
    case ("rhel", _), ("centos", _), ("rocky", _), ("almalinux", _), ("ol", _): "rhel"
    default: like.split(separator: " ").contains("suse") ? "suse" : "other"
    }
  }
}
