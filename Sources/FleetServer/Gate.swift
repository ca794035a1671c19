/// So many at one time, and no more; whoever comes then waits for a place, or is told that there is none.
actor Gate {
  private let places: Int
  private var taken = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { self.places = places }

  /// Does the work when there is a place. How many wait is bounded by whoever lets them in.
  func wait<Result: Sendable>(_ work: @Sendable () async throws -> Result) async rethrows -> Result {
    if taken < places {
      taken += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    defer { leave() }
    return try await work()
  }

  /// - Returns: nil, at once, where there is no place.
  func enter<Result: Sendable>(_ work: @Sendable () async throws -> Result) async rethrows -> Result? {
    guard taken < places else { return nil }
    taken += 1
    defer { leave() }
    return try await work()
  }

  private func leave() {
    if waiting.isEmpty {
      taken -= 1
    } else {
      // The place goes on to the first who waits.
      waiting.removeFirst().resume()
    }
  }
}
