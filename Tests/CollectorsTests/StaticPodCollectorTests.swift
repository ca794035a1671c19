import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("A static pod's containers are stated as their manifest declares them")
struct StaticPodCollectorTests {
  private func look(_ manifests: [String: String]) throws -> (entities: [Entity], run: CollectorRun) {
    var host = KubernetesHost()
    for (name, text) in manifests { host.files["etc/kubernetes/manifests/\(name)"] = text }
    let found = try host.collected(by: StaticPodCollector())
    expectContract(found.entities, StaticPodCollector())
    return found
  }

  private func container(_ spec: String) throws -> Entity {
    let text = "kind: Pod\nmetadata: {name: p, namespace: kube-system}\nspec: \(spec)\n"
    return try #require(try look(["p.yaml": text]).entities.first)
  }

  @Test("What is not set has the API's default")
  func defaults() throws {
    let entity = try container("{containers: [{name: c, image: 'r/i:1'}]}")
    #expect(entity.id == "/etc/kubernetes/manifests/p.yaml/c")
    for key in ["privileged", "hostNetwork", "hostPID", "hostIPC", "runAsNonRoot", "readOnlyRootFilesystem"] {
      #expect(entity.value(key) == .flag(false), "\(key)")
    }
    #expect(entity.value("allowPrivilegeEscalation") == .flag(true))
    #expect(entity.isAbsent("seccompProfile"))
    #expect(entity.isAbsent("runAsUser"))
    #expect(entity.value("hostPaths") == .list([]))
    #expect(entity.value("imageByDigest") == .flag(false))
  }

  @Test("The container's security context goes before the pod's")
  func contexts() throws {
    let entity = try container(
      """
      {hostPID: true, securityContext: {runAsUser: 0, seccompProfile: {type: Unconfined}}, containers: [{name: c,
      image: 'r/i@sha256:00', securityContext: {privileged: true, runAsUser: 7, seccompProfile: {type: RuntimeDefault},
      capabilities: {add: [CAP_SYS_ADMIN, net_bind_service], drop: [all]}}}]}
      """)
    #expect(entity.value("privileged") == .flag(true))
    #expect(entity.value("hostPID") == .flag(true))
    #expect(entity.value("runAsUser") == .number(7))
    #expect(entity.value("seccompProfile") == .text("RuntimeDefault"))
    #expect(entity.value("capabilities.added") == .texts(["SYS_ADMIN", "NET_BIND_SERVICE"]))
    #expect(entity.value("capabilities.dropped") == .texts(["ALL"]))
    #expect(entity.value("imageByDigest") == .flag(true))
  }

  @Test("Only what the container itself mounts is its host path, normalized")
  func mounts() throws {
    let entity = try container(
      """
      {volumes: [{name: a, hostPath: {path: /etc/x/../kubernetes}}, {name: b, hostPath: {path: /run}}, {name: c,
      hostPath: {path: /home}}, {name: d, emptyDir: {}}], containers: [{name: c, volumeMounts: [{name: a, mountPath: /a,
      readOnly: true}, {name: b, mountPath: /b}, {name: d, mountPath: /d}]}]}
      """)
    #expect(entity.value("hostPaths") == .texts(["/etc/kubernetes", "/run"]))
    #expect(entity.value("hostPaths.writable") == .texts(["/run"]))
    #expect(entity.isAbsent("image"))
  }

  @Test("Init containers are containers too")
  func initContainers() throws {
    let found = try look([
      "p.yaml": "kind: Pod\nspec: {initContainers: [{name: i}], containers: [{name: c}]}\n"
    ]).entities
    #expect(found.map { $0.value("isInit") } == [.flag(true), .flag(false)])
  }

  @Test("A wrong type is unknown and a broken manifest a problem, not an absence")
  func hostile() throws {
    let entity = try container("{hostPID: maybe, containers: [{name: c, securityContext: {runAsUser: [1]}}]}")
    #expect(entity.obstacle("hostPID") == .malformed)
    #expect(entity.obstacle("runAsUser") == .malformed)
    #expect(try look(["p.yaml": "kind: Pod\nspec: {containers: [\n"]).run.state == .partial)
    #expect(try look(["p.yaml": "kind: Pod\nspec: {containers: 7}\n"]).entities.isEmpty)
  }
}
