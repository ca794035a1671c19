import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("Container runtimes are stated as their files and flags make them")
struct ContainerRuntimeCollectorTests {
  private static let containerd = ["/usr/bin/containerd"]

  /// The one runtime of a host whose process has these arguments.
  private func runtime(
    _ arguments: [String], _ files: [String: String], refusing: [String] = []
  ) throws -> Entity {
    var host = KubernetesHost()
    host.run(
      611, arguments, executable: arguments[0],
      cgroup: "/system.slice/\(lastPathComponent(arguments[0])).service")
    host.files.merge(files) { $1 }
    for path in refusing { host.refuse(path) }
    let collector = ContainerRuntimeCollector()
    let tree = try HostTree(host.files)
    let (all, _) = entities(collector, try tree.view(attributes: host.attributes.joined(separator: "\n")))
    expectContract(all, collector)
    let found = all.filter { $0.subject == RuntimeSubject.subject.name }
    #expect(found.count == 1)
    return try #require(found.first)
  }

  @Test(
    "The same setting is found in each of containerd's formats",
    arguments: [
      ("", "plugins.cri"), ("version = 2", "plugins.\"io.containerd.grpc.v1.cri\""),
      ("version = 3", "plugins.\"io.containerd.cri.v1.runtime\""),
    ])
  func formats(_ version: String, _ plugin: String) throws {
    let entity = try runtime(
      Self.containerd,
      [
        "etc/containerd/config.toml":
          "\(version)\n[\(plugin)]\nenable_selinux = true\ndisable_apparmor = true\n"
          + "[\(plugin).containerd.runtimes.runc]\nprivileged_without_host_devices = true\n"
          + "[\(plugin).containerd.runtimes.runc.options]\nNoPivotRoot = true\n"
      ])
    #expect(entity.value("selinux.enabled") == .flag(true))
    #expect(entity.value("apparmor.disabled") == .flag(true))
    #expect(entity.value("privilegedWithoutHostDevices") == .flag(true))
    #expect(entity.value("noPivot") == .texts(["runc"]))
    #expect(entity.value("servesKubernetes") == .flag(true))
    #expect(
      entity.value("configuration.version")
        == (version.isEmpty ? nil : .number(version.hasSuffix("2") ? 2 : 3)))
  }

  @Test("Imports are taken by pattern, in order, relative to their file, and each once, even in a circle")
  func imports() throws {
    let entity = try runtime(
      Self.containerd,
      [
        "etc/containerd/config.toml": "version = 3\nimports = [\"conf.d/*.toml\", \"/etc/last.toml\"]\n",
        "etc/containerd/conf.d/20-b.toml": "[metrics]\naddress = \"b\"\n",
        "etc/containerd/conf.d/10-a.toml": "imports = [\"../config.toml\"]\n[metrics]\naddress = \"a\"\n",
        "etc/containerd/conf.d/30.conf": "[metrics]\naddress = \"no\"\n",
        "etc/last.toml": "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n",
      ])
    #expect(
      entity.value("configuration.files")
        == .texts([
          "/etc/containerd/config.toml", "/etc/containerd/conf.d/10-a.toml",
          "/etc/containerd/conf.d/20-b.toml",
          "/etc/last.toml",
        ]))
    #expect(entity.value("metrics.address") == .text("b"))
    #expect(entity["metrics.address"]?.sources.last?.said == "a")
    #expect(entity.value("servesKubernetes") == .flag(false))
  }

  @Test(
    "A later file's section of a plugin replaces an earlier one's, until the third format", arguments: [2, 3])
  func sections(_ version: Int) throws {
    let plugin = version == 2 ? "io.containerd.grpc.v1.cri" : "io.containerd.cri.v1.runtime"
    let entity = try runtime(
      Self.containerd,
      [
        "etc/containerd/config.toml":
          "version = \(version)\nimports = [\"/etc/x.toml\"]\n[plugins.\"\(plugin)\"]\nenable_selinux = true\n",
        "etc/x.toml": "version = \(version)\n[plugins.\"\(plugin)\"]\ndisable_apparmor = true\n",
      ])
    #expect(entity.value("apparmor.disabled") == .flag(true))
    #expect(entity.value("selinux.enabled") == (version == 2 ? nil : .flag(true)))
  }

  @Test("Without a file nothing is set; with one that can't be read nothing is known")
  func unreadable() throws {
    let none = try runtime(Self.containerd, [:])
    #expect(none["selinux.enabled"].isAbsent && none["configuration.file"].isAbsent)
    #expect(none.value("registries.insecure") == .texts([]))
    let path = "etc/containerd/config.toml"
    let closed = try runtime(Self.containerd, [path: "version = 3"], refusing: [path])
    #expect(closed["selinux.enabled"].obstacle == .denied)
    #expect(closed["registries.insecure"].obstacle == .denied)
    let broken = try runtime(Self.containerd, [path: "version = 3\n[plugins"])
    #expect(broken["selinux.enabled"].obstacle == .malformed)
    #expect(broken["tcp.open"].obstacle == .malformed)
    let missing = try runtime(Self.containerd, [path: "imports = [\"/nowhere.toml\"]"])
    #expect(missing["noPivot"].obstacle == .notVisible)
  }

  @Test("A flag names the file, and its values win")
  func flags() throws {
    let entity = try runtime(
      ["/usr/bin/containerd", "-c", "/srv/c.toml", "--address", "/run/own.sock", "--state=/run/own"],
      ["srv/c.toml": "state = \"/run/other\"\n", "run/own/": "", "run/own.sock": ""])
    #expect(entity.id == "containerd /srv/c.toml")
    #expect(entity.value("state") == .text("/run/own"))
    #expect(entity.value("socket") == .text("/run/own.sock"))
    #expect(entity["root"].isAbsent)
  }

  @Test("hosts.toml and the older tables tell whose certificate is not verified, and who is asked by HTTP")
  func registries() throws {
    let cri = "plugins.\"io.containerd.grpc.v1.cri\".registry"
    let entity = try runtime(
      Self.containerd,
      [
        "etc/containerd/config.toml":
          "version = 2\n[\(cri)]\nconfig_path = \"/a:/etc/certs.d\"\n[\(cri).configs.\"old:1\".tls]\n"
          + "insecure_skip_verify = true\n[\(cri).mirrors.x]\nendpoint = [\"http://m:5000\", \"https://ok\"]\n",
        "etc/certs.d/one/hosts.toml": "server = \"https://one\"\nskip_verify = true\n",
        "etc/certs.d/two/hosts.toml":
          "[host.\"https://mirror\"]\nskip_verify = true\n[host.\"http://10.0.0.1\"]\n[host.\"http://127.0.0.1:5000\"]\n",
        "etc/certs.d/three/ca.crt": "",
      ])
    #expect(entity.value("registries.insecure") == .texts(["old:1", "https://one", "https://mirror"]))
    #expect(entity.value("registries.plaintext") == .texts(["http://m:5000", "http://10.0.0.1"]))
  }

  @Test("containerd's verifiers are those of its directory that it asks, and none where the plugin is off")
  func verifiers() throws {
    let path = "etc/containerd/config.toml"
    let plugin = "version = 3\n[plugins.'io.containerd.image-verifier.v1.bindir']\n"
    let usual = ["opt/containerd/image-verifier/bin/b": "", "opt/containerd/image-verifier/bin/a": ""]
    func verifiers(_ text: String) throws -> Fact? {
      try runtime(Self.containerd, usual.merging([path: text, "srv/v/c": ""]) { $1 })["images.verifiers"]
    }
    let both = ["/opt/containerd/image-verifier/bin/a", "/opt/containerd/image-verifier/bin/b"]
    #expect(try verifiers("version = 3")?.value == .texts(both))
    #expect(try verifiers(plugin + "max_verifiers = 1")?.value == .texts([both[0]]))
    #expect(try verifiers(plugin + "max_verifiers = -1")?.value == .texts(both))
    #expect(try verifiers(plugin + "bin_dir = '/srv/v'")?.value == .texts(["/srv/v/c"]))
    #expect(try verifiers(plugin + "bin_dir = '/srv/none'")?.value == .texts([]))
    #expect(try verifiers(plugin + "bin_dir = ''")?.value == .texts([]))
    let many = try verifiers(plugin + "max_verifiers = 'many'")
    #expect(many.obstacle == .malformed)
    let off = "disabled_plugins = ['io.containerd.image-verifier.v1.bindir']"
    #expect(try verifiers(off)?.value == .texts([]))
    let open = try runtime(Self.containerd, [path: "version = 3", "opt/containerd/image-verifier/bin/a": ""])
    #expect(open.value("images.verifiers.writableBy") == .texts([]))
    #expect(try runtime(["/usr/bin/crio"], [:])["images.verifiers"].isAbsent)
  }

  @Test(
    "Who pulls for the kubelet is told where a setting forces it, the file says it or its format is new enough",
    arguments: [
      ("version = 3", nil), ("version = 4", false), ("", nil),
      ("version = 3\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = false", false),
      ("version = 3\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true", true),
      (
        "version = 4\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = false\nmax_concurrent_downloads = 5",
        true
      ),
      (
        "version = 4\n[plugins.'io.containerd.cri.v1.images']\nmax_concurrent_downloads = 3\n"
          + "disable_snapshot_annotations = true\nimage_pull_with_sync_fs = false", false
      ),
      ("version = 4\n[plugins.'io.containerd.cri.v1.images']\ndisable_snapshot_annotations = false", true),
      ("version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd]\ndiscard_unpacked_layers = true", true),
      (
        "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.mirrors.x]\nendpoint = ['https://m']",
        true
      ),
      ("version = 4\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors]", false),
    ] as [(String, Bool?)])
  func localPull(_ text: String, _ expected: Bool?) throws {
    let entity = try runtime(Self.containerd, ["etc/containerd/config.toml": text])
    #expect(entity.value("images.localPull") == expected.map { .flag($0) })
  }

  @Test(
    "Where containerd serves its profiles is found in each format",
    arguments: [
      "[debug]\naddress = ':6060'", "version = 2\n[debug]\naddress = ':6060'\nlevel = 'info'",
      "version = 3\n[debug]\naddress = ':6060'",
      "version = 4\n[plugins.'io.containerd.server.v1.debug']\naddress = ':6060'",
    ])
  func debug(_ text: String) throws {
    let path = "etc/containerd/config.toml"
    #expect(try runtime(Self.containerd, [path: text]).value("debug.address") == .text(":6060"))
    #expect(
      try runtime(Self.containerd, [path: "version = 3\n[debug]\nlevel = 'info'"])["debug.address"].isAbsent)
  }

  @Test("CRI-O's drop-ins are laid over its file in the order of their names, flags over both")
  func crio() throws {
    let files = [
      "etc/crio/crio.conf": "[crio.runtime]\nselinux = true\ndefault_capabilities = [\"CHOWN\"]\n",
      "etc/crio/crio.conf.d/10":
        "[crio.runtime]\nselinux = false\n[crio.runtime.runtimes.runc]\nno_pivot = true\n",
      "etc/crio/crio.conf.d/20": "[crio.runtime]\ndefault_capabilities = [\"NET_RAW\", \"cap_kill\"]\n",
      "etc/containers/registries.conf": "[registries.insecure]\nregistries = [\"old\"]\n",
      "etc/containers/registries.conf.d/x.conf":
        "[[registry]]\nprefix = \"p\"\n[[registry.mirror]]\nlocation = \"m\"\ninsecure = true\n",
      "etc/containers/policy.json": "{\"default\": [{\"type\": \"insecureAcceptAnything\"}]}",
    ]
    let entity = try runtime(["/usr/bin/crio"], files)
    #expect(entity.value("selinux.enabled") == .flag(false))
    #expect(entity["selinux.enabled"]?.sources.first?.place == "/etc/crio/crio.conf.d/10")
    #expect(entity.value("capabilities.default") == .texts(["cap_net_raw", "cap_kill"]))
    #expect(entity.value("noPivot") == .texts(["runc"]))
    #expect(entity.value("registries.insecure") == .texts(["old", "m"]))
    #expect(entity.value("signature.default") == .texts(["insecureAcceptAnything"]))
    #expect(entity.value("devices.additional") == nil && entity.value("hooks") == .texts([]))
    let flagged = try runtime(["/usr/bin/crio", "--selinux", "--config-dir", "/etc/none"], files)
    #expect(flagged.value("selinux.enabled") == .flag(true))
    #expect(flagged.value("capabilities.default") == .texts(["cap_chown"]))
  }

  @Test(
    "CRI-O's SELinux for the host's network is what its file or its flag says, and not set where neither does"
  )
  func hostNetwork() throws {
    let files = ["etc/crio/crio.conf": "[crio.runtime]\nhostnetwork_disable_selinux = false\n"]
    #expect(try runtime(["/usr/bin/crio"], files).value("selinux.hostNetworkDisabled") == .flag(false))
    let flagged = try runtime(["/usr/bin/crio", "--hostnetwork-disable-selinux", "--selinux=false"], files)
    #expect(flagged.value("selinux.hostNetworkDisabled") == .flag(true))
    #expect(flagged.value("selinux.enabled") == .flag(false))
    #expect(try runtime(["/usr/bin/crio"], [:])["selinux.hostNetworkDisabled"].isAbsent)
  }

  @Test("CRI-O's limit of processes is its flag's before its file's", arguments: [(0, nil), (4096, "-1")])
  func pidsLimit(_ stated: Int64, _ flag: String?) throws {
    let files = ["etc/crio/crio.conf": "[crio.runtime]\npids_limit = \(stated)\n"]
    let entity = try runtime(["/usr/bin/crio"] + (flag.map { ["--pids-limit", $0] } ?? []), files)
    #expect(entity.value("pidsLimit") == .number(flag == nil ? stated : -1))
    #expect(try runtime(["/usr/bin/crio"], [:])["pidsLimit"].isAbsent)
  }

  @Test("CRI-O's hooks are looked for where it says, and the devices that it gives to all are named")
  func hooks() throws {
    let entity = try runtime(
      ["/usr/bin/crio"],
      [
        "etc/crio/crio.conf":
          "[crio.runtime]\nhooks_dir = [\"/srv/hooks.d\"]\nadditional_devices = [\"/dev/kvm:/dev/kvm:rwm\"]\n",
        "srv/hooks.d/a.json": "{}", "usr/share/containers/oci/hooks.d/b.json": "{}",
      ])
    #expect(entity.value("hooks") == .texts(["/srv/hooks.d/a.json"]))
    #expect(entity.value("devices.additional") == .texts(["/dev/kvm:/dev/kvm:rwm"]))
  }

  @Test("Docker's TCP addresses are open unless it verifies its clients")
  func docker() throws {
    let file = "etc/docker/daemon.json"
    let open = try runtime(
      ["/usr/bin/dockerd", "-H", "tcp://0.0.0.0:2375", "--icc=false", "--live-restore", "-H", "fd://"],
      [file: "{\"insecure-registries\": [\"10.0.0.0/8\"]}"])
    #expect(open.value("tcp.open") == .texts(["tcp://0.0.0.0:2375"]))
    #expect(open.value("icc") == .flag(false) && open.value("liveRestore") == .flag(true))
    #expect(open.value("registries.insecure") == .texts(["10.0.0.0/8"]))
    let closed = try runtime(
      ["/usr/bin/dockerd"], [file: "{\"hosts\": [\"tcp://0.0.0.0:2376\"], \"tlsverify\": true}"])
    #expect(closed.value("tcp.open") == .texts([]))
    #expect(try runtime(["/usr/bin/dockerd"], [file: "{\"hosts\": "])["tcp.open"].obstacle == .malformed)
  }

  @Test(
    "A pod that calls its process containerd is no runtime; a file without a process is one that does not run"
  )
  func identity() throws {
    var host = KubernetesHost()
    host.run(
      70, ["containerd"], executable: "/usr/bin/containerd",
      cgroup: String(ProcessFiles.podGroup.dropFirst(3).dropLast()))
    host.files["etc/crio/crio.conf"] = "[crio.runtime]\nselinux = true\n"
    let tree = try HostTree(host.files)
    let found = entities(ContainerRuntimeCollector(), try tree.view()).entities.filter {
      $0.subject == "container-runtime"
    }
    #expect(found.map(\.id) == ["cri-o"])
    #expect(found.first?.value("isRunning") == .flag(false))
    #expect(found.first?.value("selinux.enabled") == .flag(true))
  }

  @Test("Patterns match whole names, and hostile ones end soon")
  func patterns() {
    func fits(_ pattern: String, _ name: String) -> Bool { glob(Array(pattern.utf8), Array(name.utf8)) }
    #expect(fits("*.toml", "a.toml") && fits("*", "") && fits("a?c*", "abcd") && fits("**a", "bca"))
    #expect(!fits("*.toml", "a.toml~") && !fits("?", "") && !fits("a", "ab"))
    #expect(!fits(String(repeating: "*a", count: 200) + "b", String(repeating: "a", count: 20_000)))
  }
}
