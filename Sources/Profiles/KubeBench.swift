package import Facts
import YAML

/// kube-bench control files, translated into a catalogue and a benchmark of this project's own form.
package struct KubeBench: Hashable, Sendable {
  /// One control and what became of it.
  package struct Outcome: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
      /// Facts decide it.
      case answered
      /// The file itself leaves it to a person, or skips it.
      case person
      /// Facts can't decide it.
      case refused
    }

    package let id: String
    package let kind: Kind
    /// Why no fact decides it; nil where one does.
    package let reason: String?
  }

  /// The benchmark's name.
  package let name: String
  /// `catalogue/kube-bench.yaml` and `benchmarks/NAME.yaml`.
  package let files: [ProfileFile]
  package let outcomes: [Outcome]

  /// `71 of 104 controls (68 %) are answered from facts, 20 are left to a person, 13 are refused`.
  package var coverage: String {
    func count(_ kind: Outcome.Kind) -> Int { outcomes.count { $0.kind == kind } }
    let percent = outcomes.isEmpty ? 0 : count(.answered) * 100 / outcomes.count
    return "\(count(.answered)) of \(outcomes.count) controls (\(percent) %) are answered from facts, "
      + "\(count(.person)) are left to a person by the file, \(count(.refused)) are refused"
  }

  /// Whether a document is a control file: it has `groups`, or the `controls` that kube-bench's files begin with.
  package static func isControlFile(_ bytes: [UInt8]) -> Bool {
    guard case .success(let node) = Result(catching: { () throws(YAMLError) in try parseYAML(bytes) }) else {
      return false
    }
    return node["groups"] != nil || node.mapping?.contains { $0.key == "controls" } == true
  }
}

/// Translates control files. Each control becomes a check over facts; one that facts can't decide becomes a manual check that
/// says why.
package struct KubeBenchImporter {
  private let subjects: [Subject]
  private let vocabulary: Vocabulary
  private let problems = ProblemList()

  package init(subjects: [Subject], vocabulary: Vocabulary) {
    self.subjects = subjects
    self.vocabulary = vocabulary
  }

  /// - Throws: `ProfileError` where a file is no control file, or an id stands twice.
  package func read(_ files: [ProfileFile]) throws(ProfileError) -> KubeBench {
    var translated: [TranslatedControl] = []
    var versions: [String] = []
    var seen: [String: String] = [:]
    for file in files {
      let reader = DocumentReader(file: file.path, list: problems)
      guard let document = reader.parse(file.bytes) else { continue }
      let (version, controls) = KubeBenchReader(reader: reader).controls(document)
      if !version.isEmpty, !versions.contains(version) { versions.append(version) }
      for control in controls {
        let slug = Self.slug(control.id)
        if let other = seen.updateValue(control.id, forKey: slug) {
          reader.problem(
            control.line, "control '\(control.id)' is the same as '\(other)', which stands before it")
          continue
        }
        let source = "kube-bench control file \(file.path.split(separator: "/").last ?? ""), \(control.id)"
        translated.append(translation(of: control, slug, source))
      }
    }
    if translated.isEmpty, problems.problems.isEmpty, let first = files.first {
      problems.problems.append(ProfileProblem(file: first.path, line: 1, reason: "no check in 'groups'"))
    }
    guard problems.problems.isEmpty else { throw ProfileError(problems.problems) }
    let version = versions.joined(separator: "+")
    let name = Self.slug(version)
    return KubeBench(
      name: name,
      files: [
        ProfileFile(
          path: "catalogue/kube-bench.yaml", bytes: Array(translated.map(\.catalogue).joined().utf8)),
        ProfileFile(
          path: "benchmarks/\(name).yaml", bytes: Array(Self.benchmark(name, version, translated).utf8)),
      ],
      outcomes: translated.map(\.outcome))
  }

  private static func benchmark(_ name: String, _ version: String, _ controls: [TranslatedControl]) -> String
  {
    """
    benchmark: \(name)
    title: \(FlowText.quoted("kube-bench controls \(version), answered from facts"))
    version: \(FlowText.quoted(version.isEmpty ? "none" : version))
    source: "https://github.com/aquasecurity/kube-bench"
    entries:

    """ + controls.map { "  \(FlowText.quoted($0.outcome.id)): \($0.slug)\n" }.joined()
  }

  /// `kube-bench-4-2-1`.
  private static func slug(_ id: String) -> String {
    let words = id.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return (["kube", "bench"] + words.map(String.init)).joined(separator: "-")
  }

  // MARK: One control

  private func translation(of control: KubeBenchControl, _ slug: String, _ source: String)
    -> TranslatedControl
  {
    let answer: KubeBenchAnswer
    do throws(Refusal) {
      answer = try KubeBenchTranslator(subjects: subjects, vocabulary: vocabulary).answer(to: control)
    } catch {
      answer = KubeBenchAnswer(
        about: "host", selection: nil, expectation: nil, manual: error.reason, isRefused: true)
    }
    let made = TranslatedControl(control: control, slug: slug, source: source, answer: answer)
    guard let problem = refusal(of: made) else { return made }
    // What the loader won't take is no answer either.
    return TranslatedControl(
      control: control, slug: slug, source: source,
      answer: KubeBenchAnswer(
        about: "host", selection: nil, expectation: nil, manual: problem, isRefused: true))
  }

  /// What the loader has against the check; nil where it takes it.
  private func refusal(of control: TranslatedControl) -> String? {
    var loader = ProfileLoader(subjects: subjects)
    loader.add([ProfileFile(path: "catalogue/kube-bench.yaml", bytes: Array(control.catalogue.utf8))])
    do throws(ProfileError) {
      _ = try loader.load()
      return nil
    } catch {
      return error.problems.first?.reason
    }
  }
}

/// What answers a control.
struct KubeBenchAnswer {
  let about: String
  let selection: FlowText?
  let expectation: FlowText?
  /// Why a person must look; nil where the expectation decides.
  let manual: String?
  var isRefused = false
  /// Facts that are shown to the person.
  var shown: [String] = []
}

/// A control with its check's text.
private struct TranslatedControl {
  let control: KubeBenchControl
  let slug: String
  let source: String
  let answer: KubeBenchAnswer

  var outcome: KubeBench.Outcome {
    KubeBench.Outcome(
      id: control.id, kind: answer.manual == nil ? .answered : answer.isRefused ? .refused : .person,
      reason: answer.manual)
  }

  var catalogue: String {
    var lines = [
      "title: \(FlowText.quoted(control.text.isEmpty ? "Control \(control.id)" : control.text))",
      "severity: \(control.isScored ? "medium" : "low")",
      "about: \(answer.about)",
    ]
    if let selection = answer.selection { lines.append("where: \(selection)") }
    if let expectation = answer.expectation { lines.append("expect: \(expectation)") }
    if let manual = answer.manual { lines.append("manual: \(FlowText.quoted(manual))") }
    if !answer.shown.isEmpty { lines.append("show: \(FlowText.list(answer.shown.map { .text($0) }))") }
    let audit = control.audit.isEmpty ? "nothing" : control.audit
    lines += [
      "why: \(FlowText.quoted("The control file asks it, and looks with: \(audit)"))",
      "fix: \(FlowText.quoted(control.remediation.isEmpty ? "The control file names no remedy." : control.remediation))",
      "references: [\(FlowText.quoted(source))]",
    ]
    return "\(slug):\n" + lines.map { "  \($0)\n" }.joined()
  }
}
