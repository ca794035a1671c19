import Facts

/// A line of passwd(5), without what it may hold of a password.
package struct PasswdLine: Hashable, Sendable {
  package let name: String
  package let password: PasswordField
  package let id: UInt32
  package let group: UInt32
  /// Empty means /bin/sh.
  package let shell: String

  /// The lines with a name and numeric ids; others are no accounts to libc either.
  package static func all(_ bytes: [UInt8]) -> [PasswdLine] {
    bytes.lines.compactMap { line in
      let fields = AccountFields(line)
      guard fields.count >= 4, let name = fields.name, let id = fields.id(2), let group = fields.id(3) else {
        return nil
      }
      return PasswdLine(
        name: name, password: PasswordField(fields[1]), id: id, group: group,
        shell: fields.count > 6 ? printable(fields[6].trimmed, atMost: 256) : "")
    }
  }
}

/// A line of shadow(5): whose it is and what kind of password it has, never the password.
package struct ShadowLine: Hashable, Sendable {
  package let name: String
  package let password: PasswordField

  package static func all(_ bytes: [UInt8]) -> [ShadowLine] {
    bytes.lines.compactMap { line in
      let fields = AccountFields(line)
      guard fields.count >= 2, let name = fields.name else { return nil }
      return ShadowLine(name: name, password: PasswordField(fields[1]))
    }
  }
}

/// A line of group(5).
package struct GroupLine: Hashable, Sendable {
  package let name: String
  package let id: UInt32
  package let members: [String]

  package static func all(_ bytes: [UInt8]) -> [GroupLine] {
    bytes.lines.compactMap { line in
      let fields = AccountFields(line)
      guard fields.count >= 3, let name = fields.name, let id = fields.id(2) else { return nil }
      let members = fields.count > 3 ? fields[3].split(separator: UInt8(ascii: ",")) : []
      return GroupLine(name: name, id: id, members: members.map { printable($0.trimmed, atMost: 64) })
    }
  }
}

/// What a password field says without saying the password; crypt(5), shadow(5).
package enum PasswordField: Hashable, Sendable {
  /// Nothing is asked at login.
  case empty
  /// `x`: it stands in shadow(5).
  case shadowed
  /// `*`, or anything that begins with `!`: no password opens it.
  case locked
  case hashed(PasswordHash)

  init(_ field: ArraySlice<UInt8>) {
    switch field.first {
    case nil: self = .empty
    case UInt8(ascii: "!"), UInt8(ascii: "*"): self = .locked
    case UInt8(ascii: "x") where field.count == 1: self = .shadowed
    default: self = .hashed(PasswordHash(field))
    }
  }
}

/// How a password is hashed, by crypt(5)'s prefixes.
package enum PasswordHash: String, Hashable, Sendable, CaseIterable {
  case yescrypt, gostYescrypt = "gost-yescrypt", scrypt, bcrypt, sha512crypt, sha256crypt
  case sunMD5 = "sunmd5"
  case md5crypt, nt, bsdi = "bsdicrypt", des = "descrypt"
  case unknown

  init(_ field: ArraySlice<UInt8>) {
    let prefixes: [(String, PasswordHash)] = [
      ("$y$", .yescrypt), ("$gy$", .gostYescrypt), ("$7$", .scrypt), ("$2", .bcrypt), ("$6$", .sha512crypt),
      ("$5$", .sha256crypt), ("$md5", .sunMD5), ("$1$", .md5crypt), ("$3$", .nt), ("_", .bsdi),
    ]
    if let known = prefixes.first(where: { field.starts(with: $0.0.utf8) }) {
      self = known.1
    } else {
      // DES: two characters of salt and eleven of hash, all from ./0-9A-Za-z.
      self = field.count == 13 && field.allSatisfy(Self.isBase64) ? .des : .unknown
    }
  }

  /// Whether today's hardware tries its passwords so fast that the hash hardly protects them.
  package var isLegacy: Bool {
    switch self {
    case .sunMD5, .md5crypt, .nt, .bsdi, .des: true
    case .yescrypt, .gostYescrypt, .scrypt, .bcrypt, .sha512crypt, .sha256crypt, .unknown: false
    }
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    (UInt8(ascii: ".")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}

/// The colon-separated fields that these files share.
private struct AccountFields {
  private let fields: [ArraySlice<UInt8>]

  init(_ line: ArraySlice<UInt8>) {
    fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  }

  var count: Int { fields.count }
  subscript(_ index: Int) -> ArraySlice<UInt8> { fields[index] }

  /// Nil for an empty one and for NIS's `+` and `-` lines, which are no accounts of their own.
  var name: String? {
    guard let first = fields.first?.first,
      ![UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "#")].contains(first)
    else { return nil }
    return printable(fields[0], atMost: 64)
  }

  func id(_ index: Int) -> UInt32? { fields[index].decimal.flatMap { UInt32(exactly: $0) } }
}
