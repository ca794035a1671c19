import Facts
import Host

/// The keywords of sshd_config(5) that are stated, and how each is read.
struct SSHServerSettings {
  enum Form { case flag, text, number, seconds, algorithms([String]), list }

  let name: String
  let form: Form
  let meaning: String

  static let all: [SSHServerSettings] = [
    .init(
      name: "PermitRootLogin", form: .text,
      meaning: "How root may log in; without-password is prohibit-password."),
    .init(name: "PasswordAuthentication", form: .flag, meaning: "Whether a password is enough to log in."),
    .init(
      name: "KbdInteractiveAuthentication", form: .flag,
      meaning:
        "Whether PAM may ask for a password in a dialogue; also spelled ChallengeResponseAuthentication."),
    .init(
      name: "PermitEmptyPasswords", form: .flag,
      meaning: "Whether accounts without a password may log in by it."),
    .init(name: "PubkeyAuthentication", form: .flag, meaning: "Whether keys may log in."),
    .init(name: "HostbasedAuthentication", form: .flag, meaning: "Whether another host's word is enough."),
    .init(name: "IgnoreRhosts", form: .text, meaning: "Whether users' own .rhosts and .shosts are ignored."),
    .init(
      name: "PermitUserEnvironment", form: .text,
      meaning: "Which variables users may set before their shell starts."),
    .init(
      name: "StrictModes", form: .flag,
      meaning: "Whether a login is refused where a user's files can be written by others."),
    .init(name: "X11Forwarding", form: .flag, meaning: "Whether displays are forwarded."),
    .init(name: "AllowTcpForwarding", form: .text, meaning: "Which connections are forwarded."),
    .init(name: "AllowAgentForwarding", form: .flag, meaning: "Whether users' key agents are forwarded."),
    .init(name: "GatewayPorts", form: .text, meaning: "Whether forwarded ports are open to other hosts."),
    .init(name: "PermitTunnel", form: .text, meaning: "Whether network devices are forwarded."),
    .init(name: "UsePAM", form: .flag, meaning: "Whether PAM's account and session rules hold."),
    .init(name: "MaxAuthTries", form: .number, meaning: "How many tries one connection has."),
    .init(name: "MaxSessions", form: .number, meaning: "How many sessions one connection has."),
    .init(
      name: "LoginGraceTime", form: .seconds,
      meaning: "How long a connection may take to log in; 0 is for ever."),
    .init(
      name: "ClientAliveInterval", form: .seconds, meaning: "How often a silent client is asked; 0 is never."),
    .init(
      name: "ClientAliveCountMax", form: .number,
      meaning: "How many such questions may go unanswered; 0 never ends it."),
    .init(name: "MaxStartups", form: .text, meaning: "How many connections may be about to log in."),
    .init(name: "LogLevel", form: .text, meaning: "What is logged, in capitals."),
    .init(name: "Banner", form: .text, meaning: "The file that is shown before a login; none for none."),
    .init(name: "AllowUsers", form: .list, meaning: "Who may log in, all others refused."),
    .init(name: "AllowGroups", form: .list, meaning: "Whose members may log in, all others refused."),
    .init(name: "DenyUsers", form: .list, meaning: "Who may not log in."),
    .init(name: "DenyGroups", form: .list, meaning: "Whose members may not log in."),
    .init(
      name: "Ciphers", form: .algorithms(ciphers),
      meaning: "The ciphers that are offered, where the list is given whole."),
    .init(
      name: "MACs", form: .algorithms(macs),
      meaning: "The message codes that are offered, where the list is given whole."),
    .init(
      name: "KexAlgorithms", form: .algorithms(exchanges),
      meaning: "The key exchanges that are offered, where the list is given whole."),
  ]

  static let declarations: [Declaration] = all.flatMap { setting -> [Declaration] in
    switch setting.form {
    case .flag: [.init(setting.name, .flag, setting.meaning)]
    case .text: [.init(setting.name, .text, setting.meaning)]
    case .number: [.init(setting.name, .number, setting.meaning)]
    case .seconds: [.init(setting.name, .seconds, setting.meaning)]
    case .list: [.init(setting.name, .list, setting.meaning)]
    case .algorithms:
      [
        .init(setting.name, .list, setting.meaning),
        .init("\(setting.name).added", .list, "What the configuration adds to the version's own list."),
        .init("\(setting.name).removed", .list, "What the configuration takes from the version's own list."),
      ]
    }
  }

  /// servconf.c: keywords that are another's older name.
  static let aliases = [
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication", "keepalive": "tcpkeepalive",
  ]

  /// Keywords whose lines add up.
  static let cumulative: Set<String> = ["allowusers", "allowgroups", "denyusers", "denygroups"]

  /// What a Match block may say of these without loosening anything.
  static let tight: [String: (name: String, values: Set<String>)] = [
    "permitrootlogin": (
      "PermitRootLogin", ["no", "prohibit-password", "without-password", "forced-commands-only"]
    ),
    "passwordauthentication": ("PasswordAuthentication", ["no"]),
    "kbdinteractiveauthentication": ("KbdInteractiveAuthentication", ["no"]),
    "permitemptypasswords": ("PermitEmptyPasswords", ["no"]),
    "hostbasedauthentication": ("HostbasedAuthentication", ["no"]),
    "permittunnel": ("PermitTunnel", ["no"]), "gatewayports": ("GatewayPorts", ["no"]),
    "x11forwarding": ("X11Forwarding", ["no"]),
  ]

  var factNames: [String] {
    if case .algorithms = form { [name, "\(name).added", "\(name).removed"] } else { [name] }
  }

  func state(_ words: [String], _ source: Source, in entity: inout Entity) {
    let word = words.first ?? ""
    func made(_ value: Value?) -> Fact {
      value.map { .observed($0, source) }
        ?? .unreadable(.malformed, detail: "'\(word)' is not a value of \(name)", source)
    }
    switch form {
    case .flag: entity[name] = made(Self.flag(word))
    case .text: entity[name] = .observed(.text(text(word)), source)
    case .number: entity[name] = made(Array(word.utf8).decimal.map { .number($0) })
    case .seconds: entity[name] = made(Self.seconds(word).map { .seconds($0) })
    case .list: entity[name] = .observed(.texts(words), source)
    case .algorithms(let known): algorithms(word, known, source, in: &entity)
    }
  }

  private static func flag(_ word: String) -> Value? {
    switch word.lowercased() {
    case "yes", "true": .flag(true)
    case "no", "false": .flag(false)
    default: nil
    }
  }

  /// Case does not count in these words but in paths.
  private func text(_ word: String) -> String {
    switch name {
    case "Banner": word
    case "LogLevel": word.uppercased()
    case "PermitRootLogin": word.lowercased() == "without-password" ? "prohibit-password" : word.lowercased()
    default: word.lowercased()
    }
  }

  /// `+a,b` adds, `-a*` removes by pattern, `^a` puts ahead, and so adds; anything else is the whole list.
  private func algorithms(_ word: String, _ known: [String], _ source: Source, in entity: inout Entity) {
    let operation = word.first.flatMap { "+-^".contains($0) ? $0 : nil }
    let names = (operation == nil ? word[...] : word.dropFirst()).split(separator: ",").map(String.init)
    for fact in factNames { entity[fact] = .absent(source) }
    switch operation {
    case "-":
      let removed = names.flatMap { pattern in known.filter { matches($0, pattern: pattern) } + [pattern] }
      entity["\(name).removed"] = .observed(.texts(Set(removed).sorted()), source)
    case nil: entity[name] = .observed(.texts(names), source)
    default: entity["\(name).added"] = .observed(.texts(names), source)
    }
  }

  /// `2m30s`, `90`, `1h`; sshd_config(5), "TIME FORMATS".
  static func seconds(_ text: String) -> Int64? {
    var total: Int64 = 0
    var digits: [UInt8] = []
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
    for character in text.lowercased() + (text.last?.isNumber == true ? "s" : "") {
      if let digit = character.asciiValue, character.isNumber {
        digits.append(digit)
        continue
      }
      guard let unit = units[character], let number = digits.decimal, number < 1 << 32 else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(number * unit)
      guard !overflow else { return nil }
      total = sum
      digits = []
    }
    return text.isEmpty ? nil : total
  }
}

/// Every name that OpenSSH has had for these, so that a pattern that takes some away can be said in names.
extension SSHServerSettings {
  static let ciphers = [
    "3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "rijndael-cbc@lysator.liu.se", "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com",
    "arcfour",
    "arcfour128", "arcfour256", "blowfish-cbc", "cast128-cbc",
  ]
  static let macs = [
    "hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96", "hmac-sha2-256", "hmac-sha2-512",
    "umac-64@openssh.com",
    "umac-128@openssh.com", "hmac-ripemd160", "hmac-ripemd160@openssh.com", "hmac-md5-etm@openssh.com",
    "hmac-md5-96-etm@openssh.com", "hmac-sha1-etm@openssh.com", "hmac-sha1-96-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
    "hmac-ripemd160-etm@openssh.com",
  ]
  static let exchanges = [
    "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group-exchange-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
    "curve25519-sha256", "curve25519-sha256@libssh.org", "sntrup4591761x25519-sha512@tinyssh.org",
    "sntrup761x25519-sha512",
    "sntrup761x25519-sha512@openssh.com", "mlkem768x25519-sha256",
  ]
}
