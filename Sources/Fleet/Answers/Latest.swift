import Reports

/// What the nodes say now: their latest reports and the questions that they answer.
package struct Latest: Sendable {
  /// A node's reports are next to each other.
  package let current: [Current]
  package let layouts: [String: Layout]
  /// The nodes once more, those together that can be compared. Several answers rest on their counts, and these cost more than all else.
  let peers: [Peers]
  let waivers: [WaiverUses]
  let nodes: Int
  /// When the latest report was taken, in seconds since 1970; nil where there is none.
  let lastReport: Int64?

  package init(_ store: any Store) async throws(StoreProblem) {
    self.init(try await store.current(benchmark: nil), layouts: try await store.layouts())
  }

  /// - Parameter current: A node's reports next to each other.
  package init(_ current: [Current], layouts: [String: Layout]) {
    self.current = current
    self.layouts = layouts
    peers = Peers.all(current, layouts)
    waivers = WaiverUses.all(current)
    var lastReport: Int64?
    var nodes = 0
    for place in current.indices {
      lastReport = max(lastReport ?? .min, current[place].standing.receivedAt)
      if place == 0 || current[place].standing.host != current[place - 1].standing.host { nodes += 1 }
    }
    self.lastReport = lastReport
    self.nodes = nodes
  }
}

/// The nodes of a pool that one benchmark asked the same.
struct Peers: Sendable {
  let benchmark: String
  let pool: String
  let layout: Layout
  /// Where they are among the latest reports.
  let places: [Int]
  let counts: AnswerCounts

  fileprivate static func all(_ current: [Current], _ layouts: [String: Layout]) -> [Peers] {
    struct Key: Hashable { let benchmark: String, pool: String, layout: String }
    let groups = Dictionary(grouping: current.indices) { place in
      let standing = current[place].standing
      return Key(benchmark: standing.benchmark, pool: standing.pool, layout: standing.layout)
    }
    return groups.compactMap { key, places in
      layouts[key.layout].map { layout in
        Peers(
          benchmark: key.benchmark, pool: key.pool, layout: layout, places: places,
          counts: AnswerCounts(
            places.lazy.map { current[$0].standing.statuses }, entries: layout.entries.count))
      }
    }
  }
}

/// How often each answer was given to each entry of a layout.
struct AnswerCounts: Sendable {
  private static let words = Status.allCases.count
  private static let indices = (0...255).map { Status(letter: UInt8($0))?.index ?? 0 }
  private let counts: [Int]

  init(_ answers: some Sequence<[UInt8]>, entries: Int) {
    var counts = [Int](repeating: 0, count: entries * Self.words)
    let indices = Self.indices
    for letters in answers {
      for place in 0..<min(entries, letters.count) {
        counts[place * Self.words + indices[Int(letters[place])]] += 1
      }
    }
    self.counts = counts
  }

  subscript(place: Int, status: Status) -> Int { counts[place * Self.words + status.index] }

  /// How many gave the answer of each letter.
  subscript(place: Int, letter: UInt8) -> Int { counts[place * Self.words + Self.indices[Int(letter)]] }

  /// The answer that most gave, and how many did.
  func usual(_ place: Int) -> (status: Status, nodes: Int) {
    var most = 0
    for word in 1..<Self.words where counts[place * Self.words + word] > counts[place * Self.words + most] {
      most = word
    }
    return (Status.allCases[most], counts[place * Self.words + most])
  }
}

/// The latest reports, read again when they are older than a few seconds: a page has several parts, and a screen in an office
/// asks again and again. Whoever waits for them waits for the same reading; who comes while the last one is hardly older waits for none.
package actor LatestCache {
  private let store: any Store
  private let lifetime: Duration
  private let clock: @Sendable () -> Duration
  private var reading: (task: Task<Latest, any Error>, at: Duration)?
  private var next: Task<Void, Never>?

  /// - Parameters:
  ///   - lifetime: So old they may be; and twice as old where newer ones are being read.
  ///   - clock: Some time that only goes forward.
  package init(_ store: any Store, lifetime: Duration, clock: @escaping @Sendable () -> Duration) {
    self.store = store
    self.lifetime = lifetime
    self.clock = clock
  }

  package func latest() async throws -> Latest {
    let now = clock()
    if let reading, now - reading.at < lifetime * 2 {
      if now - reading.at >= lifetime { readAhead(now) }
      do { return try await reading.task.value } catch { self.reading = nil }
    }
    let task = Task { [store] in try await Latest(store) }
    reading = (task, now)
    return try await task.value
  }

  /// Reads while the last ones still serve. Where that fails they serve to their end, and who asks then is told.
  private func readAhead(_ now: Duration) {
    guard next == nil else { return }
    let task = Task { [store] in try await Latest(store) }
    next = Task {
      let isRead = (try? await task.value) != nil
      take(task, readAt: isRead ? now : nil)
    }
  }

  private func take(_ task: Task<Latest, any Error>, readAt: Duration?) {
    next = nil
    if let readAt, readAt > reading?.at ?? .zero { reading = (task, readAt) }
  }
}

/// Of when an answer is.
package struct AnswerMoment: Hashable, Sendable {
  /// When it was asked for, in seconds since 1970.
  package let now: Int64
  /// When the latest report that it rests on was taken; nil where there is none.
  package let lastReport: Int64?
  package let nodes: Int

  init(_ latest: Latest, now: Int64) {
    self.now = now
    lastReport = latest.lastReport
    nodes = latest.nodes
  }
}
