/// A parameter that is none of a page's, or has a value that it can't have.
struct BadParameter: Error {
  let text: String
}

/// A page's parameters, each taken once and by name; what is left over is wrong.
struct Parameters {
  private var given: [String: String] = [:]
  private var known: [String] = []

  init(_ query: [(name: String, value: String)]) throws(BadParameter) {
    for (name, value) in query {
      guard given.updateValue(value, forKey: name) == nil else {
        throw BadParameter(text: "The parameter '\(name)' is given twice.")
      }
    }
  }

  /// - Returns: nil where it is not given, or empty, as a form sends what nobody filled in.
  mutating func text(_ name: String) throws(BadParameter) -> String? {
    known.append(name)
    guard let value = given.removeValue(forKey: name), !value.isEmpty else { return nil }
    guard value.utf8.count <= 512 else {
      throw BadParameter(text: "The parameter '\(name)' is longer than the 512 bytes that are looked at.")
    }
    return value
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws(BadParameter)
    -> Choice?
  where Choice.RawValue == String {
    guard let value = try text(name) else { return nil }
    guard let choice = Choice(rawValue: value) else {
      let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw BadParameter(text: "The parameter '\(name)' is one of: \(allowed).")
    }
    return choice
  }

  mutating func number(_ name: String, in range: ClosedRange<Int>) throws(BadParameter) -> Int? {
    guard let value = try text(name) else { return nil }
    guard let number = Int(value), range.contains(number) else {
      throw BadParameter(
        text: "The parameter '\(name)' is a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// The page of a list, from 1.
  mutating func page() throws(BadParameter) -> Int { try number("page", in: 1...1_000_000) ?? 1 }

  /// - Throws: `BadParameter` where something was given that was not asked for.
  func end() throws(BadParameter) {
    guard let name = given.keys.sorted().first else { return }
    throw BadParameter(
      text: known.isEmpty
        ? "There is no parameter '\(name)': this page has none."
        : "There is no parameter '\(name)' here: there are \(known.joined(separator: ", ")).")
  }
}
