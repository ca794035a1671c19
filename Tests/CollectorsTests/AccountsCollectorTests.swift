import Facts
import Host
import TestSupport
import Testing

@testable import Collectors

private let mark = "PLUMBLINE-CANARY"

private func look(_ files: [String: String], attributes: String? = nil) throws -> Entity {
  var recorder = Recorder()
  let tree = try HostTree(files)
  // The tree is removed with its last reference, so it must outlive the look.
  try withExtendedLifetime(tree) {
    AccountsCollector().collect(from: try tree.view(attributes: attributes), into: &recorder)
  }
  return try #require(recorder.entities.first)
}

@Suite("Accounts are stated from the host's own files")
struct AccountsCollectorTests {
  private let files = [
    "etc/passwd": """
    root:x:0:0::/root:/bin/bash
    toor:x:0:0::/root:/bin/sh
    daemon:x:1:1::/:/usr/sbin/nologin
    sync:x:4:65534::/bin:/bin/sync
    service:x:200:200::/:/bin/bash
    empty-shell:x:201:1::/:
    alice:x:1000:1000::/home/alice:/bin/bash
    bob:x:1001:50::/home/bob:/bin/bash
    old:$1$\(mark):1002:1000::/home/old:/bin/sh
    open::1003:1000::/:/bin/sh
    alice:x:1000:1000::/:/bin/sh
    """,
    "etc/shadow": """
    root:$6$\(mark):1:::::
    daemon:*:1:::::
    alice::1:::::
    bob:abJnggxhB/yWI:1:::::
    service:!$6$\(mark):1:::::
    sync:$y$j9T$\(mark):1:::::
    """,
    "etc/group":
      "root:x:0:\ndaemon:x:1:\nusers:x:1000:\nstaff:x:1000:\ndocker:x:50:alice\nsudo:x:27:alice,root\ndisk:x:6:ghost\n",
  ]

  @Test(
    "Each weakness is listed",
    arguments: [
      ("uidZero", ["root", "toor"]), ("emptyPasswords", ["alice", "alice", "open"]),
      ("passwordsOutsideShadow", ["old"]),
      ("legacyHashes", ["bob: descrypt", "old: md5crypt"]),
      ("duplicateUIDs", ["0: root, toor", "1000: alice, alice"]),
      ("duplicateGIDs", ["1000: staff, users"]), ("duplicateNames", ["alice"]), ("duplicateGroupNames", []),
      ("missingGroups", ["service: 200", "sync: 65534"]),
      ("systemAccountsWithShell", ["empty-shell", "service"]), ("systemAccountsWithPassword", ["sync"]),
      ("privilegedGroupMembers", ["disk: ghost", "docker: alice", "docker: bob"]),
      ("privilegedGroups", ["disk", "docker"]),
      ("administrators", ["sudo: alice"]),
    ])
  func lists(_ fact: String, _ expected: [String]) throws {
    #expect(try look(files)[fact]?.value == .texts(expected))
  }

  @Test("UID_MIN of login.defs says where ordinary accounts begin")
  func minimum() throws {
    let entity = try look(files.merging(["etc/login.defs": "# UID_MIN 5\nUID_MIN\t\t 201\n"]) { $1 })
    #expect(entity["systemAccountsWithShell"]?.value == .texts(["service"]))
  }

  @Test("No hash is in any fact")
  func secrets() throws {
    let entity = try look(files)
    #expect(!entity.facts.values.contains { "\($0)".contains(mark) || "\($0)".contains("abJnggxhB") })
  }

  @Test("A shadow file that can't be read leaves passwords unknown and the rest known")
  func denied() throws {
    let entity = try look(files, attributes: "/etc/shadow\t0640\t0\t42\tfile\terrno=EACCES\n")
    for fact in ["emptyPasswords", "legacyHashes", "passwordAccounts", "systemAccountsWithPassword"] {
      guard case .unreadable(.denied, _, let source) = try #require(entity[fact]) else {
        Issue.record("\(fact) should be unreadable")
        continue
      }
      #expect(source.place == "/etc/shadow")
    }
    #expect(entity["uidZero"]?.value == .texts(["root", "toor"]))
  }

  @Test("A host without account files states their absence")
  func nothing() throws {
    let entity = try look(["etc/hostname": "x"])
    for declaration in AccountsCollector.subject.facts {
      guard case .absent = try #require(entity[declaration.name]) else {
        Issue.record("\(declaration.name) should be absent")
        continue
      }
    }
  }
}
