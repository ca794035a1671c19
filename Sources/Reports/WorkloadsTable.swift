package import Facts

/// The containers of a snapshot as a table: pods with the weakest containers first, and beneath each container what it shares with
/// the host.
package func renderWorkloads(_ snapshot: Snapshot, width: Int, color: Bool) -> String {
  WorkloadsTable(snapshot, width: width, paint: Paint(isOn: color)).text
}

private struct WorkloadsTable {
  let snapshot: Snapshot
  let width: Int
  let paint: Paint
  let rows: [WorkloadRow]
  /// Of every column but the last.
  let widths: [Int]

  init(_ snapshot: Snapshot, width: Int, paint: Paint) {
    self.snapshot = snapshot
    self.width = max(width, 60)
    self.paint = paint
    let rows = snapshot.entities.filter { $0.subject == "container" }.map { WorkloadRow($0) }
    let longest = rows.map { columns(harmless($0.name)) }.max() ?? 0
    let module = min(max(rows.map { columns(harmless($0.module)) }.max() ?? 0, 3), 14)
    widths = [min(max(longest, 9), width >= 100 ? 36 : 20), 9, module, 3, 6]
    self.rows = rows
  }

  var text: String { (lines + problems).joined(separator: "\n") + "\n" }

  private func number(_ fact: String) -> Int? {
    let entity = snapshot.entities.first { $0.subject == "workloads" }
    if case .number(let number) = entity?[fact]?.value { return Int(number) }
    return nil
  }

  private var lines: [String] {
    guard !rows.isEmpty else {
      let looked = number("processes.other").map {
        "\(counted($0, "process", "processes")) looked at, none of them"
      }
      return wrapped(
        "No container was found: \(looked ?? "no process could be listed, so none") in a container's control group.",
        to: width)
    }
    var lines = [paint(heading, .faint)]
    for (pod, members) in pods {
      lines.append(paint(fitted(harmless(pod), to: width).trimmedEnd, .bold))
      for row in members { lines += self.lines(of: row) }
    }
    return lines + [""] + wrapped(summary, to: width)
  }

  /// By the weakest member, then by name.
  private var pods: [(String, [WorkloadRow])] {
    func isWeaker(_ left: WorkloadRow, _ right: WorkloadRow) -> Bool {
      left.weakness != right.weakness ? left.weakness > right.weakness : left.name < right.name
    }
    let groups = Dictionary(grouping: rows) { $0.pod }.mapValues { $0.sorted(by: isWeaker) }
    func weakest(_ rows: [WorkloadRow]) -> Int { rows.first?.weakness ?? 0 }
    return groups.sorted {
      weakest($0.value) != weakest($1.value)
        ? weakest($0.value) > weakest($1.value) : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }.map { ($0.key, $0.value) }
  }

  private func line(_ cells: [String], _ last: String) -> String {
    let head = zip(cells, widths).map { fitted(harmless($0), to: $1) }.joined(separator: "  ")
    return "  \(head)  \(last)"
  }

  private var heading: String { line(["CONTAINER", "SECCOMP", "LSM", "NNP", "USER"], "CAPS") }

  private func lines(of row: WorkloadRow) -> [String] {
    let indent = 2 + widths.reduce(0) { $0 + $1 + 2 }
    let wrappedNames = wrapped(row.capabilities.replacing(",", with: ", "), to: width - indent)
    let name = fitted(harmless(row.name), to: widths[0])
    let cells = [row.seccomp, row.module, row.noNewPrivileges, row.user]
    let bad: [Bool] = [
      row.seccomp == "none", ["unconfined", "spc_t", "none"].contains(row.module), false, row.user == "root",
    ]
    let shown = zip(zip(cells, widths.dropFirst()), bad).map { cell, isBad in
      let text = fitted(harmless(cell.0), to: cell.1)
      return isBad ? paint(text, .high) : text
    }
    let powers = row.capabilities == "all" ? paint("all", .high) : wrappedNames.first ?? ""
    var lines = ["  " + ([name] + shown).joined(separator: "  ") + "  " + powers]
    lines += wrappedNames.dropFirst().map { String(repeating: " ", count: indent) + $0 }
    for note in row.notes {
      lines += wrapped(harmless(note), to: width - 6).enumerated().map {
        ($0 == 0 ? "    · " : "      ") + $1
      }
    }
    return lines
  }

  private var summary: String {
    let processes = number("processes").map { ", \(counted($0, "process", "processes"))" } ?? ""
    let pods = number("pods").map { " in \(counted($0, "pod"))" } ?? ""
    let unfiltered = rows.count { $0.seccomp == "none" }
    let all = rows.count { $0.capabilities == "all" }
    let roots = rows.count { $0.user == "root" }
    return "\(counted(rows.count, "container"))\(pods)\(processes): \(unfiltered) without a seccomp filter, "
      + "\(all) with every capability, \(roots) as the host's root."
  }

  private var problems: [String] {
    let hidden = rows.count { $0.isPartlyHidden }
    var lines: [String] = []
    if hidden > 0 {
      lines.append(
        "Of \(counted(hidden, "container")) not all could be read ('?'): namespaces, mounts and devices of other users' processes "
          + "are shown to root only.")
    }
    for run in snapshot.collectors where run.name == "workloads" && run.state == .partial {
      lines += run.problems.map { "not seen: \(harmless($0.place)): \(harmless($0.message))" }
      if run.problemsDropped > 0 { lines.append("not seen: \(run.problemsDropped) more") }
    }
    return lines.flatMap { wrapped($0, to: width) }
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
