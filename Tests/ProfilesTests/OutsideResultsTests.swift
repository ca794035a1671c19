import Profiles
import Testing

@Suite("Results of other programs")
struct OutsideResultsTests {
  private func read(_ text: String) -> Result<OutsideResults, ProfileError> {
    do throws(ProfileError) {
      return .success(try readOutsideResults(ProfileFile(path: "opa.json", bytes: Array(text.utf8))))
    } catch {
      return .failure(error)
    }
  }

  private static let document = """
    {
      "schema": "plumbline/results/v1",
      "origin": {"name": "opa", "version": "1"},
      "results": [
        {"id": "a", "severity": "high", "status": "fail", "title": "A title",
         "evidence": [{"fact": "os", "expected": "debian 12", "found": "debian 9", "sources": ["/etc/os-release"]}]},
        {"id": "b", "severity": "low", "status": "unknown", "title": "B", "message": "not readable", "area": "kernel"}
      ]
    }
    """

  @Test("A file is read whole, JSON or YAML")
  func whole() throws {
    let results = try read(Self.document).get()
    #expect(results.origin == "opa" && results.version == "1" && results.run == nil)
    #expect(results.results.map(\.id) == ["a", "b"])
    #expect(results.results.map(\.status) == [.fail, .unknown])
    #expect(results.results.map(\.area) == ["outside", "kernel"])
    #expect(results.results[0].evidence[0].found == "debian 9")
    let yaml = "schema: plumbline/results/v1\norigin: {name: falco}\nresults: []\n"
    #expect(try read(yaml).get().origin == "falco")
  }

  /// What is changed, the line that is named, and the reason.
  static let mistakes: [(String, String, Int, String)] = [
    ("results/v1", "results/v2", 2, "'plumbline/results/v1' is needed"),
    ("\"origin\": {\"name\": \"opa\", \"version\": \"1\"},", "", 1, "'origin' is missing"),
    ("\"name\": \"opa\"", "\"name\": \"OPA <b>\"", 3, "is a name of lower-case letters"),
    ("\"version\": \"1\"", "\"verson\": \"1\"", 3, "did you mean 'version'?"),
    ("\"results\": [", "\"result\": [", 4, "did you mean 'results'?"),
    ("\"status\": \"fail\"", "\"status\": \"failed\"", 5, "did you mean 'fail'?"),
    ("\"status\": \"fail\"", "\"status\": \"waived\"", 5, "is one of pass, fail"),
    ("\"severity\": \"high\"", "\"severity\": \"urgent\"", 5, "is one of low"),
    ("\"severity\": \"high\", ", "", 5, "is missing"),
    ("\"id\": \"a\"", "\"id\": \"../a\"", 5, "is a name of letters"),
    ("\"id\": \"a\"", "\"id\": \"b\"", 7, "there twice"),
    ("\"title\": \"A title\"", "\"titel\": \"A title\"", 5, "did you mean 'title'?"),
    ("\"found\": \"debian 9\", ", "", 6, "'found' of a piece of evidence is missing"),
    ("\"status\": \"unknown\"", "\"status\": \"pass\"", 7, "no evidence"),
    ("\"message\": \"not readable\", ", "", 7, "no message"),
    ("\"evidence\": [{", "\"evidence\": [[{", 6, ""), ("\"results\": [", "\"results\": {", 4, ""),
  ]

  @Test("What is wrong is refused with its line and a reason", arguments: mistakes)
  func refused(_ text: String, _ replacement: String, _ line: Int, _ reason: String) throws {
    #expect(Self.document.contains(text))
    let document = Self.document.replacing(text, with: replacement, maxReplacements: 1)
    guard case .failure(let error) = read(document)
    else {
      Issue.record("taken: \(replacement)")
      return
    }
    let isNamed = error.problems.contains { $0.line == line && $0.reason.contains(reason) }
    #expect(isNamed || reason.isEmpty, "\(error)")
    #expect(error.problems.allSatisfy { $0.file == "opa.json" })
  }

  @Test("Hostile texts are made harmless")
  func hostile() throws {
    let text = Self.document.replacing("A title", with: "A \\u001b[2J\\u202e title")
    #expect(try read(text).get().results[0].title == "A \\x1b[2J\\u{202e} title")
  }
}
