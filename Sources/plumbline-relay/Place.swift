import CRelay
import Confinement
import Facts
import Glibc
import Logging
import SystemPackage

/// What the relay may see of the files, opened before it gives up the rest.
struct Place {
  /// What the C library's resolver reads; resolv.conf(5), nsswitch.conf(5). The system's authorities, where none are given.
  private static let resolver = [
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/host.conf",
    "/etc/services",
  ]
  private static let authorities = ["/etc/ssl/certs", "/usr/share/ca-certificates", "/etc/pki"]

  private let directories: [Int32]
  private let files: [Int32]
  private let writable: Int32?
  /// This process's threads; it stays open.
  private let threads: Int32?

  /// - Throws: `SettingsProblem` where something that was named isn't there.
  init(_ settings: Settings) throws(SettingsProblem) {
    var directories = [try Self.open(settings.spool, "--spool", .directory)]
    threads = try? Self.open("/proc/self/task", "", .directory)
    var files: [Int32] = []
    var writable: Int32?
    if let push = settings.push {
      writable = try Self.open(push.state, "--state", .directory)
      for (name, option) in [
        (push.token, "--push-token"), (push.certificate, "--push-cert"), (push.key, "--push-key"),
        (push.authorities, "--push-ca"),
      ] {
        guard let name else { continue }
        close(try Self.open(name, option, []))
        // The directory, not the file: a secret rotates by a new file of the same name.
        let parent = FilePath(name).removingLastComponent()
        directories.append(try Self.open(parent.isEmpty ? "." : parent.string, option, .directory))
      }
      files = Self.resolver.compactMap { try? Self.open($0, "", []) }
      if push.authorities == nil {
        directories += Self.authorities.compactMap { try? Self.open($0, "", .directory) }
      }
    }
    self.directories = directories
    self.files = files
    self.writable = writable
  }

  private static func open(_ path: String, _ option: String, _ kind: FileDescriptor.OpenOptions)
    throws(SettingsProblem)
    -> Int32
  {
    do {
      return try FileDescriptor.open(FilePath(path), .readOnly, options: kind.union(.closeOnExec)).rawValue
    } catch {
      throw SettingsProblem("\(option) \(path): \(error)")
    }
  }

  /// Gives up everything else.
  func confine(requiring: Bool, _ log: Logger) {
    let steps = LongRunning.enterRelay(
      reading: directories + (threads.map { [$0] } ?? []), files: files, writing: writable)
    if let threads { relay_ask_threads_below(threads) }
    for descriptor in directories + files { close(descriptor) }
    if let writable { close(writable) }
    for step in steps {
      log.log(
        level: step.state == .missing ? .warning : .debug, "confinement",
        metadata: [
          "step": "\(step.step.rawValue)", "state": "\(step.state.rawValue)", "detail": "\(step.detail)",
        ])
    }
    if requiring, let step = steps.first(where: { $0.state == .missing }) {
      RelayCommand.leave(
        2, "plumbline-relay: --require-confinement: \(step.step.rawValue): \(step.detail)")
    }
  }
}
