import Facts

/// One made-up node.
struct Machine: Sendable {
  let number: Int
  let name: String
  /// As `HostIdentity.id`: 32 hexadecimal digits.
  let id: String
  let pool: Int
  /// Parts of the whole time, 0 to 1: since when it reports, and until when.
  let born: Double
  let gone: Double
  /// When in a round it looks, in seconds.
  let offset: Int64
  /// Its turn in whatever goes round its pool, 0 to 1.
  let place: Double
}

extension Machine {
  /// All of them, by number.
  static func all(_ plan: Plan) -> [Machine] {
    let dice = Dice(seed: plan.seed)
    var machines: [Machine] = []
    machines.reserveCapacity(plan.nodes)
    for (pool, size) in Pool.sizes(of: plan.nodes).enumerated() {
      for index in 0..<size where machines.count < plan.nodes {
        let number = UInt64(machines.count)
        let isControl = Pool.all[pool].roles.contains("control-plane")
        machines.append(
          Machine(
            number: machines.count, name: name(pool, index, dice),
            id: hexadecimal(dice.bits(.hostID, number, 0)) + hexadecimal(dice.bits(.hostID, number, 1)),
            pool: pool, born: isControl ? 0 : born(number, dice),
            gone: isControl ? 1 : gone(number, dice),
            offset: Int64(dice.below(Int(plan.interval), .offset, number)),
            place: (Double(index) + dice.share(.place, number)) / Double(size)))
      }
    }
    return machines
  }

  private static let sites = ["lyon", "porto", "graz", "turku", "cork", "gdansk"]

  private static func name(_ pool: Int, _ index: Int, _ dice: Dice) -> String {
    let prefix = Pool.all[pool].prefix
    let digits = String(index + 1)
    let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return prefix == "edge"
      ? "edge-\(sites[dice.below(sites.count, .name, UInt64(index))])-\(padded)" : "\(prefix)-\(padded)"
  }

  private static func born(_ number: UInt64, _ dice: Dice) -> Double {
    let roll = dice.share(.born, number, 0)
    return roll < 0.06 ? 0.1 + 0.8 * dice.share(.born, number, 1) : 0
  }

  /// Two in a hundred left long ago; one fell silent of late.
  private static func gone(_ number: UInt64, _ dice: Dice) -> Double {
    let roll = dice.share(.gone, number, 0)
    if roll < 0.02 { return 0.3 + 0.4 * dice.share(.gone, number, 1) }
    return roll < 0.03 ? 0.85 + 0.08 * dice.share(.gone, number, 1) : 1
  }

  /// Whether it looks at that part of the whole time.
  func reports(at part: Double) -> Bool { part >= born && part < gone }
}

/// Sixteen digits.
func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
