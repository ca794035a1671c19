/// Chance without a state: what is rolled for the same thing is always the same, in whatever order it is asked, so that reports can be
/// made lazily and by several threads.
struct Dice: Hashable, Sendable {
  /// What is rolled for.
  enum Topic: UInt64 {
    case name, hostID, bootID, run, offset, born, gone, place
    case pass, kind, rate, noise, noiseEntry, decay, decayAt, incomplete, hidden
    case outlier, flip, mend, bad, waiver
  }

  let seed: UInt64

  func bits(_ topic: Topic, _ first: UInt64 = 0, _ second: UInt64 = 0) -> UInt64 {
    Self.mixed(Self.mixed(Self.mixed(seed &+ topic.rawValue &* 0x9e37_79b9_7f4a_7c15) &+ first) ^ second)
  }

  /// 0 up to, but not, 1.
  func share(_ topic: Topic, _ first: UInt64 = 0, _ second: UInt64 = 0) -> Double {
    Double(bits(topic, first, second) >> 11) * 0x1p-53
  }

  /// 0 up to, but not, the limit, which is over 0.
  func below(_ limit: Int, _ topic: Topic, _ first: UInt64 = 0, _ second: UInt64 = 0) -> Int {
    Int(share(topic, first, second) * Double(limit))
  }

  /// The places of a list in a shuffled order.
  func shuffled(_ count: Int, _ topic: Topic, _ first: UInt64 = 0) -> [Int] {
    (0..<count).map { (bits(topic, first, UInt64($0)), $0) }.sorted { $0 < $1 }.map(\.1)
  }

  /// A text's number, FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv): a check keeps its fate when others come and go.
  static func number(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  /// SplitMix64's finalizer (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
