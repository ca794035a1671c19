import Fleet

/// By what documents are taken and nodes are expected, as the files say now.
struct Rules: Sendable {
  let intake: Intake
  let inventory: Inventory

  static func live(_ settings: ServerSettings) throws -> Live<Rules> {
    let files = [settings.trust, settings.inventory].compactMap(\.self)
    let hasTrust = settings.trust != nil
    let hasInventory = settings.inventory != nil
    let keptDays = settings.retention.history
    return try Live(files) { contents in
      let trust = hasTrust ? try named(files[0]) { try Trust(contents[0]) } : nil
      let inventory =
        hasInventory
        ? try named(files[files.count - 1]) { try Inventory(contents[contents.count - 1]) }
        : .none
      return Rules(
        intake: Intake(trust: trust, inventory: inventory, keptDays: keptDays), inventory: inventory)
    }
  }

  private static func named<Value>(_ file: NamedFile, _ make: () throws -> Value) throws
    -> Value
  {
    do {
      return try make()
    } catch {
      throw NamedFileProblem("\(file.label): \(error)")
    }
  }
}
