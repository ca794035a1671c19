/// A pattern of paths as AppArmor has it, apparmor.d(5): `*`, `**`, `?`, `[]`, `{a,b}` and `\`.
///
/// It is made into steps and walked with all places at once that it can have got to, so that a pattern takes at most its own length
/// times the path's, whatever is nested in it.
struct AppArmorGlob {
  /// The longest pattern that is looked at, in bytes.
  private static let longest = 4096

  private enum Step {
    case one(ByteSet)
    /// Goes on at any of these, without a byte.
    case either([Int])
    case end
  }

  private let steps: [Step]

  /// - Returns: nil where it is not such a pattern, does not begin with a slash, is too long, or has variables, which only the parser
  ///   knows.
  init?(_ pattern: String) {
    guard pattern.utf8.first == UInt8(ascii: "/"), pattern.utf8.count <= Self.longest, !pattern.contains("@{")
    else { return nil }
    var compiler = Compiler(Array(pattern.utf8))
    guard compiler.run() else { return nil }
    steps = compiler.steps + [.end]
  }

  /// Whether a whole path is of the pattern.
  func matches(_ path: String) -> Bool {
    var marks = [Int](repeating: -1, count: steps.count)
    var places: [Int] = []
    add(0, to: &places, &marks, round: 0)
    for (index, byte) in path.utf8.enumerated() {
      var next: [Int] = []
      for place in places {
        if case .one(let bytes) = steps[place], bytes.contains(byte) {
          add(place + 1, to: &next, &marks, round: index + 1)
        }
      }
      if next.isEmpty { return false }
      places = next
    }
    return places.contains { if case .end = steps[$0] { true } else { false } }
  }

  /// Adds a place and all that it leads to without a byte, each once a round.
  private func add(_ place: Int, to places: inout [Int], _ marks: inout [Int], round: Int) {
    var pending = [place]
    while let place = pending.popLast() {
      guard marks[place] < round else { continue }
      marks[place] = round
      if case .either(let others) = steps[place] { pending += others } else { places.append(place) }
    }
  }

  /// Makes the steps. A group is left open on a stack, not by a call: nesting is bounded by the length alone.
  private struct Compiler {
    private(set) var steps: [Step] = []
    private let pattern: [UInt8]
    private var at = 0
    private var groups: [(start: Int, branches: [Int], ends: [Int])] = []

    init(_ pattern: [UInt8]) { self.pattern = pattern }

    mutating func run() -> Bool {
      while at < pattern.count {
        switch pattern[at] {
        case UInt8(ascii: "\\"):
          guard at + 1 < pattern.count else { return false }
          steps.append(.one(ByteSet(pattern[at + 1])))
          at += 2
        case UInt8(ascii: "*"): addStar()
        case UInt8(ascii: "?"):
          steps.append(.one(.inName))
          at += 1
        case UInt8(ascii: "["):
          guard addClass() else { return false }
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","):
          guard addToGroup() else { return false }
        default:
          steps.append(.one(ByteSet(pattern[at])))
          at += 1
        }
      }
      return groups.isEmpty
    }

    /// Where it is all of a path's component it is not empty: `/a/*` is not `/a/`.
    private mutating func addStar() {
      let end = pattern[at...].firstIndex { $0 != UInt8(ascii: "*") } ?? pattern.count
      let isWhole =
        at > 0 && pattern[at - 1] == UInt8(ascii: "/")
        && (end == pattern.count || pattern[end] == UInt8(ascii: "/"))
      if isWhole { steps.append(.one(.inName)) }
      let loop = steps.count
      steps.append(.either([loop + 1, loop + 3]))
      steps.append(.one(end - at > 1 ? .all : .inName))
      steps.append(.either([loop]))
      at = end
    }

    private mutating func addToGroup() -> Bool {
      defer { at += 1 }
      if pattern[at] == UInt8(ascii: "{") {
        groups.append((steps.count, [steps.count + 1], []))
        steps.append(.either([]))
        return true
      }
      guard var group = groups.popLast() else {
        // A comma outside of groups is itself.
        if pattern[at] == UInt8(ascii: ",") { steps.append(.one(ByteSet(pattern[at]))) }
        return pattern[at] == UInt8(ascii: ",")
      }
      if pattern[at] == UInt8(ascii: ",") {
        group.ends.append(steps.count)
        steps.append(.either([]))
        group.branches.append(steps.count)
        groups.append(group)
      } else {
        steps[group.start] = .either(group.branches)
        for end in group.ends { steps[end] = .either([steps.count]) }
      }
      return true
    }

    private mutating func addClass() -> Bool {
      guard let end = pattern[at...].firstIndex(of: UInt8(ascii: "]")) else { return false }
      var inside = Array(pattern[(at + 1)..<end])
      let isNegated = inside.first == UInt8(ascii: "^")
      if isNegated { inside.removeFirst() }
      var bytes = ByteSet()
      var index = 0
      while index < inside.count {
        if index + 2 < inside.count, inside[index + 1] == UInt8(ascii: "-") {
          guard inside[index] <= inside[index + 2] else { return false }
          for byte in inside[index]...inside[index + 2] { bytes.insert(byte) }
          index += 3
        } else {
          bytes.insert(inside[index])
          index += 1
        }
      }
      steps.append(.one(isNegated ? bytes.inverted : bytes))
      at = end + 1
      return true
    }
  }
}

/// Some of the 256 bytes.
private struct ByteSet {
  private var words: SIMD4<UInt64> = .zero

  /// What a path's component is made of.
  static let inName = ByteSet(UInt8(ascii: "/")).inverted
  static let all = ByteSet().inverted

  init() {}

  init(_ byte: UInt8) { insert(byte) }

  var inverted: ByteSet {
    var other = self
    other.words = ~words
    return other
  }

  mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }
}
