import Facts
import Host
import TestSupport

@testable import Collectors

/// A recorded host with Kubernetes processes, for tests: files by path, and processes as /proc shows them.
struct KubernetesHost {
  var files: [String: String] = [
    "proc/stat": "cpu 1 2 3\nbtime 1700000000\n",
    "proc/mounts": "",
  ]
  var attributes: [String] = []

  /// Adds a process that started 100 s after boot.
  mutating func run(
    _ id: Int32, _ arguments: [String], executable: String, comm: String? = nil, parent: Int32 = 1,
    cgroup: String = "/system.slice/kubelet.service", uid: Int = 0, capabilities: String = "000001ffffffffff",
    namespaces: [String: Int] = [:], root: String? = "/", cwd: String = "/", environment: [String]? = nil
  ) {
    let directory = "proc/\(id)"
    let name = comm ?? String(lastPathComponent(arguments.first ?? executable).prefix(15))
    files["\(directory)/stat"] =
      "\(id) (\(name)) S \(parent) 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 10000 0 0"
    files["\(directory)/status"] =
      "Name:\t\(name)\nPPid:\t\(parent)\nUid:\t\(uid)\t\(uid)\t\(uid)\t\(uid)\nGid:\t0\t0\t0\t0\n"
      + ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map { "\($0):\t\(capabilities)\n" }.joined()
    files["\(directory)/cmdline"] = arguments.map { $0 + "\0" }.joined()
    files["\(directory)/cgroup"] = "0::\(cgroup)\n"
    files["\(directory)/exe"] = "-> \(executable)"
    files["\(directory)/cwd"] = "-> \(cwd)"
    files["\(directory)/environ"] = (environment ?? []).map { $0 + "\0" }.joined()
    if let root { files["\(directory)/root"] = "-> \(root)" }
    let own = ["cgroup": 11, "ipc": 12, "mnt": 13, "net": 14, "pid": 15, "user": 4_026_531_837, "uts": 17]
    for (kind, number) in own.merging(namespaces, uniquingKeysWith: { $1 }) {
      files["\(directory)/ns/\(kind)"] = "-> \(kind):[\(number)]"
    }
  }

  init() {
    run(
      1, ["/sbin/init"], executable: "/usr/lib/systemd/systemd", comm: "systemd", parent: 0,
      cgroup: "/init.scope")
  }

  /// A host with one kubelet, pid 812.
  init(kubelet arguments: [String], files more: [String: String] = [:], cwd: String = "/") {
    self.init()
    run(812, ["/usr/bin/kubelet"] + arguments, executable: "/usr/bin/kubelet", cwd: cwd)
    files.merge(more) { $1 }
  }

  /// Says when a file last changed, seconds after boot.
  mutating func touch(_ path: String, _ seconds: Int) {
    attributes.append("\(path)\t-\t-\t-\t-\tmtime=\(1_700_000_000 + seconds)")
  }

  mutating func refuse(_ path: String, _ code: String = "EACCES") {
    attributes.append("\(path)\t-\t-\t-\t-\terrno=\(code)")
  }

  func collected(by collector: any Collector) throws -> (entities: [Entity], run: CollectorRun) {
    let tree = try HostTree(files)
    let view = try tree.view(attributes: attributes.isEmpty ? nil : attributes.joined(separator: "\n"))
    var record = Recorder()
    collector.collect(from: view, into: &record)
    return (record.entities, record.run(of: collector))
  }

  func kubelet() throws -> Entity? { try collected(by: KubeletCollector()).entities.first }
}

extension Entity {
  func value(_ name: String) -> Value? { self[name]?.value }
  func isAbsent(_ name: String) -> Bool { if case .absent = self[name] { true } else { false } }
  func obstacle(_ name: String) -> Obstacle? {
    if case .unreadable(let obstacle, _, _) = self[name] { obstacle } else { nil }
  }
  func chain(_ name: String) -> [String] { (self[name]?.sources ?? []).map(\.description) }
}

extension KubernetesHost {
  static let header = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
}
