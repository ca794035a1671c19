import Collectors
import Facts
import Host
import SystemPackage
import TestSupport
import Testing

@Suite("A managed node that is switched off says of its kubelet what it said when it ran")
struct StoppedNodeTests {
  /// What the unit is made of, and what it names: the recorded host's own files, without any process.
  private static let files: [String: [String]] = [
    "gke-node": [
      "etc/systemd/system/kubelet.service", "etc/default/kubelet", "home/kubernetes/kubelet-config.yaml",
    ],
    "aks-node": [
      "etc/systemd/system/kubelet.service", "etc/default/kubelet", "opt/bin/kubelet",
    ]
      + ["cgroupv2", "containerd-base-flag", "credential-validation", "tlsbootstrap", "watchdog"].map {
        "etc/systemd/system/kubelet.service.d/10-\($0).conf"
      },
    "bottlerocket": [
      "usr/lib/systemd/system/kubelet.service", "etc/systemd/system/kubelet.service.d/exec-start.conf",
      "usr/lib/systemd/system/kubelet.service.d/make-kubelet-dirs.conf", "etc/network/proxy.env",
      "etc/kubernetes/kubelet/env", "etc/kubernetes/kubelet/config", "usr/lib/os-release",
      "usr/share/bottlerocket/application-inventory.json",
    ],
  ]

  @Test("Its unit, drop-ins and environment files give the same values", arguments: files.keys.sorted())
  func same(name: String) throws {
    let host = RecordedHost(name: name)
    let running = try #require(try host.look().entities.first { $0.subject == "kubelet" })
    let recorded = try HostRoot(at: host.directory.appending("root"))
    let tree = try HostTree(["proc/stat": "btime 1\n", "proc/mounts": ""])
    for file in Self.files[name] ?? [] {
      try tree.write(recorded.bytes(FilePath(file)), to: FilePath(file))
    }
    let collector = try #require(allCollectors.first { $0.name == "kubelet" })
    var record = Recorder()
    collector.collect(from: try tree.view(), into: &record)
    let stopped = try #require(record.entities.first)
    #expect(record.entities.count == 1)
    #expect(stopped.id == "kubelet.service")
    // Where no process is shown at all, nothing is said of whether it runs.
    #expect(stopped["isRunning"]?.value == nil)
    // What only a process has; a file's executable is where the unit says, and a process's where the link leads.
    let own: Set = ["isRunning", "pid", "origin", "executable", "configuration.stale"]
    for (fact, there) in running.facts where !own.contains(fact) {
      #expect(stopped[fact]?.value == there.value, "\(name) \(fact)")
    }
    #expect(running["version"]?.value != nil)
  }
}
