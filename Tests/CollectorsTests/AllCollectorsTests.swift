import Facts
import Host
import SystemPackage
import Testing

@testable import Collectors

@Suite("The list of collectors")
struct AllCollectorsTests {
  @Test("Every file that is named after a collector has its collector in the list")
  func complete() throws {
    let sources = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
      .appending("Sources/Collectors")
    let root = try HostRoot(at: sources)
    let files = try root.names(in: "") + root.names(in: "Kubernetes") + root.names(in: "Disk")
    let named = files.map(\.string).filter { $0.hasSuffix("Collector.swift") && $0 != "Collector.swift" }
      .map { String($0.dropLast(".swift".count)) }
    let listed = allCollectors.map { String(describing: type(of: $0)) }
    #expect(named.count > 15)
    #expect(Set(named) == Set(listed))
    #expect(listed.count == Set(listed).count)
  }

  @Test("Names are unique, and so are the facts of a subject")
  func unique() {
    #expect(Set(allCollectors.map(\.name)).count == allCollectors.count)
    for subject in allSubjects {
      #expect(Set(subject.facts.map(\.name)).count == subject.facts.count, "\(subject.name)")
      #expect(!subject.meaning.isEmpty && subject.facts.allSatisfy { !$0.meaning.isEmpty }, "\(subject.name)")
    }
  }
}
