import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

@Suite("The network in force is the first configuration by name")
struct CNICollectorTests {
  private func cni(_ files: [String: String], attributes: String? = nil) throws -> Entity {
    let tree = try HostTree(files)
    return try singleton(CNICollector.subject, of: CNICollector(), try tree.view(attributes: attributes))
  }

  private func plugins(_ types: String...) -> [String: String] {
    let list = types.map { "{\"type\": \"\($0)\"}" }.joined(separator: ", ")
    return ["etc/cni/net.d/10-x.conflist": "{\"name\": \"n\", \"plugins\": [\(list)]}"]
  }

  @Test("The lexically first file decides; other endings are nothing to the runtime")
  func first() throws {
    let entity = try cni([
      "etc/cni/net.d/20-b.conflist": "{\"name\": \"b\", \"plugins\": [{\"type\": \"flannel\"}]}",
      "etc/cni/net.d/10-a.conf": "{\"name\": \"a\", \"type\": \"calico\"}",
      "etc/cni/net.d/00-c.conf.bak": "{\"name\": \"c\", \"type\": \"flannel\"}",
    ])
    #expect(entity.value("files") == .texts(["10-a.conf", "20-b.conflist"]))
    #expect(entity.value("configuration") == .text("/etc/cni/net.d/10-a.conf"))
    #expect(entity.value("network") == .text("a"))
  }

  @Test("A mesh's plugin in the chain and a delegate of a meta plugin are seen")
  func chain() throws {
    #expect(try cni(plugins("calico", "istio-cni")).value("serviceMesh") == .texts(["istio-cni"]))
    let multus = try cni([
      "etc/cni/net.d/00-multus.conf":
        "{\"type\": \"multus\", \"delegates\": [{\"plugins\": [{\"type\": \"calico\"}]}]}"
    ])
    #expect(multus.value("plugins") == .texts(["multus", "calico"]))
  }

  @Test("No configuration is absent; a broken or closed one unknown")
  func states() throws {
    #expect(try cni([:]).isAbsent("configuration"))
    #expect(try cni(["etc/cni/net.d/.keep": ""]).isAbsent("plugins"))
    #expect(try cni(["etc/cni/net.d/1.conf": "{\"type\": "]).obstacle("plugins") == .malformed)
    #expect(try cni(["etc/cni/net.d/1.conf": "[]"]).obstacle("plugins") == .malformed)
    let deep = String(repeating: "{\"delegate\": ", count: 40) + "{}" + String(repeating: "}", count: 40)
    #expect(try cni(["etc/cni/net.d/1.conf": deep]).obstacle("plugins") == .malformed)
    let closed = try cni(
      ["etc/cni/net.d/1.conf": "{}"], attributes: "etc/cni/net.d\t-\t-\t-\t-\terrno=EACCES")
    #expect(closed.obstacle("configuration") == .denied)
  }
}
