import Facts
import Host
import SystemPackage
import TOML
import YAML

/// Reads a runtime's files and lists its directories, in the runtime's own terms.
struct RuntimeFiles {
  let paths: PathSpace

  /// More files than any configuration has.
  static let mostFiles = 256

  /// A directory's names in their order; none where it is not there.
  func names(in directory: FilePath, _ host: borrowing HostView) -> Result<[String], HostError> {
    switch paths.names(in: directory, of: host) {
    case .success(let names): .success(names.map(\.string))
    case .failure(let error): error.reason == .absent ? .success([]) : .failure(error)
    }
  }

  func toml(_ path: FilePath, _ host: borrowing HostView) -> Result<Node, PlaceFailure> {
    let place = paths.place(path)
    switch paths.bytes(path, of: host) {
    case .failure(let error): return .failure(PlaceFailure(error, .file(place)))
    case .success(let bytes):
      do throws(TOMLError) {
        return .success(try parseTOML(bytes))
      } catch {
        return .failure(PlaceFailure(.malformed, error.description, .file(place, line: error.line)))
      }
    }
  }

  func json(_ path: FilePath, _ host: borrowing HostView) -> Result<Node, PlaceFailure> {
    let place = paths.place(path)
    switch paths.bytes(path, of: host) {
    case .failure(let error): return .failure(PlaceFailure(error, .file(place)))
    case .success(let bytes):
      do throws(YAMLError) {
        return .success(try parseYAML(bytes))
      } catch {
        return .failure(PlaceFailure(.malformed, error.description, .file(place, line: error.line)))
      }
    }
  }

  func exists(_ path: FilePath, _ host: borrowing HostView) -> Bool {
    if case .failure(let error) = paths.status(path, of: host), error.reason == .absent { return false }
    return true
  }

  /// The files that a pattern of Go's path/filepath names, sorted: `*` and `?` in its components; sets in brackets are refused.
  func matches(_ pattern: FilePath, _ host: borrowing HostView) -> Result<[FilePath], PlaceFailure> {
    var found: [FilePath] = ["/"]
    for component in pattern.components {
      let text = component.string
      if text.contains("[") || text.contains("\\") {
        return .failure(
          PlaceFailure(.unsupported, "a pattern with a set of characters", .file(paths.place(pattern))))
      }
      guard text.contains("*") || text.contains("?") else {
        found = found.map { $0.appending(component) }
        continue
      }
      var next: [FilePath] = []
      for directory in found {
        switch paths.names(in: directory, of: host) {
        case .failure(let error):
          switch error.reason {
          case .absent, .wrongType: continue
          case .denied, .tooLarge, .escapes, .vanished, .outOfTime, .spent, .io:
            return .failure(PlaceFailure(error, .file(error.place)))
          }
        case .success(let names):
          next += names.filter { glob(Array(text.utf8), Array($0.string.utf8)) }.map {
            directory.appending($0)
          }
        }
        guard next.count <= Self.mostFiles else {
          return .failure(
            PlaceFailure(.tooLarge, "more than \(Self.mostFiles) files", .file(paths.place(pattern))))
        }
      }
      found = next
    }
    return .success(found.filter { exists($0, host) })
  }
}

/// Whether a name fits a pattern of `*` and `?`, in time that grows with the product of their lengths and no faster.
func glob(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
  var p = 0
  var n = 0
  var star: (pattern: Int, name: Int)?
  while n < name.count {
    if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
      star = (p, n)
      p += 1
    } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
      p += 1
      n += 1
    } else if let last = star {
      star = (last.pattern, last.name + 1)
      p = last.pattern + 1
      n = last.name + 1
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
}
