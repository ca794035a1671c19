import Profiles

/// Where a check's facts would have been read on a node.
enum Places {
  /// A subject of which a host has several, by one that it would have.
  static func entity(_ check: Check) -> String {
    let subject = check.about
    guard let id = ids[subject] else { return "" }
    guard subject == "file" else { return "\(subject)[\(id)]" }
    return "file[\(path(check))]"
  }

  private static let ids = [
    "file": "", "kubelet": "kubelet[1204]", "process": "2211",
    "container": "pod 5e1f0a23-93b4-4f0a-8d1c-7b2f6a90e1c3/3a7c05e3a7c0", "container-runtime": "containerd",
    "detection-engine": "falco", "seccomp-profile": "/var/lib/kubelet/seccomp/default.json",
    "certificate": "/var/lib/kubelet/pki/kubelet-client-current.pem",
    "kubeconfig": "/etc/kubernetes/kubelet.conf",
    "static-pod": "/etc/kubernetes/manifests/kube-apiserver.yaml/kube-apiserver", "tpm-bank": "sha256",
    "tpm-pcr": "sha256/7",
    "cpu-vulnerability": "spectre_v2", "component-candidate": "kubelet 1204",
    "file-capability": "/usr/bin/ping",
  ]

  private static func path(_ check: Check) -> String {
    let known = [
      ("kubelet", "/var/lib/kubelet/config.yaml"), ("etcd", "/var/lib/etcd"),
      ("apiserver", "/etc/kubernetes/manifests/kube-apiserver.yaml"),
      ("scheduler", "/etc/kubernetes/scheduler.conf"),
      ("controller", "/etc/kubernetes/controller-manager.conf"), ("admin", "/etc/kubernetes/admin.conf"),
      ("pki", "/etc/kubernetes/pki"), ("cni", "/etc/cni/net.d/10-cilium.conflist"),
      ("containerd", "/etc/containerd/config.toml"), ("ssh", "/etc/ssh/sshd_config"),
      ("cron", "/etc/crontab"),
      ("shadow", "/etc/shadow"), ("passwd", "/etc/passwd"), ("group", "/etc/group"),
      ("boot", "/boot/grub/grub.cfg"),
    ]
    return known.first { check.slug.contains($0.0) }?.1
      ?? "/etc/\(check.slug.split(separator: "-").last ?? "")"
  }

  /// The source of a fact, as `Source` writes it.
  static func source(_ check: Check, _ fact: FactName) -> String {
    let subject = fact.subject ?? check.about
    let file = files[subject] ?? "/proc"
    switch subject {
    case "sysctl": return "/proc/sys/" + fact.name.split(separator: ".").joined(separator: "/")
    case "file": return path(check)
    case "kubelet", "sshd": return "\(file) \(fact.name)"
    case "apiserver", "controller-manager", "scheduler", "etcd", "proxy":
      return "\(file) \(fact.name)"
    default: return file
    }
  }

  private static let files = [
    "kubelet": "/var/lib/kubelet/config.yaml", "sshd": "/etc/ssh/sshd_config",
    "apiserver": "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "controller-manager": "/etc/kubernetes/manifests/kube-controller-manager.yaml",
    "scheduler": "/etc/kubernetes/manifests/kube-scheduler.yaml",
    "etcd": "/etc/kubernetes/manifests/etcd.yaml",
    "proxy": "/var/lib/kube-proxy/config.conf", "accounts": "/etc/passwd",
    "authentication": "/etc/pam.d/common-auth",
    "audit": "/etc/audit/auditd.conf", "boot": "/sys/firmware/efi/efivars",
    "container": "/proc/2211/status",
    "container-runtime": "/etc/containerd/config.toml", "cni": "/etc/cni/net.d/10-cilium.conflist",
    "kernel": "/proc/cmdline", "lsm": "/sys/kernel/security/lsm", "mounts": "/proc/1/mountinfo",
    "modprobe": "/etc/modprobe.d",
    "selinux": "/etc/selinux/config", "apparmor": "/sys/kernel/security/apparmor/profiles",
    "tpm": "/sys/class/tpm/tpm0",
    "cpu-vulnerability": "/sys/devices/system/cpu/vulnerabilities/spectre_v2",
    "packages": "/etc/apt/sources.list",
    "static-pod": "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "certificate": "/var/lib/kubelet/pki/kubelet-client-current.pem",
    "kubeconfig": "/etc/kubernetes/kubelet.conf",
    "seccomp-profile": "/var/lib/kubelet/seccomp/default.json", "network": "/proc/1/net/ip_tables_names",
    "services": "/etc/systemd/system", "host": "/etc/os-release",
  ]
}
