import Host
import Testing

@Suite("Capabilities as the kernel writes them")
struct CapabilityFormatTests {
  private static func words(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }

  @Test("Names and bits are one another's inverse for every capability of Linux 5.9")
  func names() throws {
    for bit in 0...40 {
      let set = CapabilitySet(bits: 1 << UInt64(bit))
      #expect(set.names.count == 1)
      #expect(CapabilitySet(names: set.names) == set)
    }
    #expect(CapabilitySet(names: ["cap_no_such_thing"]) == nil)
    #expect(CapabilitySet(bits: 1 << 63).names == ["cap_63"])
    #expect(CapabilitySet().isEmpty)
    #expect(CapabilitySet(bits: 0b110).intersection(CapabilitySet(bits: 0b011)).bits == 0b010)
  }

  @Test("Each revision of the attribute is read")
  func revisions() throws {
    let first = try #require(FileCapabilities(parsing: Self.words([0x0100_0000, 1 << 13, 0])))
    #expect(first.permitted.names == ["cap_net_raw"])
    #expect(!first.isEffective)
    let second = try #require(
      FileCapabilities(parsing: Self.words([0x0200_0001, 1 << 21, 1 << 13, 1 << 7, 0])))
    #expect(second.permitted.names == ["cap_sys_admin", "cap_bpf"])
    #expect(second.inheritable.names == ["cap_net_raw"])
    #expect(second.isEffective)
    #expect(second.rootID == 0)
    let third = try #require(FileCapabilities(parsing: Self.words([0x0300_0000, 1, 0, 0, 0, 100_000])))
    #expect(third.rootID == 100_000)
  }

  @Test("A revision with another's length, an unknown one and a short one are refused")
  func refused() {
    #expect(FileCapabilities(parsing: Self.words([0x0200_0000, 1, 0])) == nil)
    #expect(FileCapabilities(parsing: Self.words([0x0400_0000, 1, 0, 0, 0])) == nil)
    #expect(FileCapabilities(parsing: Self.words([0x0300_0000, 1, 0, 0, 0])) == nil)
    for length in 0..<12 {
      #expect(FileCapabilities(parsing: Array(Self.words([0x0100_0000, 1, 0]).prefix(length))) == nil)
    }
  }

  @Test("A status gives its users, sets and confinement")
  func status() throws {
    let text = """
      Name:\tx (y)
      PPid:\t7
      Uid:\t1\t2\t3\t4
      Groups:\t4 5
      CapInh:\t0000000000000001
      CapPrm:\t0000000000000002
      CapEff:\t0000000000000004
      CapBnd:\t0000000000000008
      CapAmb:\t0000000000000010
      NoNewPrivs:\t1
      Seccomp:\t2
      Seccomp_filters:\t3
      """
    let status = try #require(ProcessStatus(parsing: Array(text.utf8)))
    #expect(status.name == "x (y)")
    #expect(status.users == [1, 2, 3, 4])
    #expect(status.supplementaryGroups == [4, 5])
    #expect(status.inheritable.bits == 1 && status.permitted.bits == 2 && status.effective.bits == 4)
    #expect(status.bounding.bits == 8 && status.ambient.bits == 16)
    #expect(status.hasCapabilities)
    #expect(status.noNewPrivileges == true)
    #expect(status.seccompMode == 2)
    #expect(status.seccompFilters == 3)
  }

  @Test("A status without user ids is none, and one without a set says so")
  func brokenStatus() throws {
    #expect(ProcessStatus(parsing: Array("Name:\tx\n".utf8)) == nil)
    #expect(ProcessStatus(parsing: []) == nil)
    let partial = try #require(
      ProcessStatus(parsing: Array("Uid:\t0\t0\t0\t0\nCapEff:\t1ffffffffffffffffffff\n".utf8)))
    #expect(!partial.hasCapabilities)
    #expect(partial.effective.isEmpty)
    #expect(partial.seccompMode == nil)
  }
}
