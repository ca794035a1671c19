import Facts

// The part of the table that counts: areas, the score, what was out of reach, and what to do next.

extension TableReport {
  private struct Column {
    let name: String
    let cells: [String]
    var width: Int { max(columns(name), cells.map(columns).max() ?? 0) }
  }

  /// One line for each area that has something to say here, one for the node, and the names of the other areas.
  var areas: [String] {
    let all = Set(report.own.map(\.area)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !all.isEmpty else { return [heading("AREAS", "the benchmark has no check")] }
    let names = all.filter { name in
      report.own.contains { $0.area == name && $0.verdict.status != .notApplicable }
    }
    let idle = all.filter { !names.contains($0) }
    return areaTable(names)
      + (idle.isEmpty
        ? []
        : paragraph(
          "Nothing here for: " + idle.map(harmless).joined(separator: ", "), indent: 0, hanging: 2, .faint))
  }

  private func areaTable(_ names: [String]) -> [String] {
    let rows = names.map { name in (report.score.areas[name], report.own.filter { $0.area == name }) }
    let all = rows + [(report.score.node, report.own)]
    let table = columnsOfNumbers(all)
    let numbers = table.reduce(0) { $0 + $1.width }
    let widest = (names + ["node"]).map { columns(harmless($0)) }.max() ?? 4
    let gap = widest + numbers + 2 * table.count <= width ? 2 : 1
    let first = max(4, min(widest, width - numbers - gap * table.count))
    func line(_ name: String, _ cells: [String]) -> String {
      let space = String(repeating: " ", count: gap)
      let numbers = zip(cells, table).map { fitted($0, to: $1.width, toRight: true) }
      return ([fitted(harmless(name), to: first)] + numbers).joined(separator: space)
    }
    var lines = [paint(line("AREA", table.map(\.name)), .bold)]
    for (number, name) in names.enumerated() { lines.append(line(name, table.map { $0.cells[number] })) }
    lines.append(paint(line("node", table.map { $0.cells[names.count] }), .bold))
    return lines
  }

  private func columnsOfNumbers(_ rows: [(AreaScore?, [CheckResult])]) -> [Column] {
    func count(_ name: String, _ statuses: Set<Status>) -> Column {
      Column(
        name: name,
        cells: rows.map { row in String(row.1.filter { statuses.contains($0.verdict.status) }.count) })
    }
    var table = [
      Column(name: "LEVEL", cells: rows.map { row in row.0.map { String($0.level) } ?? "-" }),
      Column(name: "PERCENT", cells: rows.map { percent($0.0?.percentage.value) }),
      Column(name: "COVERAGE", cells: rows.map { percent($0.0?.coverage.value) }),
      count("PASS", [.pass]), count("FAIL", [.fail]), count("UNKNOWN", [.unknown, .error]),
      count("MANUAL", [.manual]), count("N.A.", [.notApplicable]),
    ]
    if rows.contains(where: { row in row.1.contains { $0.verdict.status == .waived } }) {
      table.append(count("WAIVED", [.waived]))
    }
    return table
  }

  private func percent(_ value: Double?) -> String { value.map { "\($0) %" } ?? "-" }

  /// The three numbers, each with what it rests on.
  var score: [String] {
    let node = report.score.node
    let percentage = node.percentage
    let rest = "\(percentage.passed) of \(percentage.total) points, weighed by severity, of what was decided"
    let rows = [
      ("Level", "\(node.level) of 4", level(node)),
      ("Percentage", percent(percentage.value), percentage.withheld.map { "withheld: \($0)" } ?? rest),
      (
        "Coverage", percent(node.coverage.value),
        "\(node.coverage.decided) of \(node.coverage.total) applicable checks could be decided"
      ),
    ]
    var lines = [heading("SCORE", "")]
    let margin = String(repeating: " ", count: 23)
    for (name, number, meaning) in rows {
      let texts = wrapped(harmless(meaning), to: proseWidth - margin.count)
      let first = "  " + fitted(name, to: 10) + "  " + paint(fitted(number, to: 7, toRight: true), .bold)
      lines += texts.enumerated().map { ($0 == 0 ? first + "  " : margin) + $1 }
    }
    if let bare = report.score.unwaived {
      let bare = "without waivers: level \(bare.level), \(percent(bare.percentage.value))"
      lines += paragraph(bare, indent: 2)
    }
    for origin in report.origins {
      let text =
        "\(counted(origin.results, "result")) of \(origin.name) \(origin.results == 1 ? "is" : "are") no part of the score"
      lines += paragraph(text, indent: 2)
    }
    return lines
  }

  /// What holds the level where it is.
  private func level(_ node: AreaScore) -> String {
    guard node.coverage.decided > 0 else { return "nothing could be decided" }
    guard let worst = Severity.allCases.sorted(by: >).dropFirst(node.level).first, node.level >= 0 else {
      return "nothing is open"
    }
    let open = results(.fail).filter { $0.severity == worst && $0.origin == nil }.count
    let unseen = results(.unknown, .error).filter { $0.severity == worst && $0.origin == nil }.count
    var parts: [String] = []
    if open > 0 {
      parts.append("\(counted(open, "\(worst.rawValue) finding")) \(open == 1 ? "is" : "are") open")
    }
    if unseen > 0 { parts.append("\(counted(unseen, "\(worst.rawValue) check")) could not be decided") }
    return parts.joined(separator: ", ")
  }

  /// What collectors could not read, whatever it was needed for; what is only not there because nothing runs is one line.
  var outOfReach: [String] {
    let partial = report.collectors.filter { $0.state == .partial }
    guard !partial.isEmpty else { return [] }
    func isAtRest(_ problem: Problem) -> Bool { problem.code == .needsRunningHost && !report.host.isRunning }
    let total = partial.reduce(0) { $0 + $1.problems.count + $1.problemsDropped }
    var lines = [heading("OUT OF REACH", counted(total, "thing") + " the auditor could not read")]
    for run in partial {
      for problem in run.problems where !isAtRest(problem) {
        let text = "\(run.name): \(problem.place): \(problem.message)"
        lines += paragraph(text, indent: 2, hanging: 2)
      }
      if run.problemsDropped > 0 || run.problems.isEmpty {
        let more = run.problems.isEmpty ? "not complete" : "and \(run.problemsDropped) more"
        lines += paragraph("\(run.name): \(more)", indent: 2)
      }
    }
    var places: [String] = []
    for place in partial.flatMap(\.problems).filter(isAtRest).map(\.place) where !places.contains(place) {
      places.append(place)
    }
    if !places.isEmpty {
      lines += paragraph("only of a running host: " + places.joined(separator: ", "), indent: 2, hanging: 2)
    }
    return lines
  }

  /// What the auditor itself could not give up, or was refused; nothing where all is as it should be, or is not known.
  var auditor: [String] {
    guard let confinement = report.auditor.confinement else { return [] }
    let missing = confinement.steps.filter { $0.state == .missing }.map {
      "\($0.step.rawValue): \($0.detail)"
    }
    let refused = confinement.refusedCalls.sorted { $0.key < $1.key }.map {
      "\($0.key) was refused to the auditor \(counted($0.value, "time")): please report this as a defect"
    }
    guard !missing.isEmpty || !refused.isEmpty else { return [] }
    return [heading("AUDITOR", "not confined in every way that it asks for")]
      + (missing + refused).flatMap { paragraph($0, indent: 2, hanging: 2) }
  }

  /// The one thing to do now.
  var next: [String] {
    let kinds = [results(.fail), results(.unknown, .error), results(.manual)]
    let open = kinds.map { $0.filter { $0.origin == nil } }.first { !$0.isEmpty }
    guard let worst = open.flatMap({ bySeverity($0).first?.1.first }) else {
      return [
        kinds.allSatisfy(\.isEmpty) ? "Next: nothing is left open." : "Next: what other programs found."
      ]
    }
    let aim =
      switch worst.verdict.status {
      case .fail: "why it matters and how to put it right"
      case .unknown, .error: "what it needs to be decided"
      case .manual, .pass, .notApplicable, .waived: "what a person must look at"
      }
    let command = "plumbline explain \(harmless(worst.check))"
    let line = "Next: " + paint(command, .bold)
    return columns("Next: \(command)  (\(aim))") <= width ? [line + "  (\(aim))"] : [line, "      (\(aim))"]
  }
}
