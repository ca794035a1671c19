import CProfiles

/// The profiles that are built into the program.
package func embeddedProfiles() -> [ProfileFile] { embeddedFiles().filter { $0.path.hasSuffix(".yaml") } }

/// profiles/confinement/syscalls.txt, as it is built into the program: what the auditor may ask of the kernel.
package func embeddedCallList() -> [UInt8] {
  embeddedFiles().first { $0.path == "confinement/syscalls.txt" }?.bytes ?? []
}

private func embeddedFiles() -> [ProfileFile] {
  var files: [ProfileFile] = []
  while let profile = embedded_profile(files.count)?.pointee, let path = profile.path {
    files.append(
      ProfileFile(
        path: String(cString: path),
        bytes: Array(UnsafeBufferPointer(start: profile.bytes, count: profile.count))))
  }
  return files
}
