import Crypto
package import Facts
import FoundationEssentials
package import Reports

/// One question of a benchmark, as reports name it.
package struct Entry: Codable, Hashable, Sendable {
  /// The benchmark's own id: `4.2.1`.
  package let id: String
  /// The check's slug.
  package let check: String
  package let area: String
  package let severity: Severity

  package init(id: String, check: String, area: String, severity: Severity) {
    self.id = id
    self.check = check
    self.area = area
    self.severity = severity
  }

  package init(_ result: CheckResult) {
    self.init(id: result.id, check: result.check, area: result.area, severity: result.severity)
  }
}

/// The questions of a report in the report's order. Every report with the same questions has the same layout, so that a fleet of
/// any size has few of them, and a report's answers are kept as one letter each.
///
/// A layout is named by its own content: two collectors that meet it at the same moment give it the same name and never have to
/// agree on a number.
package struct Layout: Hashable, Sendable {
  /// The benchmark's name.
  package let benchmark: String
  package let entries: [Entry]
  /// SHA-256 in hexadecimal of the benchmark's name and the entries.
  package let digest: String

  package init(benchmark: String, entries: [Entry]) {
    self.benchmark = benchmark
    self.entries = entries
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 96)
    func add(_ text: String) {
      withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { bytes += $0 }
      bytes += text.utf8
    }
    add(benchmark)
    for entry in entries {
      add(entry.id)
      add(entry.check)
      add(entry.area)
      add(entry.severity.rawValue)
    }
    digest = hexadecimal(SHA256.hash(data: bytes))
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

extension Status {
  /// The status as one ASCII letter, as stores keep it.
  package var letter: UInt8 {
    switch self {
    case .pass: UInt8(ascii: "p")
    case .fail: UInt8(ascii: "f")
    case .manual: UInt8(ascii: "m")
    case .notApplicable: UInt8(ascii: "n")
    case .unknown: UInt8(ascii: "u")
    case .error: UInt8(ascii: "e")
    case .waived: UInt8(ascii: "w")
    }
  }

  package init?(letter: UInt8) {
    guard let status = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
    self = status
  }

  /// Its place among `allCases`.
  package var index: Int { Self.order[Int(letter)] }

  private static let order: [Int] = (0..<256).map { byte in
    allCases.firstIndex { $0.letter == UInt8(byte) } ?? 0
  }
}
