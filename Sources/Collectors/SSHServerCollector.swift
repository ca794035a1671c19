import Facts
import Host
import SystemPackage

/// The SSH server's configuration as it takes effect for a connection that no Match block is about; sshd_config(5).
struct SSHServerCollector: Collector {
  let name = "sshd"

  static let subject = Subject(
    "sshd",
    "The OpenSSH server: what its configuration amounts to, its files and their includes read in the server's order.",
    isSingleton: true,
    facts: [
      .init("installed", .flag, "Whether there is an sshd program, or one runs."),
      .init("version", .text, "The version that the package manager says is installed."),
      .init(
        "matchLoosens", .list,
        "Settings that a Match block loosens for some connections, as `KEYWORD VALUE (CRITERIA)`: a login of root, passwords, "
          + "empty passwords, host-based logins, forwarding."),
    ] + SSHServerSettings.declarations)

  var subjects: [Subject] { [Self.subject] }

  func collect(from host: borrowing HostView, into record: inout Recorder) {
    var entity = Entity(Self.subject)
    entity["installed"] = Self.installed(host)
    entity["version"] = Self.version(host.root)
    var reader = SSHServerReader()
    reader.read(host)
    reader.state(in: &entity)
    if let failure = reader.failure { record.problem(failure) }
    record.add(entity)
  }

  private static func installed(_ host: borrowing HostView) -> Fact {
    let running = runningFact(["sshd"], host)
    if case .observed(.list(let names), let sources) = running, !names.isEmpty {
      return .observed(.flag(true), sources)
    }
    return installedFact(["sshd"], host.root).map { .flag($0 != .list([])) }
  }

  /// dpkg's status alone is text; an RPM database needs its library. `1:9.2p1-2+deb12u3` is 9.2.
  private static func version(_ root: borrowing HostRoot) -> Fact {
    let path: FilePath = "var/lib/dpkg/status"
    let source = Source.file(place(path), key: "openssh-server")
    do throws(HostError) {
      guard
        let record = ControlRecords.package("openssh-server", in: try root.bytes(path, atMost: 32 << 20)),
        record["status"]?.hasSuffix(" installed") == true, let version = record["version"]
      else { return .absent(source) }
      let upstream = version.split(separator: ":", maxSplits: 1).last ?? ""
      return .observed(.text(String(upstream.prefix { $0.isNumber || $0 == "." })), source)
    } catch {
      return .failed(error, source)
    }
  }
}

/// Reads the server's files in its order: the first value of a keyword wins, but for lists that add up.
struct SSHServerReader {
  /// sshd's own bound for includes within includes, servconf.c.
  private static let deepest = 16
  private static let mostFiles = 256

  private(set) var failure: HostError?
  private var first: [String: (words: [String], source: Source)] = [:]
  private var loosened: [(text: String, source: Source)] = []
  private var files = 0
  private var main: FilePath = "etc/ssh/sshd_config"

  mutating func read(_ host: borrowing HostView) {
    readCommandLine(host)
    var match: String?
    read(main, depth: 0, &match, isMain: true, host.root)
  }

  /// `-o` of the running server comes before its file, and `-f` names another. The listener writes its arguments into its title:
  /// `sshd: /usr/sbin/sshd -D -o X=Y [listener] 0 of 10-100 startups`.
  private mutating func readCommandLine(_ host: borrowing HostView) {
    let listeners = host.processes.processes(called: ["sshd"]).filter { $0.executableName == "sshd" }
    for process in listeners {
      guard case .success(let arguments) = process.arguments, let title = arguments.first else { continue }
      let isTitle = title.hasPrefix("sshd: ")
      guard !isTitle || title.contains("[listener]") else { continue }
      let words = isTitle ? SystemdUnit.words(title) : arguments
      var index = 0
      while index < words.count {
        let word = words[index]
        index += 1
        guard word.hasPrefix("-o") || word.hasPrefix("-f") else { continue }
        var value = String(word.dropFirst(2))
        if value.isEmpty, index < words.count {
          value = words[index]
          index += 1
        }
        if word.hasPrefix("-f") {
          main = FilePath(value)
        } else if let line = SSHConfiguration.Line(value.utf8, number: 1) {
          take(line, Source(.flag, process.label, key: "-o"))
        }
      }
      return
    }
  }

  private mutating func read(
    _ path: FilePath, depth: Int, _ match: inout String?, isMain: Bool = false, _ root: borrowing HostRoot
  ) {
    guard depth <= Self.deepest, files < Self.mostFiles else {
      failure = failure ?? HostError(path, .tooLarge(limit: Self.mostFiles))
      return
    }
    files += 1
    let bytes: [UInt8]
    do throws(HostError) {
      bytes = try root.bytes(path)
    } catch {
      // The server does not start without its main file; a name that is gone is skipped.
      if error.reason != .absent { failure = failure ?? error }
      return
    }
    for line in SSHConfiguration(parsing: bytes).lines {
      switch line.keyword {
      case "match":
        match = line.words.map { $0.lowercased() } == ["all"] ? nil : line.words.joined(separator: " ")
      case "include":
        for pattern in line.words { include(pattern, depth: depth, match, root) }
      default:
        let source = Source.file(place(path), line: line.number, key: line.keyword)
        if let match { takeConditional(line, match, source) } else { take(line, source) }
      }
    }
  }

  /// Patterns are of glob(7), of files in /etc/ssh unless absolute; a Match within an included file ends with it.
  private mutating func include(_ pattern: String, depth: Int, _ match: String?, _ root: borrowing HostRoot) {
    let whole =
      pattern.hasPrefix("/") ? FilePath(String(pattern.drop { $0 == "/" })) : FilePath("etc/ssh/\(pattern)")
    guard let last = whole.lastComponent else { return }
    var within = match
    guard last.string.contains(where: { "*?[".contains($0) }) else {
      read(whole, depth: depth + 1, &within, root)
      return
    }
    let directory = whole.removingLastComponent()
    do throws(HostError) {
      for name in try root.names(in: directory, atMost: 4096)
      where !name.string.hasPrefix(".") && matches(name.string, pattern: last.string) {
        var each = match
        read(directory.appending(name), depth: depth + 1, &each, root)
      }
    } catch {
      if error.reason != .absent { failure = failure ?? error }
    }
  }

  private mutating func take(_ line: SSHConfiguration.Line, _ source: Source) {
    guard !line.words.isEmpty else { return }
    let keyword = SSHServerSettings.aliases[line.keyword] ?? line.keyword
    if SSHServerSettings.cumulative.contains(keyword), let old = first[keyword] {
      first[keyword] = (old.words + line.words, old.source)
    } else if first[keyword] == nil {
      first[keyword] = (line.words, source)
    }
  }

  private mutating func takeConditional(_ line: SSHConfiguration.Line, _ match: String, _ source: Source) {
    let keyword = SSHServerSettings.aliases[line.keyword] ?? line.keyword
    guard let tight = SSHServerSettings.tight[keyword], let value = line.words.first?.lowercased(),
      !tight.values.contains(value)
    else { return }
    loosened.append((printable(Array("\(tight.name) \(value) (\(match))".utf8), atMost: 200), source))
  }

  func state(in entity: inout Entity) {
    let here = Source.file(place(main))
    entity["matchLoosens"] =
      failure.map { .failed($0) }
      ?? .observed(.texts(loosened.map(\.text)), loosened.isEmpty ? [here] : loosened.prefix(5).map(\.source))
    for setting in SSHServerSettings.all {
      let keyword = setting.name.lowercased()
      if let (words, source) = first[keyword] {
        setting.state(words, source, in: &entity)
      } else {
        // What could not be read may come first.
        for name in setting.factNames {
          entity[name] = failure.map { .failed($0) } ?? .absent(Source(.file, place(main), key: setting.name))
        }
      }
    }
  }
}
