/// What was not taken, the latest first.
package struct RefusalsAnswer: Answer {
  package let refused: [Refused]

  package init(refused: [Refused]) { self.refused = refused }

  package var table: Table {
    Table(
      [.init("AT"), .init("FROM"), .init("BYTES", isNumber: true), .init("REASON")],
      refused.map { [Moment.text($0.at), $0.from, "\($0.size)", $0.reason] },
      notes: refused.isEmpty ? ["Nothing was refused."] : [])
  }
}
