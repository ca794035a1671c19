import Facts
import Host

@testable import Collectors

extension FuzzTarget {
  static func flags(_ bytes: [UInt8]) {
    let syntax = FlagSyntax(
      switches: ["anonymous-auth", "v"], valued: ["config", "feature-gates"], isGoFlag: bytes.first == 0)
    let source = Source.file("/fuzz")
    let words = bytes.split(separator: bytes.contains(0) ? 0 : 0x0a, omittingEmptySubsequences: false)
      .map { Word(String(decoding: $0, as: UTF8.self), source) }
    let flags = CommandFlags(parsing: words, syntax: syntax, place: source)
    for setting in flags.settings {
      _ = goFlag(setting.value)
      _ = goNumber(setting.value)
      _ = goSeconds(setting.value)
      _ = goGates(setting.value)
      _ = Parameter.shown(setting.value)
      _ = flags.text(setting.name)
    }
  }

  static func systemd(_ bytes: [UInt8]) {
    let unit = SystemdUnit(parsing: bytes)
    let variables = Dictionary(
      SystemdUnit.environmentFile(bytes).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    for setting in unit.settings {
      for word in SystemdUnit.words(setting.value) { _ = SystemdUnit.expand(word, variables) }
    }
  }

  static func sshd(_ bytes: [UInt8]) {
    let configuration = SSHConfiguration(parsing: bytes)
    var entity = Entity(SSHServerCollector().subjects[0])
    for line in configuration.lines {
      if let first = line.words.first, let last = line.words.last { _ = matches(first, pattern: last) }
      for setting in SSHServerSettings.all where setting.name.lowercased() == line.keyword {
        setting.state(line.words, .file("/fuzz"), in: &entity)
      }
    }
  }

  /// The first byte chooses among the formats, so that one corpus holds them all.
  static func process(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    switch (bytes.first ?? 0) % 6 {
    case 0: _ = ProcessStat(parsing: body)
    case 1: _ = ProcessStatus(parsing: body)
    case 2: _ = ControlGroup(parsing: body)
    case 3: _ = SecurityLabel(parsing: body)
    case 4: _ = ContainerGroup(paths: body.lines.map { String(decoding: $0, as: UTF8.self) })
    default: _ = KernelCommandLine(parsing: body).last("lsm")
    }
  }

  static func mountinfo(_ bytes: [UInt8]) {
    let table = MountTable(parsing: bytes, from: "/fuzz")
    for mount in table.mounts.prefix(16) {
      _ = table.mount(holding: mount.point)
      _ = mount.isReadOnly
    }
  }

  static func sockets(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    let table = SocketTable(parsing: body, isStream: bytes.first != 1)
    for listener in table?.listeners ?? [] { _ = listener.isLoopback }
  }

  static func kernel(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    switch (bytes.first ?? 0) % 7 {
    case 0: _ = KernelCommandLine(parsing: body).parameters
    case 1: _ = ModuleList(parsing: body)
    case 2: _ = try? KernelConfiguration(parsing: body)
    case 3: _ = try? KernelConfiguration(gzipped: body, atMost: 1 << 16)
    case 4: _ = ProcessorInformation(parsing: body)
    case 5: _ = BracketedChoice(parsing: body)
    default:
      var lines = ModprobeLines()
      lines.add(body)
      _ = ModprobeLines.available(["usb_storage", "cramfs"], in: body)
    }
  }

  static func apparmor(_ bytes: [UInt8]) {
    for line in bytes.lines where !line.isEmpty { _ = SecurityLabel(parsing: Array(line))?.type }
    _ = AppArmorFiles.declared(in: bytes)
  }

  static func accounts(_ bytes: [UInt8]) {
    _ = Accounts(passwd: bytes, group: bytes)
    for line in PasswdLine.all(bytes) { _ = line.password }
    for line in ShadowLine.all(bytes) { _ = line.password }
    _ = GroupLine.all(bytes)
  }

  static func policies(_ bytes: [UInt8]) {
    _ = PAMRule.all(parsing: bytes)
    _ = SudoersLine.all(parsing: bytes)
    _ = OSRelease(parsing: bytes)["ID"]
    _ = try? Attributes(parsing: String(decoding: bytes, as: UTF8.self))
  }

  static func packages(_ bytes: [UInt8]) {
    _ = ControlRecords(parsing: bytes).records
    _ = ControlRecords.package("kubelet", in: bytes)
    _ = AptSource.lines(parsing: bytes)
    _ = AptSource.records(parsing: bytes)
  }
}
