import Facts

/// The public keys of a file of certificates, to tell whether two authorities are the same one whatever their files are
/// called. Nothing is verified, and no private part is looked at.
package enum CertificateKeys {
  /// More certificates than any authority file has.
  private static let most = 256

  /// The SubjectPublicKeyInfo (RFC 5280, 4.1) of each certificate, in DER, as the file has them.
  /// - Returns: nil where the file has no certificate, or one that is not one.
  package static func parse(pem bytes: [UInt8]) -> [[UInt8]]? {
    guard let certificates = certificates(pem: bytes) else { return nil }
    let keys = certificates.compactMap(key(ofCertificate:))
    return keys.count == certificates.count ? keys : nil
  }

  /// Each certificate of a PEM file (RFC 7468) in DER, in the file's order; other blocks, private keys among them, are passed
  /// over.
  /// - Returns: nil where the file has no certificate, one that is cut off, or more than 256.
  package static func certificates(pem bytes: [UInt8]) -> [[UInt8]]? {
    var found: [[UInt8]] = []
    var body: [UInt8]?
    for line in bytes.lines {
      let text = line.trimmed
      if text.elementsEqual("-----BEGIN CERTIFICATE-----".utf8) {
        body = []
      } else if text.elementsEqual("-----END CERTIFICATE-----".utf8) {
        guard let base64 = body, let der = decode(base64: base64), found.count < most else { return nil }
        found.append(der)
        body = nil
      } else if body != nil {
        body?.append(contentsOf: text)
      }
    }
    return found.isEmpty || body != nil ? nil : found
  }

  /// Certificate ::= { tbs { [0] version?, serial, algorithm, issuer, validity, subject, subjectPublicKeyInfo, … }, … }
  package static func key(ofCertificate der: [UInt8]) -> [UInt8]? {
    var outer = der[...]
    guard let certificate = element(&outer, tag: 0x30) else { return nil }
    var inside = certificate.content
    guard let signed = element(&inside, tag: 0x30) else { return nil }
    var fields = signed.content
    if fields.first == 0xa0 { _ = element(&fields, tag: 0xa0) }
    guard element(&fields, tag: 0x02) != nil else { return nil }
    for _ in 0..<4 where element(&fields, tag: 0x30) == nil { return nil }
    return element(&fields, tag: 0x30).map { Array($0.whole) }
  }

  /// What kind of key a SubjectPublicKeyInfo holds, and how long it is.
  package struct Strength: Hashable, Sendable {
    package enum Algorithm: String, CaseIterable, Sendable { case rsa, ec, ed25519, other }
    package let algorithm: Algorithm
    /// Of the modulus for RSA, of the curve for the others; nil where it can't be told.
    package let bits: Int?
  }

  /// SubjectPublicKeyInfo ::= { algorithm { id, parameters }, key BIT STRING }; ids of RFC 3279, RFC 5480 and RFC 8410.
  package static func strength(ofKey der: [UInt8]) -> Strength? {
    var outer = der[...]
    guard let info = element(&outer, tag: 0x30) else { return nil }
    var fields = info.content
    guard let algorithm = element(&fields, tag: 0x30), let key = element(&fields, tag: 0x03) else {
      return nil
    }
    var inside = algorithm.content
    guard let id = element(&inside, tag: 0x06) else { return nil }
    switch Array(id.content) {
    case [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]:
      return Strength(algorithm: .rsa, bits: modulusBits(key.content.dropFirst()))
    case [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]:
      let curve = element(&inside, tag: 0x06).map { Array($0.content) } ?? []
      return Strength(algorithm: .ec, bits: curves[curve])
    case [0x2b, 0x65, 0x70]: return Strength(algorithm: .ed25519, bits: 256)
    default: return Strength(algorithm: .other, bits: nil)
    }
  }

  /// P-224, P-256, P-384, P-521.
  private static let curves: [[UInt8]: Int] = [
    [0x2b, 0x81, 0x04, 0x00, 0x21]: 224, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]: 256,
    [0x2b, 0x81, 0x04, 0x00, 0x22]: 384, [0x2b, 0x81, 0x04, 0x00, 0x23]: 521,
  ]

  /// RSAPublicKey ::= { modulus INTEGER, … }, RFC 8017.
  private static func modulusBits(_ der: ArraySlice<UInt8>) -> Int? {
    var rest = der
    guard let key = element(&rest, tag: 0x30) else { return nil }
    var fields = key.content
    guard let modulus = element(&fields, tag: 0x02) else { return nil }
    let digits = modulus.content.drop { $0 == 0 }
    guard let first = digits.first else { return nil }
    return digits.count * 8 - first.leadingZeroBitCount
  }

  /// Takes one DER element off the front; definite lengths of up to three bytes.
  private static func element(_ rest: inout ArraySlice<UInt8>, tag: UInt8)
    -> (whole: ArraySlice<UInt8>, content: ArraySlice<UInt8>)?
  {
    guard rest.count >= 2, rest.first == tag else { return nil }
    let start = rest.startIndex
    let first = rest[start + 1]
    var length = Int(first)
    var header = 2
    if first >= 0x80 {
      let count = Int(first & 0x7f)
      guard (1...3).contains(count), rest.count >= 2 + count else { return nil }
      length = rest[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
      header += count
    }
    guard rest.count >= header + length else { return nil }
    let end = start + header + length
    defer { rest = rest[end...] }
    return (rest[start..<end], rest[(start + header)..<end])
  }

  /// RFC 4648; nil for anything that is not base64.
  package static func decode(base64 text: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    guard text.count - digits.count <= 2 else { return nil }
    for digit in digits {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
