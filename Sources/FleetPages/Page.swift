/// One page as a server gives it out: a status, a media type and a text, without a network.
package struct Page: Sendable {
  /// HTTP's status code (RFC 9110, 15).
  package let status: Int
  /// The media type, with its character set.
  package let type: String
  package let body: String
  /// Its address names its content, so that whoever has it need not ask again.
  package let isImmutable: Bool

  package init(
    status: Int = 200, type: String = "text/html; charset=utf-8", body: String, isImmutable: Bool = false
  ) {
    self.status = status
    self.type = type
    self.body = body
    self.isImmutable = isImmutable
  }
}
