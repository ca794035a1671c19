import CLinux
import Facts
import Glibc
package import SystemPackage

// statfs(2): linux/magic.h.
private let securityfsMagic = 0x7363_6673
private let apparmorfsMagic = 0x5a3c_69f0

/// A loaded AppArmor profile and the programs that are started under it, in the kernel's own words.
package struct AppArmorAttachment: Hashable, Sendable {
  /// The profile's name, apparmor.d(5).
  package let name: String
  /// A path or a pattern of paths; the profile's name where it has no attachment of its own.
  package let pattern: String
}

extension HostRoot {
  private static let policy: FilePath = "sys/kernel/security/apparmor/policy"
  private static let mostProfiles = 4096
  /// What the kernel says of a profile whose attachment it was given compiled only: then it is what the name says.
  private static let compiled = "<unknown>"

  /// What every loaded profile of the host's own namespace is attached to, not those within others; security/apparmor/apparmorfs.c.
  /// - Throws: `HostError`; `.absent` before Linux 4.13, `.tooLarge` past 4,096 profiles.
  package func appArmorAttachments() throws(HostError) -> [AppArmorAttachment] {
    if let held = held.attachments { return held }
    let root = try appArmorPolicy()
    var found: [AppArmorAttachment] = []
    for directory in try root.names(in: "profiles", atMost: Self.mostProfiles) {
      let path = FilePath("profiles").appending(directory)
      do throws(HostError) {
        let name = String(
          decoding: try root.bytes(path.appending("name"), atMost: 4096).trimmed, as: UTF8.self)
        let pattern = String(
          decoding: try root.bytes(path.appending("attach"), atMost: 8192).trimmed, as: UTF8.self)
        found.append(AppArmorAttachment(name: name, pattern: pattern == Self.compiled ? name : pattern))
      } catch {
        // Replaced or removed since it was listed.
        guard error.reason == .absent || error.reason == .vanished else { throw error }
      }
    }
    return found
  }

  /// The filesystem of AppArmor's policy, which is mounted nowhere: the kernel's link `policy` is the one way to it, and a magic one.
  /// It is followed from a directory that the kernel says is securityfs, and what it leads to has to be AppArmor's own.
  private func appArmorPolicy() throws(HostError) -> HostRoot {
    let path = Self.policy
    try budget?.begin(path, in: name)
    defer { budget?.end() }
    if !isRunning {
      // A recording has an ordinary directory.
      return HostRoot(
        owning: try resolve(path, following: true), name: name.appending(path.components),
        attributes: attributes?.beneath(path), resolution: resolution, budget: budget)
    }
    let parent = try resolve(path.removingLastComponent(), following: true)
    guard Self.magic(of: parent) == securityfsMagic else { throw HostError(path, .escapes) }
    let number = linux_openat(parent.number, "policy", pathOnly | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw HostError(path, errno: errno) }
    let found = Descriptor(owning: number)
    guard Self.magic(of: found) == apparmorfsMagic else { throw HostError(path, .escapes) }
    return HostRoot(
      owning: found, name: name.appending(path.components), attributes: nil, resolution: resolution,
      budget: budget)
  }

  private static func magic(of descriptor: borrowing Descriptor) -> Int? {
    var filesystem = statfs()
    return fstatfs(descriptor.number, &filesystem) == 0 ? Int(filesystem.f_type) : nil
  }
}
