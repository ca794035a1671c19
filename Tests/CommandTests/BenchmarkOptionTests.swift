import Foundation
import Testing

@Suite("Which benchmark and which part of it, as a user asks for them")
struct BenchmarkOptionTests {
  private func report(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Program.run(["audit", "--format", "json", "--fail-on", "none"] + arguments)
    #expect(outcome.status == 0 || outcome.status == 3, "\(outcome.errors)")
    return try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
  }

  private func benchmark(_ report: [String: Any]) throws -> [String: Any] {
    try #require(report["benchmark"] as? [String: Any])
  }

  private func ids(_ report: [String: Any]) throws -> [String] {
    try #require(report["results"] as? [[String: Any]]).compactMap { $0["id"] as? String }
  }

  @Test(
    "auto takes the one that fits the host and says why",
    arguments: [
      ("debian", "node-baseline", "no Kubernetes"), ("kubeadm-worker", "cis-kubernetes-2.1", "is not known"),
      (
        "gke-node", "cis-gke-1.9", "chosen for gke; it is meant for Kubernetes 1.31 to 1.34, and this is 1.33"
      ),
      (
        "aks-node", "cis-aks-1.8", "chosen for aks; it is meant for Kubernetes 1.32 to 1.34, and this is 1.33"
      ),
      (
        "eks-worker", "cis-eks-1.8",
        "chosen for eks; it is meant for Kubernetes 1.32 to 1.34, and this is 1.33"
      ),
      ("openshift", "cis-openshift-1.8", "chosen for openshift; it is meant for"),
      ("k3s-server", "cis-k3s-1.9", "Kubernetes 1.33 is newer than the 1.29"),
      ("rke2-server", "cis-rke2-1.8", "Kubernetes 1.32 is newer than the 1.27"),
      ("microk8s", "cis-microk8s-1.24", "chosen for microk8s; it is meant for"),
      ("talos", "cis-kubernetes-1.12", "there is none for talos alone; it is meant for"),
      ("bottlerocket", "cis-kubernetes-1.11", "there is none for bottlerocket alone; it is meant for"),
    ])
  func automatic(host: String, name: String, why: String) throws {
    let chosen = try benchmark(report(["--benchmark", "auto"] + recordedHost(host)))
    #expect(chosen["name"] as? String == name)
    #expect((chosen["note"] as? String)?.contains(why) == true, "\(chosen)")
    let named = try benchmark(report(["--benchmark", name] + recordedHost(host)))
    #expect(named["note"] == nil || named["note"] is NSNull)
  }

  @Test("judge chooses as audit does")
  func judged() throws {
    let host = recordedHost("kubeadm-control-plane")
    let snapshot = try Program.run(["collect"] + host)
    let judged = try Program.run(
      ["judge", "-", "--benchmark", "auto", "--format", "json"], input: snapshot.output)
    let report = try #require(try JSONSerialization.jsonObject(with: judged.output) as? [String: Any])
    let audited = try self.report(["--benchmark", "auto"] + host)
    #expect(try benchmark(report) as NSDictionary == benchmark(audited) as NSDictionary)
    #expect(try benchmark(report)["note"] is String)
  }

  @Test("--level leaves out what is asked of a higher one")
  func level() throws {
    let arguments = ["--benchmark", "cis-kubernetes-1.12"] + recordedHost("kubeadm-worker")
    let one = try report(arguments + ["--level", "1"])
    let two = try report(arguments + ["--level", "2"])
    #expect(try ids(two) == ids(report(arguments)))
    let left = try Set(ids(two)).subtracting(ids(one))
    #expect(left.isSuperset(of: ["2.7", "3.1.1", "4.2.8"]))
    #expect(!left.contains("4.2.1"))
    #expect((try benchmark(one)["title"] as? String)?.hasSuffix("(level 1)") == true)
  }

  @Test(
    "--only and --skip take ids, slugs, areas and severities",
    arguments: [
      (["--only", "4.2.1"], ["4.2.1"]), (["--only", "kubelet-anonymous-auth"], ["4.2.1"]),
      (["--only", "4.2.1", "4.2.4"], ["4.2.1", "4.2.4"]),
      (["--only", "proxy"], ["4.3.1"]),
      (["--only", "etcd", "--skip", "medium", "low", "high"], ["2.1", "2.2"]),
      (["--only", "etcd", "--skip", "critical", "2.7"], ["2.3", "2.4", "2.5", "2.6"]),
      (["--only", "etcd", "--level", "1", "--skip", "critical"], ["2.3", "2.4", "2.5", "2.6"]),
    ])
  func parts(arguments: [String], expected: [String]) throws {
    let host = recordedHost("kubeadm-worker")
    #expect(try ids(report(arguments + ["--benchmark", "cis-kubernetes-1.12"] + host)) == expected)
  }

  @Test("auto can be narrowed too")
  func narrowedAutomatic() throws {
    let report = try report(["--benchmark", "auto", "--only", "4.2.4"] + recordedHost("kubeadm-worker"))
    #expect(try ids(report) == ["4.2.4"])
  }

  @Test(
    "A name that means nothing, or nothing in what was chosen, is refused",
    arguments: [
      (["--only", "kublet"], "did you mean 'kubelet'?"), (["--skip", "9.9.9"], "9.9.9"),
      (["--level", "3"], "--level is 1 or 2"), (["--benchmark", "atuo"], "did you mean 'auto'?"),
      (["--benchmark", "auto", "--only", "kublet"], "of any benchmark"),
      (["--benchmark", "auto", "--only", "4.2.4"], "of 'node-baseline'"),
    ])
  func refused(arguments: [String], hint: String) throws {
    let outcome = try Program.run(["audit"] + arguments + recordedHost("debian"))
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
