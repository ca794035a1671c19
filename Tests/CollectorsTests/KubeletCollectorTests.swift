import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("A kubelet's values, from every place that may set them")
struct KubeletCollectorTests {
  private static let header = KubernetesHost.header
  private static let config = "var/lib/kubelet/config.yaml"

  @Test("Without --config nothing but the command line counts, and the base says so")
  func flagsOnly() throws {
    let kubelet = try #require(try KubernetesHost(kubelet: ["--anonymous-auth=false"]).kubelet())
    #expect(kubelet.id == "812")
    #expect(kubelet.value("configuration.base") == .text("flags"))
    #expect(kubelet.value("authentication.anonymous.enabled") == .flag(false))
    #expect(kubelet.isAbsent("authorization.mode"))
    #expect(kubelet.chain("authorization.mode") == ["kubelet[812] --authorization-mode"])
    #expect(kubelet.value("isRunning") == .flag(true))
  }

  @Test("With --config the file's keys count, with their lines")
  func file() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/var/lib/kubelet/config.yaml"],
      files: [
        Self.config: Self.header + "authentication:\n  anonymous:\n    enabled: false\nreadOnlyPort: 10255\n"
      ])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("configuration.base") == .text("file"))
    #expect(kubelet.value("configuration.file") == .text("/var/lib/kubelet/config.yaml"))
    #expect(kubelet.value("readOnlyPort") == .number(10255))
    #expect(kubelet.chain("readOnlyPort") == ["/var/lib/kubelet/config.yaml:6 readOnlyPort"])
    #expect(
      kubelet.chain("podPidsLimit") == [
        "kubelet[812] --pod-max-pids", "/var/lib/kubelet/config.yaml podPidsLimit",
      ])
  }

  @Test("A relative --config is relative to the kubelet's working directory, and paths in it to the file's")
  func relative() throws {
    let host = KubernetesHost(
      kubelet: ["--config", "conf/k.yaml"],
      files: ["opt/conf/k.yaml": Self.header + "authentication: {x509: {clientCAFile: pki/ca.crt}}\n"],
      cwd: "/opt")
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("configuration.file") == .text("/opt/conf/k.yaml"))
    #expect(kubelet.value("authentication.x509.clientCAFile") == .text("/opt/conf/pki/ca.crt"))
  }

  @Test("Unknown keys don't stop the kubelet, so they don't stop its reading")
  func unknownKey() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)"],
      files: [Self.config: Self.header + "noSuchKey: {a: [1]}\nreadOnlyPort: 1\n"])
    #expect(try host.kubelet()?.value("readOnlyPort") == .number(1))
  }

  @Test("Drop-ins merge in the order of their walk: later over earlier, over the file")
  func dropIns() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--config-dir=/etc/kubelet.d"],
      files: [
        Self.config: Self.header + "readOnlyPort: 1\npodPidsLimit: 10\ntlsCipherSuites: [A, B]\n",
        "etc/kubelet.d/10-a.conf": Self.header + "readOnlyPort: 2\n",
        "etc/kubelet.d/20-dir/b.conf": Self.header + "readOnlyPort: 3\ntlsCipherSuites: [C]\n",
        "etc/kubelet.d/30-c.yaml": Self.header + "readOnlyPort: 4\n",
      ])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("readOnlyPort") == .number(3))
    #expect(
      kubelet.chain("readOnlyPort") == [
        "/etc/kubelet.d/20-dir/b.conf:3 readOnlyPort", "/etc/kubelet.d/10-a.conf:3 readOnlyPort (said 2)",
        "/\(Self.config):3 readOnlyPort (said 1)",
      ])
    #expect(kubelet.value("podPidsLimit") == .number(10))
    #expect(kubelet.value("tlsCipherSuites") == .texts(["C"]))
    #expect(
      kubelet.value("configuration.dropIns")
        == .texts(["/etc/kubelet.d/10-a.conf", "/etc/kubelet.d/20-dir/b.conf"]))
  }

  @Test("A linked drop-in file is read, a linked directory is not entered")
  func linkedDropIns() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--config-dir=/etc/kubelet.d"],
      files: [
        Self.config: Self.header, "srv/one": Self.header + "readOnlyPort: 5\n",
        "etc/kubelet.d/a.conf": "-> /srv/one",
        "srv/dir/x.conf": Self.header + "readOnlyPort: 6\n", "etc/kubelet.d/z": "-> /srv/dir",
      ])
    #expect(try host.kubelet()?.value("readOnlyPort") == .number(5))
  }

  @Test("null in a drop-in deletes the key: nothing sets it then")
  func deletion() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--config-dir=/etc/kubelet.d"],
      files: [
        Self.config: Self.header + "authentication: {anonymous: {enabled: true}}\nreadOnlyPort: 10255\n",
        "etc/kubelet.d/a.conf": Self.header + "readOnlyPort: null\nauthentication: {anonymous: null}\n",
      ])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.isAbsent("readOnlyPort"))
    #expect(kubelet.isAbsent("authentication.anonymous.enabled"))
    #expect(kubelet.chain("readOnlyPort").contains("/\(Self.config):4 readOnlyPort (said 10255)"))
  }

  @Test("A snap says its version itself; a file that was replaced while it runs has none that is known")
  func versions() throws {
    func version(_ executable: String, _ files: [String: String]) throws -> Fact? {
      var host = KubernetesHost()
      host.run(812, ["kubelet"], executable: executable, cgroup: "/system.slice/snap.kubelet.daemon.service")
      host.files.merge(files) { $1 }
      return try host.kubelet()?["version"]
    }
    let snap = "snap/kubelet/3456/meta/snap.yaml"
    let path = "/snap/kubelet/3456/kubelet"
    #expect(try version(path, [snap: "name: kubelet\nversion: 1.31.4\n"])?.value == .text("1.31.4"))
    #expect(try version(path, [snap: "name: kubelet\nversion: latest\n"])?.value == nil)
    #expect(try version(path, [:])?.sources.last?.description.contains("meta/snap.yaml") == true)
    if case .unreadable(.malformed, _, _)? = try version(path, [snap: "version: [\n"]) {
    } else {
      Issue.record()
    }
    let dpkg = [
      "var/lib/dpkg/status": "Package: kubelet\nStatus: install ok installed\nVersion: 1.33.2-1.1\n\n"
    ]
    #expect(try version("/usr/bin/kubelet", dpkg)?.value == .text("1.33.2"))
    if let replaced = try version("/usr/bin/kubelet (deleted)", dpkg) {
      #expect(replaced.value == nil, "the package is not what runs")
    }
  }

  @Test("--config-dir without --config keeps the open base")
  func dropInsOnly() throws {
    let host = KubernetesHost(
      kubelet: ["--config-dir=/etc/kubelet.d"],
      files: ["etc/kubelet.d/a.conf": Self.header + "readOnlyPort: 0\n"])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("configuration.base") == .text("dropins"))
    #expect(kubelet.value("readOnlyPort") == .number(0))
    #expect(kubelet.isAbsent("authentication.anonymous.enabled"))
  }

  @Test("Flags win over drop-ins and file, and the last of a repeated flag over the others")
  func flagsWin() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--read-only-port=7", "--read-only-port", "8"],
      files: [Self.config: Self.header + "readOnlyPort: 1\n"])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("readOnlyPort") == .number(8))
    #expect(
      kubelet.chain("readOnlyPort") == [
        "kubelet[812] --read-only-port", "kubelet[812] --read-only-port (said 7)",
        "/\(Self.config):3 readOnlyPort (said 1)",
      ])
  }

  @Test("Feature gates merge gate by gate")
  func gates() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--feature-gates=A=true,B=false", "--feature-gates=B=true"],
      files: [Self.config: Self.header + "featureGates: {A: false, RotateKubeletServerCertificate: false}\n"])
    let kubelet = try #require(try host.kubelet())
    #expect(
      kubelet.value("featureGates") == .texts(["A=true", "B=true", "RotateKubeletServerCertificate=false"]))
    #expect(kubelet.value("featureGates.RotateKubeletServerCertificate") == .flag(false))
  }

  @Test("List flags append within the command line, and replace the file's list")
  func lists() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--tls-cipher-suites=A,B", "--tls-cipher-suites=C"],
      files: [Self.config: Self.header + "tlsCipherSuites: [Z]\n"])
    #expect(try host.kubelet()?.value("tlsCipherSuites") == .texts(["A", "B", "C"]))
  }

  @Test(
    "Flag names may be written with _, and a Boolean takes a value only after =",
    arguments: [
      (["--anonymous_auth=false"], Value.flag(false)), (["--anonymous-auth", "false"], .flag(true)),
      (["--anonymous-auth=F"], .flag(false)), (["--anonymous-auth"], .flag(true)),
      (["--runonce", "--anonymous-auth=0"], .flag(false)),
    ])
  func booleans(_ arguments: [String], _ expected: Value) throws {
    #expect(
      try KubernetesHost(kubelet: arguments).kubelet()?.value("authentication.anonymous.enabled") == expected)
  }

  @Test("An idle timeout of 0 is unset in a file, and without end on the command line")
  func idleTimeout() throws {
    let files = [Self.config: Self.header + "streamingConnectionIdleTimeout: 0s\n"]
    let file = try KubernetesHost(kubelet: ["--config=/\(Self.config)"], files: files).kubelet()
    #expect(file?.isAbsent("streamingConnectionIdleTimeout") == true)
    let flag = try KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--streaming-connection-idle-timeout=0"], files: files
    ).kubelet()
    #expect(flag?.value("streamingConnectionIdleTimeout") == .seconds(0))
  }

  @Test("seccompDefault is on if either the flag or the file turns it on")
  func seccompDefault() throws {
    func value(_ flags: [String], _ file: String) throws -> Value? {
      try KubernetesHost(
        kubelet: ["--config=/\(Self.config)"] + flags, files: [Self.config: Self.header + file]
      )
      .kubelet()?.value("seccompDefault")
    }
    #expect(try value(["--seccomp-default=false"], "seccompDefault: true\n") == .flag(true))
    #expect(try value(["--seccomp-default"], "seccompDefault: false\n") == .flag(true))
    #expect(try value(["--seccomp-default=false"], "") == .flag(false))
    #expect(try value([], "") == nil)
  }

  @Test("A configuration file that changed after the start is stale")
  func stale() throws {
    var host = KubernetesHost(kubelet: ["--config=/\(Self.config)"], files: [Self.config: Self.header])
    host.touch(Self.config, 50)
    #expect(try host.kubelet()?.value("configuration.stale") == .flag(false))
    host.attributes = []
    host.touch(Self.config, 500)
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("configuration.stale") == .flag(true))
    #expect(kubelet.chain("configuration.stale").first == "/\(Self.config)")
  }

  @Test("What an unreadable file could set is unknown, unless a flag sets it")
  func unreadableFile() throws {
    var host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--read-only-port=0"], files: [Self.config: Self.header])
    host.refuse(Self.config)
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("readOnlyPort") == .number(0))
    #expect(kubelet.obstacle("authentication.anonymous.enabled") == .denied)
    #expect(kubelet.isAbsent("hostnameOverride"))
    #expect(kubelet.value("configuration.base") == .text("file"))
  }

  @Test("A drop-in that can't be read hides the file, and not the drop-ins after it")
  func unreadableDropIn() throws {
    var host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--config-dir=/etc/kubelet.d"],
      files: [
        Self.config: Self.header + "readOnlyPort: 0\npodPidsLimit: 5\n", "etc/kubelet.d/10.conf": Self.header,
        "etc/kubelet.d/20.conf": Self.header + "readOnlyPort: 9\n",
      ])
    host.refuse("etc/kubelet.d/10.conf")
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("readOnlyPort") == .number(9))
    #expect(kubelet.obstacle("podPidsLimit") == .denied)
  }

  @Test(
    "A file that the kubelet would refuse says nothing of its keys",
    arguments: [
      "", "- a\n", "readOnlyPort: [", "readOnlyPort: 1\nreadOnlyPort: 2\n", "\u{0}", "a: &a [*a]\n",
    ])
  func malformedFile(_ content: String) throws {
    let host = KubernetesHost(kubelet: ["--config=/\(Self.config)"], files: [Self.config: content])
    #expect(try host.kubelet()?.obstacle("readOnlyPort") == .malformed)
  }

  @Test("A value of the wrong type is malformed, not guessed")
  func wrongType() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)"],
      files: [
        Self.config: Self.header
          + "readOnlyPort: \"0\"\nauthentication: {anonymous: false}\nseccompDefault: \"true\"\n"
      ])
    let kubelet = try #require(try host.kubelet())
    for name in ["readOnlyPort", "authentication.anonymous.enabled", "seccompDefault"] {
      #expect(kubelet.obstacle(name) == .malformed, "\(name)")
    }
  }

  @Test("Without --config in the file system, what it could set is unknown")
  func missingFile() throws {
    let kubelet = try #require(try KubernetesHost(kubelet: ["--config=/nowhere"]).kubelet())
    #expect(kubelet.obstacle("readOnlyPort") == .notVisible)
  }

  @Test("A drop-in directory that is not there leaves every key unknown")
  func missingDirectory() throws {
    let host = KubernetesHost(
      kubelet: ["--config=/\(Self.config)", "--config-dir=/nowhere"],
      files: [Self.config: Self.header + "readOnlyPort: 0\n"])
    #expect(try host.kubelet()?.obstacle("readOnlyPort") == .notVisible)
  }

  @Test("Two kubelets are two entities")
  func two() throws {
    var host = KubernetesHost(kubelet: ["--read-only-port=0"])
    host.run(900, ["/opt/kubelet", "--read-only-port=1"], executable: "/opt/kubelet")
    let entities = try host.collected(by: KubeletCollector()).entities
    #expect(entities.map(\.id) == ["812", "900"])
    #expect(entities.map { $0.value("readOnlyPort") } == [.number(0), .number(1)])
  }

  @Test("The version is the package's, or that of the executable's directory")
  func version() throws {
    let status =
      "Package: kubeletx\nStatus: install ok installed\nVersion: 9.9.9\n\nPackage: kubelet\nStatus: install ok installed\nVersion: 1.36.2-1.1\n"
    let host = KubernetesHost(kubelet: [], files: ["var/lib/dpkg/status": status])
    #expect(try host.kubelet()?.value("version") == .text("1.36.2"))
    var other = KubernetesHost()
    other.run(5, ["kubelet"], executable: "/var/lib/rancher/rke2/data/v1.31.4-rke2r1-abc/bin/kubelet")
    #expect(try other.kubelet()?.value("version") == .text("1.31.4"))
  }

  @Test("Credentials in a URL stay on the host")
  func secrets() throws {
    let host = KubernetesHost(kubelet: ["--manifest-url=https://user:hunter2@example.org/pods"])
    let kubelet = try #require(try host.kubelet())
    #expect(kubelet.value("staticPodURL") == .text("https://(credentials left out)@example.org/pods"))
    #expect(!kubelet.facts.values.contains { "\($0)".contains("hunter2") })
  }

  @Test("Every entity states every fact of its subject, and with its type")
  func contract() throws {
    let host = KubernetesHost(kubelet: ["--config=/nowhere", "--cert-dir=/x"])
    let kubelet = try #require(try host.kubelet())
    #expect(Set(kubelet.facts.keys) == Set(KubeletCollector.subject.facts.map(\.name)))
    for declaration in KubeletCollector.subject.facts {
      if let value = kubelet.value(declaration.name) {
        #expect(value.type == declaration.type, "\(declaration.name)")
      }
    }
  }
}
