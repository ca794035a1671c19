import Synchronization

/// What the server did since it began; what it knows of the fleet is in the store.
final class Counters: Sendable {
  enum Outcome: String, CaseIterable {
    case stored, known, snapshot, refused, busy, unavailable, unauthorized, abandoned
  }

  private let counts = Mutex<[Outcome: Int]>([:])

  func count(_ outcome: Outcome) { counts.withLock { $0[outcome, default: 0] += 1 } }

  /// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
  func text(waiting: Int) -> String {
    let counts = counts.withLock { $0 }
    let series = Outcome.allCases.map {
      "plumbline_fleet_documents_total{outcome=\"\($0.rawValue)\"} \(counts[$0] ?? 0)\n"
    }
    return """
      # HELP plumbline_fleet_documents_total Documents that were sent, by what became of them.
      # TYPE plumbline_fleet_documents_total counter
      \(series.joined())# HELP plumbline_fleet_queue_reports Reports that wait to be written.
      # TYPE plumbline_fleet_queue_reports gauge
      plumbline_fleet_queue_reports \(waiting)

      """
  }
}
