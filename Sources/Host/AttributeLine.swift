import Glibc

/// One line of a recorded tree's attributes.
struct AttributeLine {
  let number: Int
  let text: Substring

  private static let errors: [String: Int32] = [
    "EACCES": EACCES, "EPERM": EPERM, "EIO": EIO, "EINVAL": EINVAL, "ENOENT": ENOENT, "ESRCH": ESRCH,
    "ENODEV": ENODEV, "EBUSY": EBUSY,
  ]

  func parse() throws(Attributes.Malformed) -> (String, Attributes.Entry) {
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count >= 5 else {
      throw malformed("expected path, mode, uid, gid and type, separated by tabs")
    }
    var entry = Attributes.Entry()
    entry.mode = try field(fields[1], "mode") { UInt16($0, radix: 8) }
    entry.owner = try field(fields[2], "uid") { UInt32($0) }
    entry.group = try field(fields[3], "gid") { UInt32($0) }
    entry.type = try field(fields[4], "type") { FileType(rawValue: $0) }
    for word in fields.dropFirst(5) { try add(word, to: &entry) }
    return (fields[0], entry)
  }

  private func add(_ word: String, to entry: inout Attributes.Entry) throws(Attributes.Malformed) {
    guard let equals = word.firstIndex(of: "=") else { throw malformed("'\(word)' is not NAME=VALUE") }
    let (name, value) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
    if name == "errno" {
      guard let code = Self.errors[value] else { throw malformed("unknown errno '\(value)'") }
      entry.error = code
    } else if name == "mtime" {
      guard let seconds = Int64(value) else { throw malformed("mtime is whole seconds since the epoch") }
      entry.modified = seconds
    } else if name == "verity" {
      guard value == "0" || value == "1" else { throw malformed("verity is 0 or 1") }
      entry.hasVerity = value == "1"
    } else if name.hasPrefix("xattr:") {
      guard let bytes = Self.bytes(hex: value) else { throw malformed("'\(name)' is not hexadecimal") }
      entry.extendedAttributes[String(name.dropFirst(6))] = bytes
    } else {
      throw malformed("unknown attribute '\(name)'; known are errno, mtime, verity, xattr:NAME")
    }
  }

  private func field<T>(_ text: String, _ name: String, _ convert: (String) -> T?)
    throws(Attributes.Malformed) -> T?
  {
    if text == "-" { return nil }
    guard let value = convert(text) else { throw malformed("'\(text)' is not a \(name)") }
    return value
  }

  private func malformed(_ reason: String) -> Attributes.Malformed {
    Attributes.Malformed(line: number, reason: reason)
  }

  private static func bytes(hex: String) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }
}
