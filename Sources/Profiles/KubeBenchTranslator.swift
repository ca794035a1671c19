import Facts

/// Finds what answers a control: which entities, and what must hold of them.
struct KubeBenchTranslator {
  let subjects: [Subject]
  let vocabulary: Vocabulary

  func answer(to control: KubeBenchControl) throws(Refusal) -> KubeBenchAnswer {
    if control.kind == "skip" {
      return KubeBenchAnswer(
        about: "host", selection: nil, expectation: nil, manual: "The control file says to skip this control."
      )
    }
    if control.kind == "manual" || control.items.isEmpty { return leftToPerson(control) }
    let audit = try audit(of: control)
    switch audit {
    case .commandLine(let component), .content(let component):
      return try settings(control, component, audit)
    case .status(let status): return try files(control, status)
    }
  }

  /// What the file leaves to a person, with the facts that a recognised command would have shown.
  private func leftToPerson(_ control: KubeBenchControl) -> KubeBenchAnswer {
    let reason =
      control.kind == "manual"
      ? "The control file leaves this to a person."
      : "The control file has no test of what its command prints."
    do throws(Refusal) {
      switch try audit(of: control) {
      case .commandLine(let component), .content(let component):
        let test = try settingTest(control, component, isFileText: false)
        var shown: [String] = []
        for item in control.items {
          let fact = try test.declaration(item).name
          if !shown.contains(fact) { shown.append(fact) }
        }
        return KubeBenchAnswer(
          about: component, selection: nil, expectation: nil, manual: reason, shown: shown)
      case .status(let status):
        let selection = try KubeBenchStatusTest(status: status, places: vocabulary.places).selection()
        return KubeBenchAnswer(
          about: "file", selection: selection, expectation: nil, manual: reason,
          shown: ["mode", "owner", "group"])
      }
    } catch {
      return KubeBenchAnswer(about: "host", selection: nil, expectation: nil, manual: reason)
    }
  }

  // MARK: What is looked at

  private func audit(of control: KubeBenchControl) throws(Refusal) -> KubeBenchAudit {
    let flags = control.items.compactMap { $0.flag.map { String($0.drop { $0 == "-" }) } }
    let reader = KubeBenchAuditReader(flags: flags)
    var audits: [KubeBenchAudit] = []
    do throws(NeedsShell) {
      for text in [control.audit, control.auditConfig] where !text.allSatisfy(\.isWhitespace) {
        audits.append(try reader.audit(text))
      }
    } catch {
      throw Refusal(reason: "its command needs a shell: \(error.what)")
    }
    if let component = environmentComponent(control) { audits.append(.commandLine(component)) }
    guard let first = audits.first else { throw Refusal(reason: "it has no command to look with") }
    let components = Set(audits.map(Self.component))
    guard audits.count == 1 || components.count == 1 && !components.contains(nil) else {
      throw Refusal(reason: "its commands look at different things")
    }
    return first
  }

  private static func component(_ audit: KubeBenchAudit) -> String? {
    switch audit {
    case .commandLine(let component), .content(let component): component
    case .status: nil
    }
  }

  /// /proc/PID/environ of a component, however its process id is found: the component's facts hold its environment.
  private func environmentComponent(_ control: KubeBenchControl) -> String? {
    guard control.auditEnv.contains("/environ") else { return nil }
    let named = KubeBenchAuditReader.components.filter { short, name in
      control.auditEnv.contains("$\(short)bin") || control.auditEnv.contains(name)
    }
    return named.count == 1 ? named.values.first : nil
  }

  // MARK: Tests

  private func settingTest(_ control: KubeBenchControl, _ component: String, isFileText: Bool) throws(Refusal)
    -> KubeBenchSettingTest
  {
    guard let subject = subjects.first(where: { $0.name == component }) else {
      throw Refusal(reason: "nothing is stated about '\(component)'")
    }
    return KubeBenchSettingTest(
      subject: subject, spellings: vocabulary.spellings.filter { $0.subject == component },
      hasFile: isFileText || !control.auditConfig.allSatisfy(\.isWhitespace), isFileText: isFileText)
  }

  private func settings(_ control: KubeBenchControl, _ component: String, _ audit: KubeBenchAudit)
    throws(Refusal)
    -> KubeBenchAnswer
  {
    let isFileText = if case .content = audit { true } else { false }
    let test = try settingTest(control, component, isFileText: isFileText)
    let isOneOfMany = control.isAny && control.items.count > 1
    var parts: [FlowText] = []
    var required: Set<String> = []
    var forbidden: Set<String> = []
    for item in control.items {
      let (fact, expectation) = try test.expectation(item, isOneOfMany: isOneOfMany)
      parts.append(expectation)
      if !item.isSet { forbidden.insert(fact) } else if item.comparison == nil { required.insert(fact) }
    }
    if control.isAny, let fact = required.intersection(forbidden).sorted().first {
      throw Refusal(reason: "it passes whether '\(fact)' is set or not")
    }
    return KubeBenchAnswer(
      about: component, selection: nil, expectation: Self.joined(parts, control), manual: nil)
  }

  private func files(_ control: KubeBenchControl, _ status: KubeBenchAudit.Status) throws(Refusal)
    -> KubeBenchAnswer
  {
    let test = KubeBenchStatusTest(status: status, places: vocabulary.places)
    let selection = try test.selection()
    var parts: [FlowText] = []
    for item in control.items {
      if let part = try test.expectation(item) { parts.append(part) }
    }
    guard !parts.isEmpty else { throw Refusal(reason: "it passes only where the file isn't there") }
    return KubeBenchAnswer(
      about: "file", selection: selection, expectation: Self.joined(parts, control), manual: nil)
  }

  private static func joined(_ parts: [FlowText], _ control: KubeBenchControl) -> FlowText {
    parts.count == 1 ? parts[0] : .entry(control.isAny ? "any" : "all", .list(parts))
  }
}
