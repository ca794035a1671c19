import Facts

/// Which release of Linux first had a system call, for the calls that came since 4.0; syscalls(2), and the tables of numbers in the
/// kernel's own source.
package enum SystemCallHistory {
  /// A release of the kernel by its first two numbers.
  package struct Release: Comparable, Hashable, Sendable {
    package let major: Int64
    package let minor: Int64

    package init(_ major: Int64, _ minor: Int64) {
      self.major = major
      self.minor = minor
    }

    /// Of what uname(2) says, `6.1.0-27-amd64`; nil where it does not begin with two numbers.
    package init?(parsing text: String) {
      let numbers = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 2)
      guard numbers.count >= 2, let major = numbers[0].decimal, major >= 0,
        let minor = numbers[1].prefix(while: { (0x30...0x39).contains($0) }).decimal
      else { return nil }
      self.init(major, minor)
    }

    package static func < (one: Release, other: Release) -> Bool {
      (one.major, one.minor) < (other.major, other.minor)
    }
  }

  /// The release that brought the call; nil for one that is older than 4.0, or that is not known here.
  package static func release(of call: String) -> Release? { releases[call] }

  private static let calls: [(Release, String)] = [
    (.init(4, 3), "membarrier userfaultfd"),
    (.init(4, 4), "mlock2"),
    (.init(4, 5), "copy_file_range"),
    (.init(4, 6), "preadv2 pwritev2"),
    (.init(4, 9), "pkey_alloc pkey_free pkey_mprotect"),
    (.init(4, 11), "statx"),
    (.init(4, 18), "io_pgetevents rseq"),
    (.init(5, 1), "io_uring_enter io_uring_register io_uring_setup pidfd_send_signal"),
    (.init(5, 2), "fsconfig fsmount fsopen fspick move_mount open_tree"),
    (.init(5, 3), "clone3 pidfd_open"),
    (.init(5, 6), "openat2 pidfd_getfd"),
    (.init(5, 8), "faccessat2"),
    (.init(5, 9), "close_range"),
    (.init(5, 10), "process_madvise"),
    (.init(5, 11), "epoll_pwait2"),
    (.init(5, 12), "mount_setattr"),
    (.init(5, 13), "landlock_add_rule landlock_create_ruleset landlock_restrict_self"),
    (.init(5, 14), "memfd_secret quotactl_fd"),
    (.init(5, 15), "process_mrelease"),
    (.init(5, 16), "futex_waitv"),
    (.init(5, 17), "set_mempolicy_home_node"),
    (.init(6, 5), "cachestat"),
    (.init(6, 6), "fchmodat2 map_shadow_stack"),
    (.init(6, 7), "futex_requeue futex_wait futex_wake"),
    (.init(6, 8), "listmount lsm_get_self_attr lsm_list_modules lsm_set_self_attr statmount"),
    (.init(6, 10), "mseal"),
    (.init(6, 11), "uretprobe"),
    (.init(6, 13), "getxattrat listxattrat removexattrat setxattrat"),
    (.init(6, 15), "open_tree_attr"),
    (.init(6, 17), "file_getattr file_setattr"),
  ]

  private static let releases: [String: Release] = Dictionary(
    uniqueKeysWithValues: calls.flatMap { release, names in
      names.split(separator: " ").map { (String($0), release) }
    })
}
