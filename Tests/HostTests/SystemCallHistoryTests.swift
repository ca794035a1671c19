import Host
import Testing

@Suite("When system calls came")
struct SystemCallHistoryTests {
  @Test("A release is its first two numbers, and is refused without them")
  func releases() {
    typealias Release = SystemCallHistory.Release
    #expect(Release(parsing: "6.1.0-27-amd64") == Release(6, 1))
    #expect(Release(parsing: "6.12-rc3") == Release(6, 12))
    #expect(Release(4, 19) < Release(5, 1) && Release(5, 9) < Release(5, 10))
    for text in ["", "6", "x.1", "6.", "-1.2"] { #expect(Release(parsing: text) == nil, "\(text)") }
  }

  @Test("Calls of later releases are known, older ones and slips are not")
  func calls() {
    #expect(SystemCallHistory.release(of: "openat2") == .init(5, 6))
    #expect(SystemCallHistory.release(of: "mseal") == .init(6, 10))
    #expect(SystemCallHistory.release(of: "read") == nil)
    #expect(SystemCallHistory.release(of: "opneat2") == nil)
  }
}
