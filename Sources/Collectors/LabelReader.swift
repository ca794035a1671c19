import Facts
import Host
import SystemPackage

/// Reads processes' labels: AppArmor's own file where AppArmor is on (Linux 5.8), else the one that belongs to the first module
/// that labels. A kernel that has AppArmor and runs with another module shows the own file too, and answers it with EINVAL.
struct LabelReader {
  /// Whether attr/apparmor answers; learned from the first process that shows it or lacks it.
  private var hasOwnFile: Bool?

  static let modes = ["enforce", "complain", "kill", "unconfined", "prompt", "mixed"]

  mutating func add(to entity: inout Entity, _ id: ProcessID, _ root: borrowing HostRoot) {
    let names = ["label", "label.mode", "label.type"]
    let (bytes, name) = read(id, root)
    let source = Source.file("/proc/\(id)/\(name)")
    switch bytes {
    case .failure(let error):
      for name in names { entity[name] = Self.failed(error, source) }
    case .success(let bytes):
      guard !bytes.trimmed.isEmpty else {
        for name in names { entity[name] = .absent(source) }
        return
      }
      guard let label = SecurityLabel(parsing: bytes) else {
        for name in names { entity[name] = .unreadable(.malformed, detail: "not a label", source) }
        return
      }
      entity["label"] = .observed(.text(label.name), source)
      entity["label.mode"] = Self.mode(label, source)
      entity["label.type"] = label.type.map { .observed(.text($0), source) } ?? .absent(source)
    }
  }

  /// The label's bytes, and the name of the file beneath /proc/PID that they are from.
  mutating func read(_ id: ProcessID, _ root: borrowing HostRoot) -> (
    Result<[UInt8], HostError>, name: String
  ) {
    let own = "attr/apparmor/current"
    if hasOwnFile != false {
      let result = Self.bytes(id, own, root)
      switch result {
      case .success:
        hasOwnFile = true
        return (result, own)
      case .failure(let error) where error.reason == .absent || error.reason == Self.nobodyAnswers: break
      case .failure: return (result, own)
      }
    }
    let shared = "attr/current"
    let result = Self.bytes(id, shared, root)
    switch result {
    case .failure(let error) where error.reason == .absent || error.reason == .vanished: break
    // The process is there and has no file of AppArmor's: none has.
    case .success, .failure: hasOwnFile = hasOwnFile ?? false
    }
    return (result, shared)
  }

  private static func bytes(_ id: ProcessID, _ name: String, _ root: borrowing HostRoot)
    -> Result<[UInt8], HostError>
  {
    do throws(HostError) {
      return .success(try root.bytes(of: id, name, atMost: 65_536))
    } catch {
      return .failure(error)
    }
  }

  /// EINVAL: the module that the file belongs to is off, or for attr/current no module labels processes.
  private static let nobodyAnswers = HostError.Reason.io(.invalidArgument)

  /// Where no module answers, nothing is set and nothing is hidden.
  static func failed(_ error: HostError, _ source: Source) -> Fact {
    error.reason == nobodyAnswers ? .absent(source) : .failed(error, source)
  }

  static func mode(_ label: SecurityLabel, _ source: Source) -> Fact {
    guard let mode = label.mode else { return .absent(source) }
    let known = mode == "user" ? "prompt" : mode
    guard modes.contains(known) else {
      return .unreadable(.unsupported, detail: "'\(mode)' is no mode that is known", source)
    }
    return .observed(.text(known), source)
  }
}
