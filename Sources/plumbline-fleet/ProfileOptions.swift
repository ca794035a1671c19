import ArgumentParser
import Collectors
import Foundation
import Profiles

/// By what hosts are judged here: the built-in profiles, and a directory's.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Profiles beside the built-in ones: a directory with catalogue/, benchmarks/ and defaults/.",
      valueName: "dir"))
  var profiles: String?

  /// Loads everything, type-checked against the subjects of this version.
  /// - Parameter wanted: The one benchmark that is needed, where no other will be.
  /// - Throws: `ValidationError` with every problem.
  func load(for wanted: String? = nil) throws -> Profiles {
    var loader = ProfileLoader(subjects: allSubjects)
    if let wanted, profiles == nil {
      loader.add(embeddedProfiles(), for: wanted)
    } else {
      loader.add(embeddedProfiles())
    }
    if let profiles { loader.add(try Self.files(below: profiles)) }
    do throws(ProfileError) {
      return try loader.load()
    } catch {
      throw ValidationError("the profiles are refused, nothing was done:\n\(error)")
    }
  }

  /// - Throws: `ValidationError` that names those there are.
  func benchmark(_ name: String, in profiles: Profiles) throws -> Benchmark {
    guard let benchmark = profiles.benchmarks[name] else {
      let names = embeddedProfiles().map(\.path).filter { $0.hasPrefix("benchmarks/") }.map {
        String($0.dropFirst("benchmarks/".count).dropLast(".yaml".count))
      }
      let known = Set(names).union(profiles.benchmarks.keys).sorted()
      throw ValidationError("no benchmark '\(name)'; known are: \(known.joined(separator: ", "))")
    }
    return benchmark
  }

  private static func files(below directory: String) throws -> [ProfileFile] {
    var files: [ProfileFile] = []
    for folder in ["catalogue", "benchmarks", "defaults"] {
      let path = "\(directory)/\(folder)"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        do {
          files.append(ProfileFile(path: "\(path)/\(name)", bytes: try content(of: "\(path)/\(name)")))
        } catch {
          throw ValidationError("--profiles \(path)/\(name): \(error)")
        }
      }
    }
    guard !files.isEmpty else {
      throw ValidationError(
        "--profiles \(directory): no YAML file in its catalogue/, benchmarks/ or defaults/")
    }
    return files
  }
}
