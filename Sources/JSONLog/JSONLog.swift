import FoundationEssentials
import Glibc
package import Logging

/// Log lines on standard error, a JSON object each: time, level, message, and the metadata as members beside them.
package struct JSONLog: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  package var logLevel: Logger.Level

  package init(level: Logger.Level) { logLevel = level }

  /// A logger that writes such lines.
  package static func logger(_ label: String, level: Logger.Level) -> Logger {
    Logger(label: label) { _ in JSONLog(level: level) }
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let more = (metadataProvider?.get() ?? [:]).merging(event.metadata ?? [:]) { $1 }
    var fields = metadata.merging(more) { $1 }.mapValues(Value.init)
    if let error = event.error { fields["error"] = .text(String(describing: error)) }
    fields["level"] = .text(event.level.rawValue)
    fields["message"] = .text(event.message.description)
    fields["time"] = .text(Self.now())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var line = try? encoder.encode(fields) else { return }
    line.append(UInt8(ascii: "\n"))
    // One write a line, so that two writers' lines don't mix; pipe(7), PIPE_BUF.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// RFC 3339 in UTC with milliseconds.
  private static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    func digits(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { digits($0, 2) }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }
    return
      "\(date.joined(separator: "-"))T\(clock.joined(separator: ":")).\(digits(time.tv_nsec / 1_000_000, 3))Z"
  }
}

extension JSONLog {
  /// Metadata as JSON.
  private enum Value: Encodable {
    case text(String)
    case list([Value])
    case object([String: Value])

    init(_ value: Logger.Metadata.Value) {
      switch value {
      case .string(let text): self = .text(text)
      case .stringConvertible(let it): self = .text(it.description)
      case .array(let list): self = .list(list.map(Value.init))
      case .dictionary(let object): self = .object(object.mapValues(Value.init))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .list(let list): try container.encode(list)
      case .object(let object): try container.encode(object)
      }
    }
  }
}
