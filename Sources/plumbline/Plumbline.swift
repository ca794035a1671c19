import ArgumentParser
import Glibc

@main
struct Plumbline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plumbline",
    abstract: "Audits how well a host is hardened, and shows what every verdict rests on.",
    discussion: """
      Reads the host beneath a root directory without changing it or starting a process, states what it saw, and judges that \
      against a benchmark. What could not be read is 'unknown', never a pass.

      First steps:
        plumbline audit                       audit this host, a table on the terminal
        plumbline explain kubelet-anonymous-auth --root /
                                              one check: what, why, how to fix, and what was found here
        plumbline workloads                   how the kernel confines every container here
        plumbline diff before.json after.json what changed between two reports or snapshots
        plumbline list benchmarks             what a host can be judged by

      Exit status:
        0  clean: no finding at or over the threshold
        1  findings at or over --fail-on, or a score under --min-score
        2  wrong use: options, profiles or input that can't be read
        3  no such finding, but the audit could not be complete
      """,
    version: plumblineVersion,
    subcommands: [
      Audit.self, Collect.self, JudgeCommand.self, Diff.self, List.self, Explain.self, Workloads.self,
      Verify.self, Import.self, AgentCommand.self, SelfTest.self,
    ])

  /// ArgumentParser's own exit code for wrong use is sysexits' 64; here it is 2, as documented above.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as Failure {
      printError("plumbline: " + error.message)
      leave(.wrongUse)
    } catch let status as ExitStatus {
      leave(status)
    } catch {
      let isFailure = exitCode(for: error) != .success
      let message = fullMessage(for: error)
      if isFailure { printError(message) } else { print(message) }
      leave(isFailure ? .wrongUse : .clean)
    }
  }

  private static func leave(_ status: ExitStatus) -> Never { Glibc.exit(status.rawValue) }
}

/// The program's version, semver.org.
let plumblineVersion = "0.1.0"
