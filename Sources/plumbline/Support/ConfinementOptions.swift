import ArgumentParser
import Collectors
import Confinement
import Facts
import Host
import Profiles

/// What the auditor gives up before it looks.
struct ConfinementOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Look at nothing unless every step of the auditor's own confinement holds.",
      discussion: """
        Before it looks, plumbline drops its capabilities, closes itself to new ones, and lets seccomp and Landlock refuse whatever \
        an audit does not need. What a kernel can't give is said in the report ('auditor.confinement'); with this option it is fatal.
        """))
  var requireConfinement = false

  @Flag(
    help: ArgumentHelp(
      "Give nothing up. For finding out what the confinement gets in the way of.", visibility: .hidden))
  var unconfined = false

  func validate() throws {
    if requireConfinement, unconfined {
      throw ValidationError("--require-confinement and --unconfined ask for opposites.")
    }
  }

  /// Gives up everything but what looking at a host takes.
  /// - Parameter place: Where a file will be put in place at the end.
  /// - Returns: nil where the user asked for none.
  /// - Throws: `Failure` where a step is missing and must not be.
  func enter(for place: Output.Place?) throws -> ConfinedProcess? {
    guard !unconfined else { return nil }
    let calls: CallList
    do {
      calls = try CallList(parsing: embeddedCallList())
    } catch {
      throw Failure("confinement/syscalls.txt: \(error)")
    }
    let process = ConfinedProcess.enter(
      keeping: Privilege.looking + (place?.isForeign == true ? [.replaceOutput] : []), allowing: calls,
      writes: place != nil)
    try require(process.record())
    return process
  }

  /// - Throws: `Failure` where a step is missing and must not be.
  func require(_ record: ConfinementRecord) throws {
    guard requireConfinement else { return }
    let missing = record.steps.filter { $0.state == .missing }
    guard missing.isEmpty else {
      let list = missing.map { "\($0.step.rawValue): \($0.detail)" }.joined(separator: "; ")
      throw Failure("--require-confinement: \(list); nothing was looked at")
    }
  }
}
