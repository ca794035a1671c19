import Fleet
import Logging
import ServiceLifecycle

/// Drops what is older than is kept, once an hour, and looks every few seconds whether a named file has changed.
struct Housekeeping: Service {
  private static let refreshSeconds = 5
  private static let expirySeconds: Int64 = 3_600

  private let store: any Store
  private let retention: Retention
  private let surroundings: Surroundings
  private let refreshed: [@Sendable (Logger) -> Void]
  private let log: Logger

  init(
    _ store: any Store, _ retention: Retention, _ surroundings: Surroundings,
    _ refreshed: [@Sendable (Logger) -> Void], _ log: Logger
  ) {
    self.store = store
    self.retention = retention
    self.surroundings = surroundings
    self.refreshed = refreshed
    self.log = log
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var nextExpiry = surroundings.now()
      while !Task.isCancelled {
        if surroundings.now() >= nextExpiry {
          await expire()
          nextExpiry = surroundings.now() + Self.expirySeconds
        }
        try? await Task.sleep(for: .seconds(Self.refreshSeconds))
        for refresh in refreshed { refresh(log) }
      }
    }
  }

  private func expire() async {
    do {
      try await store.expire(retention, now: surroundings.now())
    } catch {
      log.error("what is too old could not be dropped", metadata: ["reason": "\(error)"])
    }
  }
}
