import Fleet
import Foundation
import Logging
import Reports
import Synchronization
import Testing

@testable import FleetServer

/// The server's parts that need no network.
@Suite struct PartsTests {
  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A value that several tasks change.
  private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    var now: Value { value.withLock { $0 } }

    @discardableResult
    func change(_ body: @Sendable (inout Value) -> Void) -> Value {
      value.withLock {
        body(&$0)
        return $0
      }
    }
  }

  @Test func `A gate lets in so many, and the next as one leaves`() async throws {
    let gate = Gate(places: 2)
    let inside = Shared(0)
    let most = Shared(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          await gate.wait {
            let now = inside.change { $0 += 1 }
            most.change { $0 = max($0, now) }
            await Task.yield()
            inside.change { $0 -= 1 }
          }
        }
      }
    }
    #expect(most.now <= 2)
    let nested = await gate.enter {
      await gate.enter { await gate.enter { true } }
    }
    #expect(nested == .some(.some(.none)), "the third is turned away at once")
    #expect(await gate.enter { true } == true, "places are given back")
  }

  @Test func `A file that was changed for the worse changes nothing`() throws {
    let content = Shared("1")
    let file = NamedFile("--number", "file") { Array(content.now.utf8) }
    struct NoNumber: Error {}
    let live = try Live([file]) { (contents: [[UInt8]]) throws -> Int in
      guard let number = Int(String(decoding: contents[0], as: UTF8.self)) else { throw NoNumber() }
      return number
    }
    #expect(live.value == 1)
    content.change { $0 = "none" }
    live.refresh(quiet)
    #expect(live.value == 1)
    content.change { $0 = "2" }
    live.refresh(quiet)
    #expect(live.value == 2)
  }

  /// A store that writes only when it is let.
  private actor Door {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }

  @Test func `Whoever comes when the queue is full is told so, and whoever waits is served`() async throws {
    let door = Door()
    let registrar = Registrar(longestQueue: 3, largestBatch: 2) { reports in
      await door.pass()
      return reports.map { _ in .stored }
    }
    let report = try taken(nodeReport("a", hour: 1, [.pass]))
    // One batch is being written, three wait.
    let first = Task { try await registrar.add(report) }
    while await registrar.writing == 0 { await Task.yield() }
    let others = (0..<3).map { _ in Task { try await registrar.add(report) } }
    while await registrar.waiting < 3 { await Task.yield() }
    await #expect(throws: Registrar.Busy.self) { try await registrar.add(report) }
    await door.open()
    for task in [first] + others { #expect(try await task.value == .stored) }
    #expect(await registrar.waiting == 0)
  }

  @Test func `A batch that could not be written fails for all who wait for it, and the next is tried`()
    async throws
  {
    let attempts = Shared(0)
    let registrar = Registrar(longestQueue: 3, largestBatch: 2) { reports throws(StoreProblem) in
      if attempts.change({ $0 += 1 }) == 1 { throw StoreProblem("the disk is full", isTemporary: true) }
      return reports.map { _ in .stored }
    }
    let report = try taken(nodeReport("a", hour: 1, [.pass]))
    await #expect(throws: StoreProblem.self) { try await registrar.add(report) }
    #expect(try await registrar.add(report) == .stored)
  }
}
