import Crypto
import Facts
import Host
import SystemPackage

/// Which host this is: os-release(5), machine-id(5), the names it has, the boot it is in.
struct HostCollector: Collector {
  let name = "host"

  static let subject = Subject(
    "host", "The host itself: who it is and what system runs on it.", isSingleton: true,
    facts: [
      .init(
        "id", .text, "A hash of /etc/machine-id that is particular to Plumbline; never the machine-id itself."
      ),
      .init("hostname", .text, "The host's own name."),
      .init("bootID", .text, "The kernel's random id of this boot."),
      .init("os.id", .text, "os-release ID."),
      .init("os.version", .text, "os-release VERSION_ID."),
      .init("os.variant", .text, "os-release VARIANT_ID."),
      .init("os.name", .text, "os-release PRETTY_NAME."),
      .init("kernel.release", .text, "The running kernel's release, as uname(2) gives it."),
      .init("architecture", .text, "The machine's architecture as the kernel names it."),
      .init("isRunning", .flag, "Whether a running host was seen, or a tree of files."),
    ])

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    entity["id"] = host.root.fact("etc/machine-id") { Self.hashed($0).map { .text($0) } }
    entity["hostname"] = Self.hostname(host)
    entity["bootID"] = host.root.textFact("proc/sys/kernel/random/boot_id")
    entity["kernel.release"] = host.root.textFact("proc/sys/kernel/osrelease")
    entity["architecture"] = Self.architecture(host.root)
    // A tree with processes in it is a recording. One without may be an image, or a running host that was given without /proc.
    entity["isRunning"] =
      (host.root.isRunning ? nil : host.unseenProcesses())
      ?? .observed(.flag(host.root.isRunning), .systemCall("fstatfs(2) of /proc"))
    Self.addRelease(host.root, to: &entity)
    record.add(entity)
  }

  /// HMAC-SHA256 of the application's id under the machine-id, its first 16 bytes as a version 4 UUID: what
  /// sd_id128_get_machine_app_specific(3) documents.
  static func hashed(_ bytes: [UInt8]) -> String? {
    let text = bytes.trimmed
    guard text.count == 32, text.allSatisfy({ [$0].hexadecimal != nil }) else { return nil }
    let key = stride(from: 0, to: 32, by: 2).compactMap { index in
      text.dropFirst(index).prefix(2).hexadecimal.map { UInt8($0) }
    }
    var id = Array(
      HMAC<SHA256>.authenticationCode(for: applicationID, using: SymmetricKey(data: key)).prefix(16))
    id[6] = id[6] & 0x0f | 0x40
    id[8] = id[8] & 0x3f | 0x80
    return id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// This program's own id, drawn once at random: e3b54f5a-1d0c-4c3f-9a57-6c1b2f8d7e41.
  private static let applicationID: [UInt8] = [
    0xe3, 0xb5, 0x4f, 0x5a, 0x1d, 0x0c, 0x4c, 0x3f, 0x9a, 0x57, 0x6c, 0x1b, 0x2f, 0x8d, 0x7e, 0x41,
  ]

  /// The kernel's hostname is that of the reader's UTS namespace; in a container with one of its own, the host's file
  /// decides. hostname(5).
  private static func hostname(_ host: borrowing HostView) -> Fact {
    let kernel: FilePath = "proc/sys/kernel/hostname"
    if host.root.isRunning, !sharesNamespace("uts", host) { return host.root.textFact("etc/hostname") }
    let fact = host.root.textFact(kernel)
    if case .absent = fact { return host.root.textFact("etc/hostname") }
    return fact
  }

  /// Whether the auditor is in the same namespace as the host's PID 1; false where that can't be told.
  private static func sharesNamespace(_ kind: String, _ host: borrowing HostView) -> Bool {
    do throws(HostError) {
      return try host.root.linkText(FilePath("proc/self/ns/\(kind)"))
        == host.root.linkText(FilePath("proc/1/ns/\(kind)"))
    } catch {
      return false
    }
  }

  private static func architecture(_ root: borrowing HostRoot) -> Fact {
    let fact = root.textFact("proc/sys/kernel/arch")
    guard case .absent(let places) = fact else { return fact }
    // Before Linux 6.1 there is no such file.
    guard root.isRunning else { return fact }
    return machineName().map { .observed(.text($0), .systemCall("uname(2)")) } ?? .absent(places)
  }

  private static func addRelease(_ root: borrowing HostRoot, to entity: inout Entity) {
    let keys = [
      "os.id": "ID", "os.version": "VERSION_ID", "os.variant": "VARIANT_ID", "os.name": "PRETTY_NAME",
    ]
    // os-release(5): /etc first, then /usr/lib.
    var failure = HostError("etc/os-release", .absent)
    for path: FilePath in ["etc/os-release", "usr/lib/os-release"] {
      do throws(HostError) {
        let release = OSRelease(parsing: try root.bytes(path))
        for (fact, key) in keys {
          let source = Source.file(place(path), key: key)
          entity[fact] = release[key].map { .observed(.text($0), source) } ?? .absent(source)
        }
        return
      } catch {
        if failure.reason == .absent { failure = error }
      }
    }
    for fact in keys.keys { entity[fact] = .failed(failure) }
  }
}

extension HostIdentity {
  /// The identity, from what the collectors stated.
  init(from entities: [Entity], isRunning: Bool) {
    let host = entities.first { $0.subject == HostCollector.subject.name }
    func text(_ name: String) -> String? {
      if case .text(let text) = host?[name]?.value { text } else { nil }
    }
    let components = Set(entities.map(\.subject))
    var roles: [String] = []
    if components.contains("kube-apiserver") { roles.append("control-plane") }
    if components.contains("etcd") { roles.append("etcd") }
    if components.contains("kubelet") { roles.append("worker") }
    let kubelet = entities.first { $0.subject == "kubelet" }
    func kubeletText(_ name: String) -> String? {
      if case .text(let text) = kubelet?[name]?.value { text } else { nil }
    }
    self.init(
      id: text("id"), hostname: text("hostname"), nodeName: kubeletText("hostnameOverride"),
      bootID: text("bootID"),
      os: text("os.id").map { OperatingSystem(id: $0, version: text("os.version"), name: text("os.name")) },
      kernel: text("kernel.release"), architecture: text("architecture"), roles: roles,
      kubeletVersion: kubeletText("version"), isRunning: isRunning)
  }
}
