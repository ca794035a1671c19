import ArgumentParser
import Collectors
import Glibc
import Profiles
import SystemPackage

/// `plumbline import`: other tools' files in this one's form.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Translate another tool's benchmark.", subcommands: [ImportKubeBench.self])
}

/// `plumbline import kube-bench`.
struct ImportKubeBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kube-bench", abstract: "Translate kube-bench control files into checks over facts.",
    discussion: """
      Each control becomes a check. One whose command only a shell could carry out becomes a manual check that says so, and is \
      named on standard error with the reason, after the number of those that are answered.

      Examples:
        plumbline import kube-bench cfg/mine/master.yaml cfg/mine/node.yaml --output profiles-of-mine
        plumbline audit --profiles profiles-of-mine --benchmark kube-bench-mine
        plumbline audit --benchmark cfg/mine/node.yaml
      """)

  @Argument(help: "Control files; they become one benchmark.", completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Write catalogue/ and benchmarks/ into this directory, for --profiles, instead of to standard output.",
      valueName: "dir"),
    completion: .directory)
  var output: String?

  func run() throws {
    let translated = try translateKubeBench(
      try files.map { ProfileFile(path: $0, bytes: try readInput($0, atMost: 4 << 20)) })
    for file in translated.files {
      if let output {
        let path = FilePath(output).appending(FilePath(file.path).components)
        try Self.makeDirectory(FilePath(output))
        try Self.makeDirectory(path.removingLastComponent())
        try Output(path.string).write(file.bytes)
      } else {
        try Output(nil).write(Array("--- # \(file.path)\n".utf8) + file.bytes)
      }
    }
    printError("\(translated.name): \(translated.coverage)")
    for outcome in translated.outcomes where outcome.kind == .refused {
      printError("refused \(outcome.id): \(outcome.reason ?? "")")
    }
  }

  private static func makeDirectory(_ path: FilePath) throws {
    guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
      throw Failure("\(path): \(Errno(rawValue: errno))")
    }
  }
}

/// Translates control files with the words of this program's collectors.
/// - Throws: `Failure` that lists every problem with its file and line.
func translateKubeBench(_ files: [ProfileFile]) throws -> KubeBench {
  do throws(ProfileError) {
    return try KubeBenchImporter(subjects: allSubjects, vocabulary: kubernetesVocabulary).read(files)
  } catch {
    throw Failure("the control files are refused, nothing was run:\n\(error)")
  }
}
