import Facts

/// The public keys of a file of certificates, to tell whether two authorities are the same one whatever their files are
/// called. Nothing is verified, and no private part is looked at.
package enum CertificateKeys {
  /// More certificates than any authority file has.
  private static let most = 256

  /// The SubjectPublicKeyInfo (RFC 5280, 4.1) of each certificate, in DER, as the file has them.
  /// - Returns: nil where the file has no certificate, or one that is not one.
  package static func parse(pem bytes: [UInt8]) -> [[UInt8]]? {
    var keys: [[UInt8]] = []
    var body: [UInt8]?
    for line in bytes.lines {
      let text = line.trimmed
      if text.elementsEqual("-----BEGIN CERTIFICATE-----".utf8) {
        body = []
      } else if text.elementsEqual("-----END CERTIFICATE-----".utf8) {
        guard let base64 = body, let der = decode(base64: base64), let key = key(ofCertificate: der),
          keys.count < most
        else { return nil }
        keys.append(key)
        body = nil
      } else if body != nil {
        body?.append(contentsOf: text)
      }
    }
    return keys.isEmpty || body != nil ? nil : keys
  }

  /// Certificate ::= { tbs { [0] version?, serial, algorithm, issuer, validity, subject, subjectPublicKeyInfo, … }, … }
  private static func key(ofCertificate der: [UInt8]) -> [UInt8]? {
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
  private static func decode(base64 text: [UInt8]) -> [UInt8]? {
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
