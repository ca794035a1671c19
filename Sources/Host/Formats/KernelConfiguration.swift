import CLinux
import CZlib
import Facts

/// The options a kernel was built with: a `.config` file, plain or gzipped.
///
/// The text is kept as it is and searched when asked: it sets several thousand options, and an audit asks for a hundred.
package struct KernelConfiguration: Hashable, Sendable {
  package enum Failure: Error, Hashable, Sendable {
    case notGzip
    /// The content inflates to more than the bound.
    case tooLarge(limit: Int)
    /// No line of it sets or unsets an option.
    case notAConfiguration
  }

  private let text: [UInt8]

  package init(parsing bytes: [UInt8]) throws(Failure) {
    text = bytes
    guard Self.lineStart("CONFIG_", in: bytes) != nil || Self.lineStart("# CONFIG_", in: bytes) != nil else {
      throw .notAConfiguration
    }
  }

  /// A gzipped one, as /proc/config.gz is; RFC 1952, inflated by zlib in this process.
  package init(gzipped bytes: [UInt8], atMost limit: Int = 8 << 20) throws(Failure) {
    try self.init(parsing: Self.inflated(bytes, atMost: limit))
  }

  /// The value of an option with its `CONFIG_`: `y`, `m`, a number, a quoted text without its quotes. Nil where it is not set,
  /// which is how a kernel says no.
  package subscript(_ option: String) -> String? {
    guard option.hasPrefix("CONFIG_"), let start = Self.lineStart(option + "=", in: text) else { return nil }
    let value = text[(start + option.utf8.count + 1)...].prefix { $0 != 0x0a }.trimmed
    let isQuoted = value.count > 1 && value.first == UInt8(ascii: "\"") && value.last == UInt8(ascii: "\"")
    return (isQuoted ? value.dropFirst().dropLast() : value).validText
  }

  /// Where the first line that begins with these words begins.
  private static func lineStart(_ words: String, in text: [UInt8]) -> Int? {
    if text.starts(with: words.utf8) { return 0 }
    let needle = Array(("\n" + words).utf8)
    return text.withUnsafeBytes { haystack -> Int? in
      guard let base = haystack.baseAddress,
        let match = memmem(base, haystack.count, needle, needle.count)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(match)) + 1
    }
  }

  private static func inflated(_ bytes: [UInt8], atMost limit: Int) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    // 16 + the largest window: gzip only.
    guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw .notGzip
    }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output: [UInt8] = []
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      while status == Z_OK, output.count <= limit {
        let part = [UInt8](unsafeUninitializedCapacity: 1 << 17) { target, count in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          status = inflate(&stream, Z_NO_FLUSH)
          count = target.count - Int(stream.avail_out)
        }
        output += part
      }
    }
    guard output.count <= limit else { throw .tooLarge(limit: limit) }
    guard status == Z_STREAM_END else { throw .notGzip }
    return output
  }
}
