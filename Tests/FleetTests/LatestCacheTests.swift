import Fleet
import FleetSQLite
import Foundation
import Reports
import Synchronization
import TestSupport
import Testing

@Suite struct LatestCacheTests {
  /// A clock that stands until it is told.
  private final class StandingClock: Sendable {
    private let seconds = Mutex(100)
    func move(by more: Int) { seconds.withLock { $0 += more } }
    var time: Duration { .seconds(seconds.withLock { $0 }) }
  }

  private func add(_ name: String, to store: any Store) async throws {
    #expect(try await store.add([taken(nodeReport(name, hour: 1, [.pass, .fail]))]) == [.stored])
  }

  @Test
  func `Who asks again soon gets the same; later newer ones are read, and only who comes very late waits`()
    async throws
  {
    try await StoreKind.file.with { place in
      let store = try await place("fleet")
      let clock = StandingClock()
      let cache = LatestCache(store, lifetime: .seconds(5)) { clock.time }
      try await add("a", to: store)
      #expect(try await cache.latest().current.count == 1)
      try await add("b", to: store)
      clock.move(by: 4)
      #expect(try await cache.latest().current.count == 1)
      // Past its time it still serves, once the next is being read: which is seen when that has come.
      clock.move(by: 2)
      #expect(try await cache.latest().current.count == 1)
      var count = 1
      for _ in 0..<1_000 where count == 1 {
        try await Task.sleep(for: .milliseconds(10))
        count = try await cache.latest().current.count
      }
      #expect(count == 2)
      // Twice as old is too old, whatever is being read.
      try await add("c", to: store)
      clock.move(by: 11)
      #expect(try await cache.latest().current.count == 3)
    }
  }

  @Test func `A store that fails is said to fail, and asked again`() async throws {
    try await StoreKind.file.with { place in
      let store = try await place("fleet")
      let clock = StandingClock()
      let cache = LatestCache(store, lifetime: .seconds(5)) { clock.time }
      try await add("a", to: store)
      #expect(try await cache.latest().current.count == 1)
      await store.close()
      clock.move(by: 6)
      #expect(try await cache.latest().current.count == 1)
      clock.move(by: 6)
      await #expect(throws: (any Error).self) { try await cache.latest() }
    }
  }
}
