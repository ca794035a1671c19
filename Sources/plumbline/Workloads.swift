import ArgumentParser
import Collectors
import Facts
import Glibc
import Reports

/// `plumbline workloads`: every container, and what holds it.
struct Workloads: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  static let configuration = CommandConfiguration(
    abstract: "Show how the kernel confines every container on the host, the worst first.",
    discussion: """
      Reads what is in force for the processes, not what manifests ask for. Pods and containers are told by control groups and named \
      by /var/log/pods and /var/log/containers; no API server is asked. Where a container's processes differ, the least confined \
      one counts.

        SECCOMP  'none': every system call of the kernel is open to it
        LSM      AppArmor's mode or SELinux's type; 'none': nothing labels it
        NNP      no_new_privs; 'no': set-user-ID files make its user root in it
        USER     'root' is the node's; 'mapped' is root in its own namespace
        CAPS     'default' is what runtimes give, '+' what is beyond it
        ?        could not be read; namespaces and mounts need root

      Beneath a container stands what it shares with the host: namespaces, runtimes' sockets, writable paths and devices.

      The checks over this are in the benchmark node-baseline; 'plumbline explain container-not-privileged' explains one. \
      --format json is a snapshot, which 'plumbline judge' takes.
      """)

  @Option(help: ArgumentHelp("The form of the output.", valueName: "format"))
  var format = Format.table

  @OptionGroup(title: "Which host") var host: HostOptions

  func validate() throws {
    guard !host.wholeDisk else {
      throw ValidationError("A look at workloads walks no disk: leave out --whole-disk.")
    }
  }

  func run() throws {
    let terminal = Terminal(STDOUT_FILENO)
    // Whether seccomp and security modules are on decides what their absence means.
    let names = ["host", "lsm", "apparmor", "seccomp", "workloads"]
    let snapshot = try host.look(with: allCollectors.filter { names.contains($0.name) })
    switch format {
    case .json: try Output(nil).write(try encodeSnapshot(snapshot))
    case .table:
      let text = renderWorkloads(snapshot, width: terminal.width, color: terminal.hasColor)
      try Output(nil).write(Array(text.utf8))
    }
    // What could not be seen is said in the table; the status says it to scripts.
    if snapshot.collectors.contains(where: { $0.name == "workloads" && $0.state == .partial }) {
      throw ExitStatus.incomplete
    }
  }
}
