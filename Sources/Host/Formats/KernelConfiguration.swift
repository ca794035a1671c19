import CZlib
import Facts

/// The options a kernel was built with: a `.config` file, plain or gzipped.
package struct KernelConfiguration: Hashable, Sendable {
  package enum Failure: Error, Hashable, Sendable {
    case notGzip
    /// The content inflates to more than the bound.
    case tooLarge(limit: Int)
    /// No line of it sets or unsets an option.
    case notAConfiguration
  }

  /// Option (with its `CONFIG_`) to value: `y`, `m`, a number, a quoted text without its quotes. What is "not set" is not here.
  private let options: [String: String]

  package init(parsing bytes: [UInt8]) throws(Failure) {
    var options: [String: String] = [:]
    var mentions = 0
    for line in bytes.lines {
      if line.starts(with: "# CONFIG_".utf8) { mentions += 1 }
      guard line.starts(with: "CONFIG_".utf8), let equals = line.firstIndex(of: UInt8(ascii: "=")),
        let name = line[..<equals].validText, let value = line[(equals + 1)...].trimmed.validText
      else { continue }
      mentions += 1
      options[name] =
        value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
        ? String(value.dropFirst().dropLast()) : value
    }
    guard mentions > 0 else { throw .notAConfiguration }
    self.options = options
  }

  /// A gzipped one, as /proc/config.gz is; RFC 1952, inflated by zlib in this process.
  package init(gzipped bytes: [UInt8], atMost limit: Int = 8 << 20) throws(Failure) {
    try self.init(parsing: Self.inflate(bytes, atMost: limit))
  }

  /// The value of an option; nil where it is not set, which is how a kernel says no.
  package subscript(_ option: String) -> String? { options[option] }

  private static func inflate(_ bytes: [UInt8], atMost limit: Int) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    // 16 + the largest window: gzip only.
    guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw .notGzip
    }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output: [UInt8] = []
    // A configuration is a few hundred KiB: room is made as it is needed, so that the bound costs nothing.
    var chunk = [UInt8](repeating: 0, count: min(limit + 1, 1 << 18))
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      while status == Z_OK, output.count <= limit {
        let produced = chunk.withUnsafeMutableBufferPointer { target in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          status = CZlib.inflate(&stream, Z_NO_FLUSH)
          return target.count - Int(stream.avail_out)
        }
        output += chunk.prefix(produced)
      }
    }
    guard output.count <= limit else { throw .tooLarge(limit: limit) }
    guard status == Z_STREAM_END else { throw .notGzip }
    return output
  }
}
