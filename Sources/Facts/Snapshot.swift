/// Everything one look at a host stated: the document between collecting and judging.
///
/// It is sorted and holds no timings, so the same host gives the same bytes but for `run`.
package struct Snapshot: Codable, Hashable, Sendable {
  /// The version of this document's schema. Additions keep it; a changed meaning raises it.
  package static let format = "plumbline/snapshot/v1"

  package let schema: String
  package let run: Run
  package let auditor: Auditor
  package let host: HostIdentity
  package let collectors: [CollectorRun]
  package let entities: [Entity]

  package init(
    run: Run, auditor: Auditor, host: HostIdentity, collectors: [CollectorRun], entities: [Entity]
  ) {
    schema = Self.format
    self.run = run
    self.auditor = auditor
    self.host = host
    self.collectors = collectors
    self.entities = entities.sorted {
      ($0.subject, $0.id).0 == $1.subject
        ? $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
        : $0.subject.utf8.lexicographicallyPrecedes($1.subject.utf8)
    }
  }
}

/// One look at a host: what tells it from every other look. The only part of a report that differs when nothing changed.
package struct Run: Codable, Hashable, Sendable {
  /// A UUID, version 7 (RFC 9562): unique, and sorts by time.
  package let id: String
  /// Orders the runs of one host: a later run has a greater number.
  package let sequence: Int64
  /// When the look began, RFC 3339 in UTC, whole seconds.
  package let startedAt: String

  package init(id: String, sequence: Int64, startedAt: String) {
    self.id = id
    self.sequence = sequence
    self.startedAt = startedAt
  }

  /// The calendar day (UTC) of the look, `YYYY-MM-DD`: what waivers are held against unless told otherwise.
  package var day: String { String(startedAt.prefix(10)) }
}

/// The program that looked.
package struct Auditor: Codable, Hashable, Sendable {
  package let name: String
  package let version: String
  /// What it gave up before it looked; nil where it was asked to give nothing up, or is no process of its own.
  package let confinement: ConfinementRecord?

  package init(name: String, version: String, confinement: ConfinementRecord? = nil) {
    self.name = name
    self.version = version
    self.confinement = confinement
  }
}

/// Which host this is, as far as the host itself says.
package struct HostIdentity: Codable, Hashable, Sendable {
  /// A hash of /etc/machine-id that is particular to this program, in the manner of
  /// sd_id128_get_machine_app_specific(3); never the machine-id itself. Nil where there is none.
  package let id: String?
  package let hostname: String?
  package let nodeName: String?
  package let bootID: String?
  package let os: OperatingSystem?
  /// The kernel's release, as uname(2) gives it.
  package let kernel: String?
  package let architecture: String?
  /// What Kubernetes parts run here: `control-plane`, `etcd`, `worker`; empty for a host without any.
  package let roles: [String]
  package let kubeletVersion: String?
  /// Whether a running host was seen, or a tree of files.
  package let isRunning: Bool

  package init(
    id: String?, hostname: String?, nodeName: String?, bootID: String?, os: OperatingSystem?, kernel: String?,
    architecture: String?, roles: [String], kubeletVersion: String?, isRunning: Bool
  ) {
    self.id = id
    self.hostname = hostname
    self.nodeName = nodeName
    self.bootID = bootID
    self.os = os
    self.kernel = kernel
    self.architecture = architecture
    self.roles = roles
    self.kubeletVersion = kubeletVersion
    self.isRunning = isRunning
  }
}

/// os-release(5), the fields that tell one system from another.
package struct OperatingSystem: Codable, Hashable, Sendable {
  /// `ID=`: `debian`, `talos`, `bottlerocket`.
  package let id: String
  /// `VERSION_ID=`; rolling systems have none.
  package let version: String?
  /// `PRETTY_NAME=`.
  package let name: String?

  package init(id: String, version: String?, name: String?) {
    self.id = id
    self.version = version
    self.name = name
  }
}

/// How one collector's look ended.
package struct CollectorRun: Codable, Hashable, Sendable {
  package enum State: String, Codable, Hashable, Sendable {
    /// It saw all it looks for: what it did not find is not there.
    case complete
    /// Something was out of its reach; `problems` says what.
    case partial
  }

  package let name: String
  package let subjects: [String]
  package let state: State
  package let problems: [Problem]
  /// How many problems more there were than are listed.
  package let problemsDropped: Int

  package init(name: String, subjects: [String], state: State, problems: [Problem], problemsDropped: Int) {
    self.name = name
    self.subjects = subjects
    self.state = state
    self.problems = problems
    self.problemsDropped = problemsDropped
  }
}

/// One thing a collector could not read.
package struct Problem: Codable, Hashable, Sendable {
  package let code: Obstacle
  package let place: String
  package let message: String

  package init(_ code: Obstacle, _ place: String, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }
}
