import Logging
import Synchronization

/// A file that the user named, and how its content is had: the server itself opens nothing.
package struct NamedFile: Sendable {
  /// The option that named it, and its path, as messages speak of it.
  package let label: String
  private let read: @Sendable () throws -> [UInt8]

  package init(_ option: String, _ path: String, read: @escaping @Sendable () throws -> [UInt8]) {
    label = "\(option) \(path)"
    self.read = read
  }

  /// - Throws: `NamedFileProblem`.
  func content() throws(NamedFileProblem) -> [UInt8] {
    do { return try read() } catch { throw NamedFileProblem("\(label): \(error)") }
  }
}

/// What is wrong with a file that was named.
package struct NamedFileProblem: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// What is made of files, and made anew when their content changes: certificates are renewed, tokens rotate, nodes come.
///
/// A content that can't be understood changes nothing but the log: what was in force stays so.
final class Live<Value: Sendable>: Sendable {
  private struct State {
    var value: Value
    var content: [[UInt8]]
    /// What was complained of last, so that it is said once.
    var complaint: String?
  }

  private let files: [NamedFile]
  private let make: @Sendable ([[UInt8]]) throws -> Value
  private let state: Mutex<State>

  /// - Throws: `NamedFileProblem`, for what `make` throws too: at the start nothing is in force that could stay.
  init(_ files: [NamedFile], _ make: @escaping @Sendable ([[UInt8]]) throws -> Value) throws {
    self.files = files
    self.make = make
    let content = try files.map { try $0.content() }
    let value: Value
    do {
      value = try make(content)
    } catch let problem as NamedFileProblem {
      throw problem
    } catch {
      throw NamedFileProblem("\(files.map(\.label).joined(separator: ", ")): \(error)")
    }
    state = Mutex(State(value: value, content: content, complaint: nil))
  }

  var value: Value { state.withLock { $0.value } }

  /// Looks at the files again.
  func refresh(_ log: Logger) {
    let names = files.map(\.label).joined(separator: ", ")
    do {
      let content = try files.map { try $0.content() }
      guard state.withLock({ $0.content != content || $0.complaint != nil }) else { return }
      let value = try make(content)
      let isNew = state.withLock { state in
        let isNew = state.content != content
        state = State(value: value, content: content, complaint: nil)
        return isNew
      }
      if isNew { log.notice("read anew", metadata: ["files": "\(names)"]) }
    } catch {
      let complaint = "\(error)"
      let isNew = state.withLock { state in
        defer { state.complaint = complaint }
        return state.complaint != complaint
      }
      if isNew {
        log.error(
          "can't be read anew; what was in force stays so",
          metadata: ["files": "\(names)", "reason": "\(complaint)"])
      }
    }
  }
}
