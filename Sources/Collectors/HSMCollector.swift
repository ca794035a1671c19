import Facts
import Host
import SystemPackage

/// Where keys can be that no file holds: PKCS#11 modules, security modules on USB, and the devices by which a confidential
/// machine proves what it is. TPMs have a collector of their own, and key management plugins are the API server's.
struct HSMCollector: Collector {
  let name = "hsm"

  static let subject = Subject(
    "hsm", "Hardware that keeps keys or proves what the machine is, and how programs are led to it.",
    isSingleton: true,
    facts: [
      .init("usb", .list, "Hardware security modules on USB, as NAME (VENDOR:PRODUCT)."),
      .init(
        "devices", .list,
        "Device nodes of hardware security modules and confidential computing: \(nodes.map(\.name).joined(separator: ", "))."
      ),
      .init("devices.open", .list, "Those of them that every user may open."),
      .init("openssl.pins", .list, "Places in OpenSSL's configuration where a token's PIN stands."),
    ])

  var subjects: [Subject] { [Self.subject, PKCS11Modules.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    entity["usb"] = Self.usb(host.root)
    Self.addNodes(host.root, to: &entity)
    let modules = PKCS11Modules(host.root)
    if let failure = modules.openSSL.failure {
      entity["openssl.pins"] = .failed(failure)
    } else if modules.openSSL.files.isEmpty {
      entity["openssl.pins"] = modules.openSSL.absence()
    } else {
      entity["openssl.pins"] = .observed(
        .texts(modules.pins.map(\.description)),
        modules.pins.isEmpty ? modules.openSSL.files.map { $0.source() } : modules.pins)
    }
    for failure in modules.failures { record.problem(failure) }
    record.add(entity)
    for module in modules.entities(host) { record.add(module) }
  }

  // MARK: USB

  /// By the numbers that their makers' udev rules name.
  private static let known = ["1050:0030": "YubiHSM 2", "20a0:4230": "Nitrokey HSM"]

  /// ABI/testing/sysfs-bus-usb: a directory for each device, and one with a colon for each of its interfaces.
  private static func usb(_ root: borrowing HostRoot) -> Fact {
    let top: FilePath = "sys/bus/usb/devices"
    let source = Source.inode(place(top))
    if let missing = root.missingKernelFilesystem("sys/kernel") { return missing }
    var found: [String] = []
    do throws(HostError) {
      for name in try root.names(in: top, atMost: 4096) where !name.string.contains(":") {
        let (vendor, product) = (
          top.appending(name).appending("idVendor"), top.appending(name).appending("idProduct")
        )
        guard let numbers = try Self.numbers(vendor, product, root), let device = known[numbers] else {
          continue
        }
        found.append("\(device) (\(numbers))")
      }
    } catch {
      // A kernel without USB has no such directory.
      return error.reason == .absent ? .observed(.texts([]), source) : .failed(error, source)
    }
    return .observed(.texts(found.sorted()), source)
  }

  /// Nil for what was unplugged meanwhile.
  private static func numbers(_ vendor: FilePath, _ product: FilePath, _ root: borrowing HostRoot)
    throws(HostError)
    -> String?
  {
    do throws(HostError) {
      let parts = [try root.bytes(vendor, atMost: 64), try root.bytes(product, atMost: 64)]
      return parts.map { printable($0.trimmed, atMost: 16) }.joined(separator: ":")
    } catch {
      guard error.reason == .absent || error.reason == .vanished else { throw error }
      return nil
    }
  }

  // MARK: Device nodes

  /// The kernel's names: drivers/misc/nsm.c, drivers/virt/nitro_enclaves, Documentation/virt/coco/sev-guest.rst,
  /// drivers/virt/coco/tdx-guest, Documentation/arch/x86/sgx.rst, drivers/s390/crypto/zcrypt_api.c.
  private static let nodes: [(name: String, meaning: String)] = [
    ("nsm", "the AWS Nitro Secure Module of an enclave"), ("nitro_enclaves", "AWS Nitro Enclaves' parent"),
    ("sev-guest", "an AMD SEV-SNP guest"), ("tdx_guest", "an Intel TDX guest"),
    ("sgx_enclave", "Intel SGX enclaves"), ("z90crypt", "IBM Crypto Express cards"),
  ]

  private static func addNodes(_ root: borrowing HostRoot, to entity: inout Entity) {
    let source = Source.inode("/dev")
    var (present, open): ([String], [String]) = ([], [])
    do throws(HostError) {
      // A /dev with nothing in it is no machine's.
      guard !(try root.names(in: "dev").isEmpty) else {
        return fill(.unreadable(.notVisible, detail: "/dev is empty", source), &entity)
      }
      for node in nodes {
        guard let status = try status(FilePath("dev/\(node.name)"), root), status.type == .character else {
          continue
        }
        present.append("/dev/\(node.name)")
        if status.mode & 0o006 != 0 { open.append("/dev/\(node.name)") }
      }
    } catch {
      let failed: Fact =
        error.reason == .absent
        ? .unreadable(.notVisible, detail: error.description, source) : .failed(error, source)
      return fill(failed, &entity)
    }
    entity["devices"] = .observed(.texts(present), source)
    entity["devices.open"] = .observed(.texts(open), source)
  }

  private static func status(_ path: FilePath, _ root: borrowing HostRoot) throws(HostError) -> FileStatus? {
    do throws(HostError) {
      return try root.status(path)
    } catch {
      guard error.reason == .absent else { throw error }
      return nil
    }
  }

  private static func fill(_ fact: Fact, _ entity: inout Entity) {
    entity["devices"] = fact
    entity["devices.open"] = fact
  }
}
