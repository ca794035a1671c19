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

  private let write: @Sendable ([Incoming]) async throws(StoreProblem) -> [Addition]
  private let longestQueue: Int
  private let largestBatch: Int
  private var queue: [Waiting] = []
  /// Reports that are being written now.
  private(set) var writing = 0

  /// Reports that wait to be written.
  package var waiting: Int { queue.count }

  /// - Parameter write: Keeps reports, each whole or not at all; see `Store.add`.
  package init(
    longestQueue: Int, largestBatch: Int,
    write: @escaping @Sendable ([Incoming]) async throws(StoreProblem) -> [Addition]
  ) {
    self.write = write
    self.longestQueue = longestQueue
    self.largestBatch = largestBatch
  }

  /// - Returns: What became of the report, when that is durable.
  /// - Throws: `Busy`, or `StoreProblem`: then it is not stored.
  package func add(_ incoming: Incoming) async throws -> Addition {
    guard queue.count < longestQueue else { throw Busy() }
    return try await withCheckedThrowingContinuation { continuation in
      queue.append(Waiting(incoming: incoming, continuation: continuation))
      guard writing == 0 else { return }
      writing = 1
      Task { await self.writeAll() }
    }
  }

  private func writeAll() async {
    while !queue.isEmpty {
      let batch = Array(queue.prefix(largestBatch))
      queue.removeFirst(batch.count)
      writing = batch.count
      do {
        for (waiting, addition) in zip(batch, try await write(batch.map(\.incoming))) {
          waiting.continuation.resume(returning: addition)
        }
      } catch {
        for waiting in batch { waiting.continuation.resume(throwing: error) }
      }
    }
    writing = 0
  }
}
