package import Fleet

/// Writes reports as they come, many at once: while one batch is being synced to the disk the next one gathers, so that a commit's
/// cost is shared by all who wait for it. Its queue is bounded: who comes when it is full is told to come again.
package actor Registrar {
  /// The queue is full.
  package struct Busy: Error {}

  private struct Waiting {
    let incoming: Incoming
    let continuation: CheckedContinuation<Addition, any Error>
  }

  private let store: any Store
  private let longestQueue: Int
  private let largestBatch: Int
  private var queue: [Waiting] = []
  private var isWriting = false

  /// Reports that wait to be written.
  package var waiting: Int { queue.count }

  package init(_ store: any Store, longestQueue: Int, largestBatch: Int) {
    self.store = store
    self.longestQueue = longestQueue
    self.largestBatch = largestBatch
  }

  /// - Returns: What became of the report, when that is durable.
  /// - Throws: `Busy`, or `StoreProblem`: then it is not stored.
  package func add(_ incoming: Incoming) async throws -> Addition {
    guard queue.count < longestQueue else { throw Busy() }
    return try await withCheckedThrowingContinuation { continuation in
      queue.append(Waiting(incoming: incoming, continuation: continuation))
      guard !isWriting else { return }
      isWriting = true
      Task { await self.write() }
    }
  }

  private func write() async {
    while !queue.isEmpty {
      let batch = Array(queue.prefix(largestBatch))
      queue.removeFirst(batch.count)
      do {
        for (waiting, addition) in zip(batch, try await store.add(batch.map(\.incoming))) {
          waiting.continuation.resume(returning: addition)
        }
      } catch {
        for waiting in batch { waiting.continuation.resume(throwing: error) }
      }
    }
    isWriting = false
  }
}
