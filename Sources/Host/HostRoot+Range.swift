import Glibc
package import SystemPackage

extension HostRoot {
  /// A part of a regular file: an executable is larger than anything that is read whole.
  /// - Returns: Fewer bytes than asked for where the file ends first.
  /// - Throws: `HostError`.
  package func bytes(_ path: FilePath, from offset: UInt64, count: Int) throws(HostError) -> [UInt8] {
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if let code = attributes?.error(reading: path) { throw HostError(path, errno: code) }
    let found = try resolve(path, following: true)
    let type = try status(of: found, path).type
    guard type == .file else { throw HostError(path, .wrongType(type)) }
    if let recorded = attributes?.entry(path)?.type, recorded != .file, recorded != .symlink {
      throw HostError(path, .wrongType(recorded))
    }
    let opened = try reopen(found, O_RDONLY, path)
    var content: [UInt8] = []
    while content.count < count {
      let (sum, overflows) = offset.addingReportingOverflow(UInt64(content.count))
      guard !overflows, let place = off_t(exactly: sum) else { break }
      var failure: Int32 = 0
      let wanted = count - content.count
      let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        let got = pread(opened.number, buffer.baseAddress, wanted, place)
        failure = got < 0 ? errno : 0
        filled = max(0, got)
      }
      if failure == EINTR { continue }
      guard failure == 0 else { throw HostError(path, errno: failure) }
      if part.isEmpty { break }
      try budget?.took(bytes: part.count, of: path)
      content += part
    }
    return content
  }
}
