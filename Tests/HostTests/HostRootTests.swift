import Host
import SystemPackage
import Testing

@Suite("HostRoot reads beneath its root")
struct HostRootTests {
  @Test("A root that is not there is refused")
  func missingRoot() {
    #expect(throws: HostError("/nonexistent-root", .absent)) {
      _ = try HostRoot(at: "/nonexistent-root")
    }
  }
}
