import Facts

// Scalars as Kubernetes' and etcd's own parsers read them from a command line: Go's strconv and time packages.

/// A Boolean as Go's strconv.ParseBool takes it; nil for anything else, `yes` and `"true"` with its quotes included.
func goFlag(_ text: String) -> Bool? {
  switch text {
  case "1", "t", "T", "true", "TRUE", "True": true
  case "0", "f", "F", "false", "FALSE", "False": false
  default: nil
  }
}

/// An integer as Go's strconv.ParseInt takes it with base 0: decimal, `0x`, `0o`, `0b`, and a leading `0` for octal.
func goNumber(_ text: String) -> Int64? {
  var digits = text[...]
  var sign = ""
  if let first = digits.first, first == "-" || first == "+" {
    sign = String(first)
    digits = digits.dropFirst()
  }
  guard let start = digits.first, start.isASCII, start.isNumber else { return nil }
  let lower = digits.lowercased()
  for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
    return Int64(sign + lower.dropFirst(2), radix: radix)
  }
  return Int64(sign + digits, radix: lower.hasPrefix("0") && lower.count > 1 ? 8 : 10)
}

/// A length of time as Go's time.ParseDuration takes it (`4h`, `1h30m`, `1.5h`, `300ms`, `0`), in whole seconds.
///
/// A fraction of a second is rounded away from zero, because zero has a meaning of its own (never, or unlimited).
func goSeconds(_ text: String) -> Int64? {
  var rest = Array(text.utf8)[...]
  var isNegative = false
  if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
    isNegative = first == UInt8(ascii: "-")
    rest = rest.dropFirst()
  }
  if rest.elementsEqual("0".utf8) { return 0 }
  guard !rest.isEmpty else { return nil }
  var seconds = 0.0
  while !rest.isEmpty {
    let digits = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
    rest = rest.dropFirst(unit.count)
    guard digits.contains(where: isDigit), digits.count(where: { $0 == UInt8(ascii: ".") }) <= 1,
      let number = Double(String(decoding: digits, as: UTF8.self).completed),
      let scale = units[String(decoding: unit, as: UTF8.self)]
    else { return nil }
    seconds += number * scale
  }
  // Go's durations are 64-bit nanoseconds.
  guard seconds <= 9_223_372_036 else { return nil }
  let whole = Int64(seconds.rounded(.up))
  return isNegative ? -whole : whole
}

private let units: [String: Double] = [
  "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
]

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

extension String {
  /// Go takes `.5` and `5.`, which Swift's Double does not.
  fileprivate var completed: String { (hasPrefix(".") ? "0" : "") + self + (hasSuffix(".") ? "0" : "") }
}

/// `A=true,B=false` as a flag of gates has it; nil where any part is not `NAME=BOOL`.
func goGates(_ text: String) -> [(name: String, value: Bool)]? {
  var gates: [(String, Bool)] = []
  for part in text.split(separator: ",") {
    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard pair.count == 2, let value = goFlag(trimmedBlanks(pair[1])) else { return nil }
    gates.append((trimmedBlanks(pair[0]), value))
  }
  return gates
}

func trimmedBlanks(_ text: some StringProtocol) -> String {
  String(decoding: Array(text.utf8).trimmed, as: UTF8.self)
}
