import Host
import Testing

@Suite("The head of an SELinux policy")
struct SELinuxPolicyTests {
  private static func words(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }

  private static func policy(version: UInt32 = 33, _ maps: [UInt32]) -> [UInt8] {
    words([0xf97c_ff8c, 8]) + Array("SE Linux".utf8) + words([version, 1, 8, 9] + maps)
  }

  /// Capabilities with one node; permissive types 0 to 3 and 64.
  private static let good = policy([64, 64, 1, 0, 0xff, 0, 64, 128, 2, 0, 0xf, 0, 64, 1, 0])

  @Test("The bits of the permissive map are counted, not those of the capabilities before it")
  func counted() throws {
    let policy = try SELinuxPolicy(parsing: Self.good + Array("the rest".utf8))
    #expect(policy.permissiveTypes == 5)
    #expect(policy.version == 33)
  }

  @Test("Two empty maps are no permissive types")
  func none() throws {
    #expect(try SELinuxPolicy(parsing: Self.policy([64, 0, 0, 64, 0, 0])).permissiveTypes == 0)
  }

  @Test("Each shorter form of a policy is truncated, and none is a count")
  func truncated() {
    for length in 0..<Self.good.count {
      #expect(throws: SELinuxPolicy.Failure.truncated) {
        try SELinuxPolicy(parsing: Array(Self.good.prefix(length)))
      }
    }
  }

  @Test("A policy from before permissive domains, another file and a map of absurd size are refused")
  func refused() {
    #expect(throws: SELinuxPolicy.Failure.tooOld(version: 22)) {
      try SELinuxPolicy(parsing: Self.policy(version: 22, [64, 0, 0]))
    }
    #expect(throws: SELinuxPolicy.Failure.notAPolicy) {
      try SELinuxPolicy(parsing: Array("{\"a\": 1, \"b\": 2}".utf8))
    }
    #expect(throws: SELinuxPolicy.Failure.notAPolicy) {
      try SELinuxPolicy(parsing: Self.policy([64, 0, 0, 64, 0, .max]))
    }
    #expect(throws: SELinuxPolicy.Failure.notAPolicy) {
      try SELinuxPolicy(parsing: Self.policy([32, 0, 0, 64, 0, 0]))
    }
  }
}
