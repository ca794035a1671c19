import Fleet
import Reports

/// What ClickHouse says when it does not do what it is asked.
struct Said: Hashable {
  /// ClickHouse's own number for it; nil where the answer has none.
  let code: Int?
  let text: String
  /// HTTP's.
  let status: UInt

  /// - Parameter answer: `Code: 60, e.displayText() = DB::Exception: Table x.y doesn't exist., e.what() = DB::Exception` of 18.16,
  ///   `Code: 60. DB::Exception: Table x.y does not exist. (UNKNOWN_TABLE) (version 26.9.2.1 (official build))` of today.
  init(_ answer: String, status: UInt) {
    self.status = status
    let start = answer.hasPrefix("Code: ") ? answer.dropFirst("Code: ".count) : ""
    code = Int(start.prefix { $0.isASCII && $0.isNumber })
    var rest = answer[...]
    if let exception = answer.firstRange(of: "DB::Exception: ") { rest = answer[exception.upperBound...] }
    if let tail = rest.firstRange(of: ", e.what() = ") { rest = rest[..<tail.lowerBound] }
    let line = rest.split(separator: "\n").first.map(String.init) ?? ""
    text = harmless(String(line.prefix(Self.longest)))
  }

  private static let longest = 500

  /// Errors.h of ClickHouse, the same numbers since 18.16: what no waiting mends.
  private static let permanent: Set<Int> = [
    8, 10, 16, 36, 46, 47, 53, 57, 60, 62, 81, 82, 115, 164, 170, 192, 193, 194, 195, 291, 452, 497, 516, 701,
  ]
  static let unknownTable = 60

  func problem(_ server: Address.Server, _ address: Address) -> StoreProblem {
    switch code {
    case 81:
      return StoreProblem(
        "\(server): it has no database '\(address.database)': make it there (CREATE DATABASE \(address.database)), or name another",
        isTemporary: false)
    case 192, 193, 194, 516:
      return StoreProblem(
        "\(server): it does not take the user or the password: \(text). The user is in the address (clickhouse://USER@…), the "
          + "password in the environment or a file", isTemporary: false)
    case Self.unknownTable:
      return StoreProblem(
        "\(server): \(text): the database is no fleet's, or one of its tables was dropped", isTemporary: false
      )
    case let code?:
      return StoreProblem("\(server): \(text) (\(code))", isTemporary: !Self.permanent.contains(code))
    case nil:
      return StoreProblem(
        "\(server): it answers \(status), and not as ClickHouse does: \(text.isEmpty ? "nothing" : text)",
        isTemporary: status >= 500 || status == 429)
    }
  }
}
