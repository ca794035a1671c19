import Host
import Testing

@Suite("Security labels")
struct SecurityLabelTests {
  @Test(
    "AppArmor's labels have a mode",
    arguments: [
      ("unconfined\n", "unconfined", "unconfined"), ("/usr/bin/man (complain)\n", "/usr/bin/man", "complain"),
      ("a//&b (mixed)", "a//&b", "mixed"), ("x y (z) (kill)", "x y (z)", "kill"),
      ("chrome (unconfined)", "chrome", "unconfined"),
    ])
  func appArmor(text: String, name: String, mode: String) throws {
    let label = try #require(SecurityLabel(parsing: Array(text.utf8)))
    #expect(label.name == name)
    #expect(label.mode == mode)
    #expect(label.type == nil)
  }

  @Test(
    "Other modules' labels have none, and an SELinux context has a type",
    arguments: [
      ("system_u:system_r:container_t:s0:c1,c2\0", "container_t"), ("u:r:t", "t"), ("kernel\0", nil),
      ("_", nil),
      ("a::c", nil),
    ])
  func others(text: String, type: String?) throws {
    let label = try #require(SecurityLabel(parsing: Array(text.utf8)))
    #expect(label.mode == nil)
    #expect(label.type == type)
    #expect(label.level == (text.hasPrefix("system_u") ? "s0:c1,c2" : nil))
  }

  @Test("What no module writes is refused", arguments: ["", "\n", "\0", "a\0b (enforce)"])
  func refused(text: String) {
    #expect(SecurityLabel(parsing: Array(text.utf8)) == nil)
  }

  @Test("A label of any bytes can be printed")
  func hostile() throws {
    let label = try #require(SecurityLabel(parsing: [0x1b, 0x5b, 0xff] + Array(" (enforce)".utf8)))
    #expect(label.name == "\\x1b[\\xff")
    #expect(label.mode == "enforce")
  }

  @Test("Any mutation of a label is read or refused, never trapped")
  func mutations() {
    var state: UInt64 = 42
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for _ in 0..<2_000 {
      var bytes = Array("profile//&other (enforce)\n".utf8)
      for _ in 0..<3 { bytes[Int(next()) % bytes.count] = UInt8(next() & 0xff) }
      if let label = SecurityLabel(parsing: bytes) { #expect(!label.name.isEmpty || label.mode != nil) }
    }
  }
}
