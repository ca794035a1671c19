import CProfiles

/// The profiles that are built into the program.
package func embeddedProfiles() -> [ProfileFile] {
  var files: [ProfileFile] = []
  while let profile = embedded_profile(files.count)?.pointee, let path = profile.path {
    files.append(
      ProfileFile(
        path: String(cString: path),
        bytes: Array(UnsafeBufferPointer(start: profile.bytes, count: profile.count))))
  }
  return files
}
