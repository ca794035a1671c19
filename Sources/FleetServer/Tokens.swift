import Crypto

/// The secrets by which a request is let in: one a line, with a name before it where somebody wants to tell them apart.
///
/// Only their SHA-256 is kept, and that is compared in a time that says nothing about where they differ.
package struct Tokens: Sendable {
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  /// Characters that a token has at least: 16 of base64 are 96 bits.
  static let shortest = 16

  private let digests: [SHA256.Digest]

  /// - Throws: `Problem`; it never repeats what the line says.
  package init(_ bytes: [UInt8]) throws(Problem) {
    var digests: [SHA256.Digest] = []
    for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
      guard let token = words.last, words.first?.first != UInt8(ascii: "#") else { continue }
      guard words.count <= 2 else {
        throw Problem(line: number + 1, reason: "more than a name and a token")
      }
      // What a header may hold without quotes: RFC 9110, 5.6.2 and 11.2.
      guard token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw Problem(line: number + 1, reason: "a token is printable ASCII without blanks")
      }
      guard token.count >= Self.shortest else {
        throw Problem(
          line: number + 1,
          reason:
            "a token of \(token.count) characters can be guessed; take \(Self.shortest) or more, as 'openssl rand -hex 32' makes"
        )
      }
      digests.append(SHA256.hash(data: Array(token)))
    }
    guard !digests.isEmpty else { throw Problem(line: 1, reason: "there is no token in it") }
    self.digests = digests
  }

  /// - Parameter header: `Authorization`, as `Bearer TOKEN` (RFC 6750) or as `Basic` with the token for a password (RFC 7617),
  ///   which browsers ask for by themselves.
  package func admit(_ header: String?) -> Bool {
    guard let header, let blank = header.firstIndex(of: " ") else { return false }
    let scheme = header[..<blank].lowercased()
    let rest = header[header.index(after: blank)...].drop { $0 == " " }
    let token: [UInt8]
    switch scheme {
    case "bearer": token = Array(rest.utf8)
    case "basic":
      guard let pair = base64(String(rest)), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
        return false
      }
      token = Array(pair[(colon + 1)...])
    default: return false
    }
    let digest = SHA256.hash(data: token)
    // All are compared, whichever fits.
    return digests.reduce(false) { found, known in (known == digest) || found }
  }
}
