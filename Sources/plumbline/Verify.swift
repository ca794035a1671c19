import ArgumentParser
import Facts
import Reports
import Signing

/// `plumbline verify`: who signed a report, and whether it is as it was signed.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the signature of a report that 'audit --sign' wrote.",
    discussion: """
      A signed report is a DSSE envelope with an in-toto statement; the statement names the report's own digest and that of the \
      profiles that judged it. With --print the report leaves on standard output, and only if its signature is good.

      Examples:
        openssl genpkey -algorithm ed25519 -out node.key
        openssl pkey -in node.key -pubout -out node.pub
        plumbline audit --format json --sign node.key --output report.dsse.json
        plumbline verify report.dsse.json --key node.pub

      Exit status: 0 signed by a key that was given, 1 not, 2 nothing that could be checked.
      """)

  @Argument(help: "A signed report; '-' is standard input.", completion: .file())
  var report: String

  @Option(
    help: ArgumentHelp("A public key in PEM that may have signed it; may be given again.", valueName: "file"),
    completion: .file())
  var key: [String] = []

  @Flag(help: "Print the report itself, as JSON.")
  var print = false

  func validate() throws {
    if key.isEmpty { throw ValidationError("--key names the public keys to believe; give at least one.") }
  }

  func run() throws {
    let keys = try key.map { name in
      do {
        return try VerifyingKey(pem: try readInput(name, atMost: 1 << 16))
      } catch let problem as KeyProblem {
        throw Failure("--key \(name): \(problem)")
      }
    }
    let bytes = try readInput(report)
    do {
      let (content, signer) = try SignedReport.verify(bytes, by: keys)
      let found = content.report
      try Output(nil).write(print ? try encodeReport(found) : Array(Self.text(found, signer).utf8))
    } catch let problem as VerificationProblem {
      if case .malformed = problem { throw Failure("\(report): \(problem)") }
      printError("plumbline: \(report): \(problem)")
      throw ExitStatus.findings
    }
  }

  private static func text(_ report: Report, _ key: VerifyingKey) -> String {
    let name = report.host.nodeName ?? report.host.hostname ?? report.host.id ?? "a host without a name"
    return """
      good signature
        by        \(key.id)
        host      \(harmless(name))
        run       \(harmless(report.run.startedAt)) \(harmless(report.run.id))
        judged by \(harmless(report.benchmark.name)) \(harmless(report.benchmark.version))
        profiles  sha256:\(harmless(report.benchmark.digest))

      """
  }
}
