import FleetPages
import Foundation
import Testing

/// The stylesheet's own colours, held against WCAG 2.2, 1.4.3 and 1.4.11.
@Suite struct ContrastTests {
  /// `--name:#hex` of the light scheme, or of the dark one.
  private func colours(dark: Bool) async throws -> [String: String] {
    try await withEmptyFleet { asked in
      let style = try await asked.page("/style.css").body
      let blocks = style.matches(of: /:root\{([^}]*)\}/)
      #expect(blocks.count == 2)
      return Dictionary(
        blocks[dark ? 1 : 0].1.matches(of: /--([a-z0-9]+):(#[0-9a-f]+)/).map { (String($0.1), String($0.2)) },
        uniquingKeysWith: { first, _ in first })
    }
  }

  private func luminance(_ colour: String) -> Double {
    var digits = String(colour.dropFirst())
    if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
    let value = Int(digits, radix: 16) ?? 0
    func linear(_ byte: Int) -> Double {
      let share = Double(byte) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(value >> 16) + 0.7152 * linear(value >> 8 & 255) + 0.0722 * linear(value & 255)
  }

  private func contrast(_ one: String, _ other: String) -> Double {
    let pair = [luminance(one), luminance(other)].sorted()
    return (pair[1] + 0.05) / (pair[0] + 0.05)
  }

  @Test func `The measure itself is WCAG's`() {
    #expect(abs(contrast("#fff", "#000") - 21) < 0.001)
    #expect(abs(contrast("#777777", "#ffffff") - 4.48) < 0.01)
  }

  @Test(arguments: [false, true]) func `Text is read on every ground it stands on`(_ dark: Bool) async throws
  {
    let colours = try await colours(dark: dark)
    func expect(_ text: String, on ground: String, atLeast least: Double) throws {
      let ratio = contrast(try #require(colours[text]), try #require(colours[ground]))
      #expect(ratio >= least, "\(text) on \(ground): \(ratio)")
    }
    for text in ["fore", "faint", "good", "bad", "warn", "info"] {
      for ground in ["back", "panel"] { try expect(text, on: ground, atLeast: 4.5) }
    }
    for step in 0...5 { try expect("on\(step)", on: "heat\(step)", atLeast: 4.5) }
    // The focus' outline and a form's edges are no text.
    for edge in ["info", "faint"] { try expect(edge, on: "back", atLeast: 3) }
  }
}
