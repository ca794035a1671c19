/// Where a ClickHouse server answers, and which of its databases is the fleet's.
package struct Address: Hashable, Sendable {
  package let host: String
  /// The port of its HTTP interface.
  package let port: Int
  package let database: String

  package init(host: String, port: Int, database: String) {
    self.host = host
    self.port = port
    self.database = database
  }
}
