import SystemPackage

/// Where files of a role are looked for.
enum FilePlace: Sendable {
  /// This path.
  case path(FilePath)
  /// What is beneath a directory and not a directory itself, by how its name ends; so many levels down.
  case files(FilePath, endingIn: [String], levels: Int = 1)
  /// A directory and the directories beneath it, so many levels down.
  case directories(FilePath, levels: Int)
}

/// The well-known places of every role, over the layouts of kubeadm, k3s, RKE2, MicroK8s, Talos, OpenShift and the clouds.
///
/// Paths that a component names itself (`--config`, `--client-ca-file`, `--data-dir`), and the program that it runs from, are
/// added by that component's collector.
/// Rows are sorted by role within their group; a path may have two roles (the cluster's ca.crt is the kubelet's client authority).
enum FilePlaces {
  static let all: [(role: FileRole, places: [FilePlace])] = host + kubernetes + runtime

  /// Where manifests have a role of their own.
  static let componentManifests: Set<FilePath> = {
    let roles: Set<FileRole> = [
      .apiserverManifest, .controllerManagerManifest, .etcdManifest, .schedulerManifest,
    ]
    var paths: Set<FilePath> = []
    for (role, places) in all where roles.contains(role) {
      for case .path(let path) in places { paths.insert(path) }
    }
    return paths
  }()

  private static let host: [(role: FileRole, places: [FilePlace])] = [
    (.accountDatabase, paths("/etc/group", "/etc/group-", "/etc/passwd", "/etc/passwd-")),
    (.bootConfig, bootConfig),
    (
      .cronDirectory,
      paths(
        "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.monthly", "/etc/cron.weekly",
        "/var/spool/cron", "/var/spool/cron/crontabs")
    ),
    (.cronJob, paths("/etc/anacrontab", "/etc/crontab") + [.files("/etc/cron.d", endingIn: [""])]),
    (.memoryDevice, paths("/dev/kmem", "/dev/mem", "/dev/port")),
    (.preload, paths("/etc/ld.so.preload")),
    (.shadowDatabase, paths("/etc/gshadow", "/etc/gshadow-", "/etc/shadow", "/etc/shadow-")),
    (.sshHostKey, [.files("/etc/ssh", endingIn: ["_key"])]),
    (
      .sshServiceLink,
      paths(
        "/etc/systemd/system/multi-user.target.wants/ssh.service",
        "/etc/systemd/system/multi-user.target.wants/sshd.service",
        "/etc/systemd/system/sockets.target.wants/ssh.socket",
        "/etc/systemd/system/sockets.target.wants/sshd.socket")
    ),
    (
      .sshdConfig,
      paths("/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config")
        + [.files("/etc/ssh/sshd_config.d", endingIn: [".conf"])]
    ),
    (.sudoers, paths("/etc/sudoers") + [.files("/etc/sudoers.d", endingIn: [""])]),
  ]

  private static let bootConfig: [FilePlace] =
    paths(
      "/boot/grub/grub.cfg", "/boot/grub/grubenv", "/boot/grub/user.cfg", "/boot/grub2/grub.cfg",
      "/boot/grub2/grubenv", "/boot/grub2/user.cfg", "/boot/loader/loader.conf", "/efi/loader/loader.conf")
    + [
      .files("/boot/efi/EFI", endingIn: ["grub.cfg"], levels: 2),
      .files("/boot/loader/entries", endingIn: [".conf"]),
      .files("/efi/loader/entries", endingIn: [".conf"]),
    ]

  private static let kubernetes: [(role: FileRole, places: [FilePlace])] = controlPlane + node

  private static let controlPlane: [(role: FileRole, places: [FilePlace])] = [
    (
      .adminKubeconfig,
      paths(
        "/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf",
        "/etc/origin/master/admin.kubeconfig",
        "/etc/rancher/k3s/k3s.yaml", "/etc/rancher/rke2/rke2.yaml", "/root/.kube/config",
        "/var/lib/rancher/k3s/server/cred/admin.kubeconfig",
        "/var/lib/rancher/rke2/server/cred/admin.kubeconfig",
        "/var/snap/microk8s/current/credentials/client.config")
    ),
    (.apiserverManifest, manifests("kube-apiserver") + paths("/etc/origin/master/master-config.yaml")),
    (
      .clusterToken,
      paths(
        "/var/lib/rancher/k3s/server/agent-token", "/var/lib/rancher/k3s/server/token",
        "/var/lib/rancher/rke2/server/agent-token", "/var/lib/rancher/rke2/server/token",
        "/var/snap/microk8s/current/credentials/cluster-tokens.txt")
    ),
    (
      .controllerManagerKubeconfig,
      paths(
        "/etc/kubernetes/controller-manager.conf",
        "/system/secrets/kubernetes/kube-controller-manager/kubeconfig",
        "/var/lib/kube-controller-manager/kubeconfig",
        "/var/lib/rancher/k3s/server/cred/controller.kubeconfig",
        "/var/lib/rancher/rke2/server/cred/controller.kubeconfig",
        "/var/snap/microk8s/current/credentials/controller.config")
    ),
    (.controllerManagerManifest, manifests("kube-controller-manager")),
    (
      .distributionConfig,
      paths(
        "/etc/rancher/k3s/config.yaml", "/etc/rancher/rke2/config.yaml", "/system/state/config.yaml")
        + [
          .files("/etc/rancher/k3s/config.yaml.d", endingIn: [".yaml"]),
          .files("/etc/rancher/rke2/config.yaml.d", endingIn: [".yaml"]),
        ]
    ),
    (
      .etcdData,
      paths(
        "/var/lib/etcd", "/var/lib/rancher/k3s/server/db", "/var/lib/rancher/rke2/server/db/etcd",
        "/var/snap/etcd/common/data", "/var/snap/microk8s/current/var/kubernetes/backend")
    ),
    (
      .etcdManifest,
      manifests("etcd")
        + paths(
          "/etc/etcd/etcd.conf", "/usr/lib/systemd/system/etcd.service",
          "/var/lib/rancher/k3s/server/db/etcd/config", "/var/lib/rancher/rke2/server/db/etcd/config",
          "/var/snap/etcd/common/etcd.conf.yaml", "/var/snap/etcd/common/etcd.conf.yml")
    ),
    (.pkiCertificate, pki.map { .files($0, endingIn: [".crt", ".pem", ".pub"], levels: 4) }),
    (.pkiDirectory, pki.map { .directories($0, levels: 4) }),
    (.pkiKey, pki.map { .files($0, endingIn: [".key"], levels: 4) }),
    (
      .schedulerKubeconfig,
      paths(
        "/etc/kubernetes/scheduler.conf", "/system/secrets/kubernetes/kube-scheduler/kubeconfig",
        "/var/lib/kube-scheduler/config.yaml", "/var/lib/kube-scheduler/kubeconfig",
        "/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig",
        "/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig",
        "/var/snap/microk8s/current/credentials/scheduler.config")
    ),
    (.schedulerManifest, manifests("kube-scheduler") + paths("/etc/origin/master/scheduler.json")),
  ]

  private static let node: [(role: FileRole, places: [FilePlace])] = [
    (
      .bootstrapKubeconfig,
      paths(
        "/etc/kubernetes/bootstrap-kubeconfig", "/etc/kubernetes/bootstrap-kubelet.conf",
        "/etc/kubernetes/kubelet/bootstrap-kubeconfig", "/var/lib/kubelet/bootstrap-kubeconfig")
    ),
    (
      .cniBinary,
      [
        .files("/opt/cni/bin", endingIn: [""]),
        .files("/var/lib/rancher/k3s/data/current/bin", endingIn: [""]),
      ]
    ),
    (
      .cniConfig,
      [
        .files("/etc/cni/net.d", endingIn: [".conf", ".conflist", ".kubeconfig", ".json"], levels: 2),
        .files("/etc/kubernetes/cni/net.d", endingIn: [".conf", ".conflist", ".json"]),
        .files("/var/lib/rancher/k3s/agent/etc/cni/net.d", endingIn: [".conf", ".conflist"]),
        .files(
          "/var/snap/microk8s/current/args/cni-network", endingIn: [".conf", ".conflist", "kubeconfig"]),
      ]
    ),
    (
      .kubeletClientCA,
      paths(
        "/etc/kubernetes/cert/ca.pem", "/etc/kubernetes/certs/ca.crt", "/etc/kubernetes/kubelet-ca.crt",
        "/etc/kubernetes/pki/ca.crt", "/etc/srv/kubernetes/pki/ca-certificates.crt",
        "/var/lib/rancher/k3s/agent/client-ca.crt",
        "/var/lib/rancher/rke2/agent/client-ca.crt", "/var/snap/microk8s/current/certs/ca.crt")
    ),
    (
      .kubeletConfig,
      paths(
        "/etc/default/kubeletconfig.json", "/etc/kubernetes/azure.json",
        "/etc/kubernetes/kubelet-config.yaml",
        "/etc/kubernetes/kubelet.yaml", "/etc/kubernetes/kubelet/config",
        "/etc/kubernetes/kubelet/config.json",
        "/etc/kubernetes/kubelet/kubelet-config.json", "/home/kubernetes/kubelet-config.yaml",
        "/home/kubernetes/kubelet-config.yml", "/var/lib/kubelet/config.yaml", "/var/lib/kubelet/config.yml",
        "/var/lib/kubelet/instance-config.yaml")
        + kubeletDropIns.map { .files($0, endingIn: [".conf"], levels: 4) }
    ),
    (.kubeletDirectory, paths("/var/lib/kubelet")),
    (.kubeletDropInDirectory, kubeletDropIns.map { .path($0) }),
    (
      .kubeletEnvironment,
      paths(
        "/etc/default/kubelet", "/etc/eks/kubelet/environment", "/etc/kubernetes/kubelet/env",
        "/etc/sysconfig/kubelet", "/var/lib/kubelet/kubeadm-flags.env",
        "/var/snap/kubelet/current/args", "/var/snap/microk8s/current/args/kubelet")
    ),
    (
      .kubeletKey,
      [
        .files("/etc/kubernetes/certs", endingIn: [".key"]),
        .files("/etc/kubernetes/pki/private", endingIn: [".key"]),
        .files("/etc/srv/kubernetes/pki", endingIn: ["kubelet.key"]),
        .files("/var/lib/kubelet/pki", endingIn: [".key", ".pem"]),
        .files("/var/lib/rancher/k3s/agent", endingIn: [".key"]),
        .files("/var/lib/rancher/rke2/agent", endingIn: [".key"]),
      ]
    ),
    (
      .kubeletKubeconfig,
      paths(
        "/etc/kubernetes/kubeconfig-kubelet", "/etc/kubernetes/kubelet-kubeconfig",
        "/etc/kubernetes/kubelet-kubeconfig.conf", "/etc/kubernetes/kubelet.conf",
        "/etc/kubernetes/kubelet/kubeconfig", "/etc/kubernetes/ssl/kubecfg-kube-node.yaml",
        "/var/lib/kubelet/kubeconfig", "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
        "/var/lib/rancher/rke2/agent/kubelet.kubeconfig",
        "/var/snap/microk8s/current/credentials/kubelet.config")
    ),
    (.kubeletService, kubeletServices),
    (.podLogs, paths("/var/log/containers", "/var/log/pods")),
    (
      .proxyKubeconfig,
      paths(
        "/etc/kubernetes/kube-proxy.kubeconfig", "/etc/kubernetes/ssl/kubecfg-kube-proxy.yaml",
        "/var/lib/kube-proxy/kubeconfig", "/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig",
        "/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig",
        "/var/snap/microk8s/current/credentials/proxy.config")
    ),
    (
      .staticPodDirectory,
      paths(
        "/etc/kubernetes/manifests", "/etc/kubernetes/static-pods",
        "/var/lib/rancher/k3s/agent/pod-manifests",
        "/var/lib/rancher/rke2/agent/pod-manifests")
    ),
  ]

  private static let runtime: [(role: FileRole, places: [FilePlace])] = [
    (
      .nodeBinary,
      [
        "/home/kubernetes/bin/", "/opt/bin/", "/opt/containerd/bin/", "/usr/bin/", "/usr/libexec/crio/",
        "/usr/local/bin/", "/usr/local/sbin/", "/usr/sbin/", "/var/lib/rancher/k3s/data/current/bin/",
        "/var/lib/rancher/rke2/bin/",
      ].flatMap { directory in
        [
          "conmon", "conmonrs", "containerd", "containerd-shim-runc-v2", "cri-dockerd", "crio", "crun",
          "dockerd", "k3s", "kubelet", "pinns", "rke2", "runc",
        ]
        .map { .path(FilePath(directory + $0)) }
      }
    ),
    (
      .runtimeConfig,
      paths(
        "/etc/containerd/config.toml", "/etc/containers/policy.json", "/etc/containers/registries.conf",
        "/etc/crio/crio.conf", "/etc/docker/daemon.json",
        "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
        "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
        "/var/snap/microk8s/current/args/containerd.toml")
        + [
          .files("/etc/containerd/certs.d", endingIn: ["hosts.toml"], levels: 2),
          .files("/etc/containerd/conf.d", endingIn: [".toml"]),
          .files("/etc/crio/crio.conf.d", endingIn: [".conf"]),
        ]
    ),
    (
      .runtimeService,
      ["containerd", "crio", "docker", "k3s", "k3s-agent", "rke2-agent", "rke2-server"].flatMap(unit)
    ),
    (
      .runtimeSocket,
      paths(
        "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock", "/run/docker.sock",
        "/run/dockershim.sock", "/run/k3s/containerd/containerd.sock", "/run/podman/podman.sock",
        "/var/snap/microk8s/common/run/containerd.sock")
    ),
  ]

  static let pki: [FilePath] = [
    "/etc/kubernetes/pki", "/etc/kubernetes/ssl", "/system/secrets/kubernetes",
    "/var/lib/rancher/k3s/server/tls", "/var/lib/rancher/rke2/server/tls", "/var/snap/microk8s/current/certs",
  ]

  private static let kubeletDropIns: [FilePath] = [
    "/etc/kubernetes/kubelet.conf.d", "/etc/kubernetes/kubelet/config.json.d",
    "/etc/kubernetes/kubelet/kubelet.conf.d", "/var/lib/kubelet/config.d",
    "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d", "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d",
  ]

  private static let kubeletServices: [FilePlace] =
    unit("kubelet")
    + paths(
      "/etc/systemd/system/atomic-openshift-node.service", "/etc/systemd/system/origin-node.service",
      "/etc/systemd/system/snap.kubelet.daemon.service",
      "/etc/systemd/system/snap.microk8s.daemon-kubelet.service",
      "/etc/systemd/system/snap.microk8s.daemon-kubelite.service")

  /// A systemd unit in the three places that hold units, and its drop-ins there; systemd.unit(5).
  private static func unit(_ name: String) -> [FilePlace] {
    [
      "/etc/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system",
      "/lib/systemd/system",
    ]
    .flatMap { directory -> [FilePlace] in
      [
        .path(FilePath("\(directory)/\(name).service")),
        .files(FilePath("\(directory)/\(name).service.d"), endingIn: [".conf"]),
      ]
    }
  }

  /// A control plane component's manifest or arguments file.
  private static func manifests(_ name: String) -> [FilePlace] {
    paths(
      "/etc/kubernetes/manifests/\(name).manifest", "/etc/kubernetes/manifests/\(name).yaml",
      "/etc/kubernetes/manifests/\(name).yml", "/etc/kubernetes/manifests/\(name)-pod.yaml",
      "/etc/kubernetes/manifests/talos-\(name).yaml",
      "/var/lib/rancher/rke2/agent/pod-manifests/\(name).yaml",
      "/var/snap/\(name)/current/args", "/var/snap/microk8s/current/args/\(name)")
  }

  private static func paths(_ paths: String...) -> [FilePlace] { paths.map { .path(FilePath($0)) } }
}
