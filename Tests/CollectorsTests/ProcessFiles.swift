/// The files of one process of a tree, as /proc has them.
struct ProcessFiles {
  let files: [String: String]

  /// The capabilities of a kernel whose last one is 40.
  static let all = "000001ffffffffff"
  static let podGroup =
    "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod11111111_2222_3333_4444_555555555555.slice/"
    + "cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n"

  init(
    _ id: Int, name: String = "init", user: Int = 0, capabilities: String = all,
    ambient: String = "0000000000000000",
    seccomp: Int = 0, filters: Int = 0, noNewPrivileges: Int = 0, group: String = "0::/init.scope\n",
    label: String? = nil, namespaces: [String: Int] = [:], status: String? = nil, isKernelThread: Bool = false
  ) {
    let directory = "proc/\(id)"
    let flags = isKernelThread ? "2129984" : "4194560"
    var files = [
      "\(directory)/stat": "\(id) (\(name)) S 0 \(id) \(id) 0 -1 \(flags) 1 2 3 4 5 6 7 8 20 0 1 0 100 0 0\n",
      "\(directory)/cmdline": "\(name)\0--flag\0",
      "\(directory)/cgroup": group,
      "\(directory)/exe": "-> /usr/bin/\(name)",
      "\(directory)/status": status
        ?? """
        Name:\t\(name)
        PPid:\t0
        Uid:\t\(user)\t\(user)\t\(user)\t\(user)
        Gid:\t0\t0\t0\t0
        CapInh:\t0000000000000000
        CapPrm:\t\(capabilities)
        CapEff:\t\(capabilities)
        CapBnd:\t\(capabilities)
        CapAmb:\t\(ambient)
        NoNewPrivs:\t\(noNewPrivileges)
        Seccomp:\t\(seccomp)
        Seccomp_filters:\t\(filters)

        """,
    ]
    let initial = ["cgroup": 1, "ipc": 2, "mnt": 3, "net": 4, "pid": 5, "user": 6, "uts": 7]
    for (kind, inode) in initial.merging(namespaces, uniquingKeysWith: { $1 }) {
      files["\(directory)/ns/\(kind)"] = "-> \(kind):[\(inode)]"
    }
    if let label { files["\(directory)/attr/apparmor/current"] = label }
    self.files = files
  }
}
