import Profiles
import Testing

@Suite("Versions and section ids")
struct VersionTests {
  @Test(
    "A version is its major and minor number, whatever follows",
    arguments: [
      ("1.32", "1.32"), ("v1.32.1", "1.32"), ("1.27+", "1.27"), ("v1.30.2-gke.100", "1.30"),
      ("1.32.0+k3s1", "1.32"),
      ("3.6.4", "3.6"), ("0.0", "0.0"), ("1.32-rc.1", "1.32"),
    ])
  func parses(_ text: String, _ expected: String) {
    #expect(Version(text)?.description == expected)
  }

  @Test(
    "What has no two numbers is no version",
    arguments: [
      "", "v", "1", "1.", ".1", "x.1", "1.x", "-1.2", "+1.2", "1.-2", " 1.2", "vv1.2",
      "99999999999999999999.1", "١.٢",
    ])
  func refuses(_ text: String) {
    #expect(Version(text) == nil)
  }

  @Test("Versions are ordered as numbers")
  func order() throws {
    let versions = try ["1.10", "1.9", "2.0", "0.30"].map { try #require(Version($0)) }
    #expect(versions.sorted().map(\.description) == ["0.30", "1.9", "1.10", "2.0"])
  }

  @Test("Section ids are ordered as a reader expects")
  func sections() {
    let sorted = ["1.1", "1.1.1", "1.2", "1.2.9", "1.2.10", "2.1", "10.1", "kernel-a", "kernel-b"]
    #expect(sorted.reversed().sorted { SectionID($0) < SectionID($1) } == sorted)
    for left in sorted {
      for right in sorted {
        #expect(!(SectionID(left) < SectionID(right) && SectionID(right) < SectionID(left)))
      }
    }
  }

  @Test("The nearest name is one that a hand may have missed, and no other")
  func nearestName() {
    #expect(nearest("expects", among: ["expect", "applies"]) == "expect")
    #expect(nearest("zzz", among: ["expect", "applies"]) == nil)
    #expect(nearest("", among: []) == nil)
    #expect(nearest("ab", among: ["ac", "aa"]) == "aa")
  }
}
