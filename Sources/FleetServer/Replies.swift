import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A small JSON object of texts, as an answer.
func reply(_ status: HTTPResponse.Status, _ fields: [String: String], headers: HTTPFields = [:]) -> Response {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  // Texts can be encoded, whatever is in them.
  let bytes = (try? encoder.encode(fields)) ?? Data()
  return answer(status, type: "application/json", [UInt8](bytes) + [0x0a], headers: headers)
}

/// An answer that nobody keeps, unless the headers say otherwise.
func answer(
  _ status: HTTPResponse.Status, type: String, _ bytes: [UInt8], headers: HTTPFields = [:]
) -> Response {
  var headers = headers
  headers[.contentType] = type
  headers[.xContentTypeOptions] = "nosniff"
  if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
  return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
}

/// Tells the sender to come again, each a little apart from the others.
/// - Parameter chance: 0 up to 1.
func later(_ status: HTTPResponse.Status, _ reason: String, seconds: Int, chance: Double) -> Response {
  let wait = seconds + Int(chance * Double(seconds * 2))
  return reply(status, ["error": reason], headers: [.retryAfter: "\(max(1, wait))"])
}
