import ArgumentParser

@main
struct Plumbline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plumbline", abstract: "Audits how well a host is hardened, and shows what every verdict rests on.")
}
