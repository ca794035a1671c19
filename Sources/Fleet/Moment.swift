/// Calendar arithmetic on seconds since 1970-01-01T00:00:00Z, in UTC and the proleptic Gregorian calendar, leap seconds not counted
/// (POSIX.1-2017, 4.16).
package enum Moment {
  package static let secondsPerDay: Int64 = 86_400

  /// The day in days since 1970-01-01.
  package static func day(of seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / secondsPerDay : (seconds - secondsPerDay + 1) / secondsPerDay
  }

  /// `2026-11-24T09:00:00Z`, with a lower-case `t` or `z` or a fraction of a second too (RFC 3339, 5.6); other offsets than Z are not
  /// what the program writes.
  /// - Returns: nil where it is no such time.
  package static func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[bytes.count - 1] | 0x20 == UInt8(ascii: "z"),
      let day = day(String(decoding: bytes[..<10], as: UTF8.self)),
      let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
      let second = number(bytes[17..<19]), hour < 24, minute < 60, second < 61
    else { return nil }
    let fraction = bytes[19..<(bytes.count - 1)]
    guard fraction.isEmpty || fraction.first == UInt8(ascii: ".") && number(fraction.dropFirst()) != nil
    else { return nil }
    return day * secondsPerDay + hour * 3_600 + minute * 60 + second
  }

  /// `2026-11-24` in days since 1970-01-01, nil where there is no such day.
  package static func day(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8...]),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let days = days(year, month, day)
    return self.text(ofDay: days) == text ? days : nil
  }

  /// `2026-11-24`.
  package static func text(ofDay days: Int64) -> String {
    // The civil calendar from a day count, in eras of 400 years that begin in March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }

  /// `2026-11-24T09:00:00Z`.
  package static func text(_ seconds: Int64) -> String {
    let day = day(of: seconds)
    let rest = seconds - day * secondsPerDay
    return text(ofDay: day) + "T" + padded(rest / 3_600, 2) + ":" + padded(rest / 60 % 60, 2) + ":"
      + padded(rest % 60, 2) + "Z"
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard !digits.isEmpty, digits.count < 18 else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return value
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
