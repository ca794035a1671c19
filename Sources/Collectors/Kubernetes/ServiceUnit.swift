import Facts
import Host
import SystemPackage

/// A systemd service as its unit file and drop-ins say, merged as systemd.unit(5) has it.
struct ServiceUnit: Sendable {
  let name: String
  /// The command line's words, variables put in; the first is the executable.
  let words: Result<[Word], PlaceFailure>
  /// What it sets in the environment.
  let variables: [String: Word]
  /// Where the command line stands.
  let place: Source

  /// systemd.unit(5), "Unit File Load Path", strongest first.
  static let directories: [FilePath] = [
    "etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
    "lib/systemd/system",
  ]

  /// Nil where there is no such unit, or it is masked.
  init?(named name: String, of host: borrowing HostView) {
    guard let (main, mainPath) = Self.mainFile(name, host) else { return nil }
    var reader = Reader()
    switch main {
    case .failure(let failure): reader.failure = failure
    case .success(let bytes): reader.add(bytes, Collectors.place(mainPath))
    }
    reader.addDropIns(of: name, host)
    reader.addEnvironmentFiles(host)
    self.name = name
    variables = reader.variables
    place = reader.command?.source ?? .file(Collectors.place(mainPath))
    words = reader.words(place)
  }

  private static func mainFile(_ name: String, _ host: borrowing HostView)
    -> (Result<[UInt8], PlaceFailure>, FilePath)?
  {
    for directory in directories {
      let path = directory.appending(name)
      if let target = Self.link(path, host), target == "/dev/null" { return nil }
      switch PathSpace.host.bytes(path, of: host) {
      case .success(let bytes): return (.success(bytes), path)
      case .failure(let error):
        if error.reason == .absent { continue }
        return (.failure(PlaceFailure(error, .file(error.place))), path)
      }
    }
    return nil
  }

  private static func link(_ path: FilePath, _ host: borrowing HostView) -> FilePath? {
    do throws(HostError) {
      guard try host.root.linkStatus(path).type == .symlink else { return nil }
      return try host.root.linkText(path)
    } catch {
      // Not a link, or not there: reading it says which.
      return nil
    }
  }

  /// Gathers the settings of a unit's files in their order.
  private struct Reader {
    var command: (text: String, source: Source)?
    var environment: [String: Word] = [:]
    var files: [(path: String, isOptional: Bool, source: Source)] = []
    var fileVariables: [String: Word] = [:]
    var failure: PlaceFailure?

    /// A file's variables win over `Environment=`; systemd.exec(5).
    var variables: [String: Word] { environment.merging(fileVariables) { $1 } }

    mutating func add(_ bytes: [UInt8], _ path: String) {
      for setting in SystemdUnit(parsing: bytes).settings where setting.section == "Service" {
        let source = Source.file(path, line: setting.line, key: setting.key)
        switch setting.key {
        case "ExecStart":
          // Empty takes back what was there; a simple service has one command.
          if setting.value.isEmpty {
            command = nil
          } else if command == nil {
            command = (setting.value, source)
          }
        case "Environment":
          if setting.value.isEmpty { environment = [:] }
          for word in SystemdUnit.words(setting.value) {
            guard let equals = word.firstIndex(of: "=") else { continue }
            environment[String(word[..<equals])] = Word(String(word[word.index(after: equals)...]), source)
          }
        case "EnvironmentFile":
          if setting.value.isEmpty {
            files = []
          } else {
            let isOptional = setting.value.hasPrefix("-")
            files.append((isOptional ? String(setting.value.dropFirst()) : setting.value, isOptional, source))
          }
        default: continue
        }
      }
    }

    /// Drop-ins of all directories by name; one in a stronger directory hides one of the same name in a weaker.
    mutating func addDropIns(of name: String, _ host: borrowing HostView) {
      var found: [String: FilePath] = [:]
      for directory in ServiceUnit.directories {
        for folder in ["service.d", "\(name).d"] {
          let path = directory.appending(folder)
          switch PathSpace.host.names(in: path, of: host) {
          case .failure(let error):
            if error.reason != .absent { failure = failure ?? PlaceFailure(error, .file(error.place)) }
          case .success(let names):
            for file in names where file.string.hasSuffix(".conf") {
              let full = path.appending(file)
              // A drop-in of the unit's own hides one of the same name for all services.
              if found[file.string] == nil
                || folder != "service.d" && found[file.string]?.string.contains("/service.d/") == true
              {
                found[file.string] = full
              }
            }
          }
        }
      }
      for (_, path) in found.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        if ServiceUnit.link(path, host) == "/dev/null" { continue }
        switch PathSpace.host.bytes(path, of: host) {
        case .success(let bytes): add(bytes, Collectors.place(path))
        case .failure(let error): failure = failure ?? PlaceFailure(error, .file(error.place))
        }
      }
    }

    mutating func addEnvironmentFiles(_ host: borrowing HostView) {
      for (path, isOptional, source) in files {
        switch PathSpace.host.bytes(FilePath(path), of: host) {
        case .success(let bytes):
          for (name, value, line) in SystemdUnit.environmentFile(bytes) {
            fileVariables[name] = Word(value, .file(Collectors.place(FilePath(path)), line: line, key: name))
          }
        case .failure(let error):
          if error.reason == .absent {
            if isOptional { continue }
            failure =
              failure ?? PlaceFailure(.notVisible, "the environment file \(path) is not there", source)
          } else {
            failure = failure ?? PlaceFailure(error, .file(error.place))
          }
        }
      }
    }

    func words(_ place: Source) -> Result<[Word], PlaceFailure> {
      if let failure { return .failure(failure) }
      guard let command else { return .failure(PlaceFailure(.malformed, "the unit has no ExecStart", place)) }
      // systemd.service(5): prefixes of the executable; `:` leaves variables alone.
      let prefix = command.text.prefix { "@-:+!|".contains($0) }
      var words: [Word] = []
      for text in SystemdUnit.words(String(command.text.dropFirst(prefix.count))) {
        if prefix.contains(":") {
          words.append(Word(text, command.source))
          continue
        }
        let source = variable(in: text).flatMap { variables[$0]?.source } ?? command.source
        words += SystemdUnit.expand(text, variables.mapValues(\.text)).map { Word($0, source) }
      }
      // `@` gives the process another name as its first argument.
      if prefix.contains("@"), words.count > 1 { words.remove(at: 1) }
      return .success(words)
    }

    /// The variable that a word is made of, so that its flags are shown where they stand.
    private func variable(in word: String) -> String? {
      guard word.hasPrefix("$") else { return nil }
      return String(word.dropFirst().filter { $0 != "{" && $0 != "}" })
    }
  }
}
