import CZlib

/// Why bytes could not be inflated.
package enum GzipProblem: Error, Hashable, Sendable {
  case notGzip
  /// It inflates to more than the bound.
  case tooLarge(limit: Int)
  /// The stream stops before its end.
  case cutShort
  case noMemory
}

/// gzip, RFC 1952, by zlib.
package enum Gzip {
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// - Parameter limit: Bytes of content at most; never more than this is held, whatever the input says of itself.
  package static func inflated(_ bytes: [UInt8], atMost limit: Int) throws(GzipProblem) -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .notGzip }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let end = input.withUnsafeMutableBufferPointer { source -> Result<Void, GzipProblem> in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      while true {
        let (status, made) = block.withUnsafeMutableBufferPointer { room -> (Int32, Int) in
          stream.next_out = room.baseAddress
          stream.avail_out = UInt32(room.count)
          let status = inflate(&stream, Z_NO_FLUSH)
          return (status, room.count - Int(stream.avail_out))
        }
        guard output.count + made <= limit else { return .failure(.tooLarge(limit: limit)) }
        output += block[..<made]
        switch status {
        case Z_STREAM_END: return .success(())
        case Z_OK: continue
        case Z_BUF_ERROR: return .failure(.cutShort)
        default: return .failure(.notGzip)
        }
      }
    }
    try end.get()
    return output
  }

  package static func deflated(_ bytes: [UInt8], level: Int32 = 6) throws(GzipProblem) -> [UInt8] {
    var stream = z_stream()
    let version = ZLIB_VERSION
    guard
      deflateInit2_(
        &stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, version,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .noMemory }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let left = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { room in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        deflate(&stream, Z_FINISH)
        return Int(stream.avail_out)
      }
    }
    output.removeLast(left)
    return output
  }
}
