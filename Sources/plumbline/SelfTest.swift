import ArgumentParser
import Confinement
import Facts
import Reports

/// `plumbline self-test`: what the confinement refuses on this kernel, tried.
struct SelfTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-test", abstract: "Try everything that the auditor's confinement must refuse.",
    discussion: """
      Looks at the host as an audit does, then tries to fork, to start a program, to connect, to write and more, and prints what became \
      of each: 'EPERM' is seccomp's answer, 'EACCES' is Landlock's, 'ok' means that nothing stood in the way; 'counted' that a report \
      would have it among its refused calls. Ends with 1 if anything was possible. It does no harm where it is.
      """, shouldDisplay: false)

  @OptionGroup(title: "Which host") var host: HostOptions

  func run() throws {
    _ = try host.look(with: [])
    let attempts = attemptWhatIsRefused()
    let width = attempts.map(\.name.count).max() ?? 0
    let lines = attempts.map { attempt in
      attempt.name + String(repeating: " ", count: width - attempt.name.count + 2)
        + (attempt.isCounted ? "counted  " : "-        ") + attempt.outcome
    }
    try Output(nil).write(Array((lines.joined(separator: "\n") + "\n").utf8))
    if attempts.contains(where: { $0.errno == 0 }) { throw ExitStatus.findings }
  }
}
