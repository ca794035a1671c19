import Foundation

/// The same done to many things by as many threads as there are processors, the answers in the things' order.
/// - Throws: What the body throws.
func inParallel<Item: Sendable, Answer: Sendable>(
  _ items: [Item], _ body: @escaping @Sendable (Item) throws -> Answer
) async throws -> [Answer] {
  let workers = max(1, min(items.count, ProcessInfo.processInfo.activeProcessorCount))
  return try await withThrowingTaskGroup(of: [(Int, Answer)].self) { group in
    for worker in 0..<workers {
      group.addTask {
        try stride(from: worker, to: items.count, by: workers).map { ($0, try body(items[$0])) }
      }
    }
    var answers = [Answer?](repeating: nil, count: items.count)
    for try await part in group {
      for (place, answer) in part { answers[place] = answer }
    }
    return answers.compactMap(\.self)
  }
}
