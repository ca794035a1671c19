import Facts
import Host
import SystemPackage

/// The PKCS#11 modules that programs of the host are told to load: p11-kit's configuration, pkcs11.conf(5), and OpenSSL's, of the
/// pkcs11 provider (provider-pkcs11(7)) and the older engine of libp11. A PIN in it is never looked at, only that it is there.
struct PKCS11Modules {
  static let subject = Subject(
    "pkcs11-module",
    "A library that gives programs the keys of a token or a hardware security module, as p11-kit or OpenSSL are told to load it.",
    isSingleton: false,
    facts: [
      .init("path", .text, "The library: absolute, or a name that is looked up in p11-kit's own directory."),
      .init("configuredBy", .list, "The files that name it."),
      .init("trustPolicy", .flag, "Whether p11-kit takes certificates from it as trusted."),
      .init("present", .flag, "Whether the library is there."),
      .init(
        "writableBy", .list,
        "Who besides root can change it or put another in its place: `everyone`, `group:NAME`, `user:NAME`."),
    ])

  private struct Module {
    var sources: [Source] = []
    var isTrustPolicy: Bool?
  }

  private var modules: [String: Module] = [:]
  /// Where a PIN stands in OpenSSL's configuration.
  private(set) var pins: [Source] = []
  /// The files of OpenSSL's configuration, and why one could not be read.
  private(set) var openSSL = FileSet()
  private(set) var failures: [HostError] = []

  init(_ root: borrowing HostRoot) {
    addModules(root)
    addOpenSSL(root)
  }

  // MARK: p11-kit

  /// A file of the administrator is merged over one of the same name that a package brought, setting by setting.
  private static let directories: [FilePath] = ["usr/share/p11-kit/modules", "etc/pkcs11/modules"]

  private mutating func addModules(_ root: borrowing HostRoot) {
    var merged: [String: [String: (value: String, source: Source)]] = [:]
    for directory in Self.directories {
      var set = FileSet()
      for name in set.names(in: directory, ending: ".module", root) {
        set.add(directory.appending(name), root, atMost: 65_536)
      }
      for file in set.files {
        guard let name = file.path.lastComponent?.string else { continue }
        for (key, value, line) in Self.settings(file.bytes) {
          merged[name, default: [:]][key] = (value, file.source(line, key: key))
        }
      }
      if let failure = set.failure { failures.append(failure) }
    }
    for settings in merged.values {
      guard let (path, source) = settings["module"], !path.isEmpty else { continue }
      let trust = settings["trust-policy"].map { ["yes", "true", "1"].contains($0.value.lowercased()) }
      var module = modules[path] ?? Module()
      module.sources.append(source)
      module.isTrustPolicy = trust ?? module.isTrustPolicy ?? false
      modules[path] = module
    }
  }

  /// `name: value`, a line each; `#` begins a comment at a line's start only.
  static func settings(_ bytes: [UInt8]) -> [(key: String, value: String, line: Int)] {
    bytes.lines.enumerated().compactMap { index, line in
      let text = line.trimmed
      guard text.first != UInt8(ascii: "#"), let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
        return nil
      }
      let key = printable(text[..<colon].trimmed, atMost: 64).lowercased()
      return (key, printable(text[(colon + 1)...].trimmed, atMost: 1024), index + 1)
    }
  }

  // MARK: OpenSSL

  private mutating func addOpenSSL(_ root: borrowing HostRoot) {
    for path: FilePath in ["etc/ssl/openssl.cnf", "etc/pki/tls/openssl.cnf"] { openSSL.add(path, root) }
    // What the distributions' own files include.
    for directory: FilePath in ["etc/ssl/openssl.cnf.d", "etc/pki/tls/openssl.d"] {
      for suffix in [".cnf", ".conf"] {
        for name in openSSL.names(in: directory, ending: suffix, root) {
          openSSL.add(directory.appending(name), root)
        }
      }
    }
    for file in openSSL.files { addSections(file) }
    if let failure = openSSL.failure { failures.append(failure) }
  }

  /// config(5): `[ section ]`, `name = value # comment`. Only sections that name a module are those of a provider or an engine.
  private mutating func addSections(_ file: PlacedFile) {
    var section: [(key: String, value: String, source: Source)] = []
    func word(_ bytes: some BidirectionalCollection<UInt8>) -> String {
      printable(Array(bytes), atMost: 1024)
    }
    for (index, line) in file.bytes.lines.enumerated() {
      let text = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
      if text.first == UInt8(ascii: "[") {
        take(section)
        section = []
      } else if let equals = text.firstIndex(of: UInt8(ascii: "=")) {
        let key = word(text[..<equals].trimmed)
        section.append((key, word(text[(equals + 1)...].trimmed), file.source(index + 1, key: key)))
      }
    }
    take(section)
  }

  private mutating func take(_ section: [(key: String, value: String, source: Source)]) {
    let named = section.filter {
      ["pkcs11-module-path", "MODULE_PATH"].contains($0.key) && !$0.value.isEmpty
    }
    for setting in named { modules[setting.value, default: Module()].sources.append(setting.source) }
    let isPKCS11 = !named.isEmpty || section.contains { $0.key.hasPrefix("pkcs11-module-") }
    guard isPKCS11 else { return }
    for setting in section where ["pkcs11-module-token-pin", "PIN"].contains(setting.key) {
      // `file:PATH` names a file that holds it; `$ENV::NAME` a variable.
      if setting.value.isEmpty || setting.value.hasPrefix("file:") || setting.value.contains("$ENV::") {
        continue
      }
      pins.append(setting.source)
    }
  }

  // MARK: What is found of them

  /// Where p11-kit looks for a module without a directory, as the distributions build it.
  private static let libraries: [FilePath] = [
    "usr/lib64/pkcs11", "usr/lib/pkcs11", "usr/lib/x86_64-linux-gnu/pkcs11",
    "usr/lib/aarch64-linux-gnu/pkcs11",
  ]

  func entities(_ host: borrowing HostView) -> [Entity] {
    modules.keys.sorted().map { path in
      var entity = Entity(Self.subject, id: path)
      let sources = modules[path]?.sources ?? []
      entity["path"] = .observed(.text(path), sources)
      entity["configuredBy"] = .observed(.texts(sources.map(\.place).sorted()), sources)
      entity["trustPolicy"] =
        modules[path]?.isTrustPolicy.map { .observed(.flag($0), sources) } ?? .absent(sources)
      Self.addLibrary(FilePath(path), host, to: &entity)
      return entity
    }
  }

  private static func addLibrary(
    _ path: FilePath, _ host: borrowing HostView, to entity: inout Entity
  ) {
    let candidates =
      path.isAbsolute
      ? [FilePath(root: nil, path.components)] : libraries.map { $0.appending(path.components) }
    for candidate in candidates {
      let source = Source.inode(place(candidate))
      do throws(HostError) {
        guard try host.root.status(candidate).type == .file else { continue }
      } catch {
        if error.reason == .absent { continue }
        entity["present"] = .failed(error, source)
        entity["writableBy"] = .failed(error, source)
        return
      }
      entity["present"] = .observed(.flag(true), source)
      entity["writableBy"] =
        FileEntity.make(candidate, role: .nodeBinary, host: host)?["writableBy"] ?? .absent(source)
      return
    }
    let sources = candidates.map { Source.inode(place($0)) }
    entity["present"] = .observed(.flag(false), sources)
    entity["writableBy"] = .absent(sources)
  }
}
