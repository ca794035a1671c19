import Facts
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Collectors

private let passwd = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000:::\nbob:x:1001:1001:::\n"
private let group = "root:x:0:\nbuild:x:50:bob\nalice:x:1000:\nbob:x:1001:\nops:x:60:bob\n"
/// Everything is root's and closed to writing, so that each test opens one thing.
private let closed = "/**\t0755\t0\t0\t-\n"

/// What the files collector states of a tree.
private func look(
  _ files: [String: String], attributes: String = "", prepare: (HostTree) throws -> Void = { _ in }
) throws -> (entities: [Entity], run: CollectorRun) {
  let kernel = ["proc/sys/kernel/modprobe": "\n"]
  let tree = try HostTree(
    ["etc/passwd": passwd, "etc/group": group].merging(kernel.merging(files) { $1 }) { $1 })
  try prepare(tree)
  var recorder = Recorder()
  let collector = FilesCollector()
  // The tree is removed with its last reference, so it must outlive the look.
  try withExtendedLifetime(tree) {
    collector.collect(from: try tree.view(attributes: closed + attributes), into: &recorder)
  }
  return (recorder.entities, recorder.run(of: collector))
}

private func texts(_ entity: Entity?, _ fact: String) -> [String]? {
  guard case .list(let values) = entity?[fact]?.value else { return nil }
  return values.map(\.description)
}

extension [Entity] {
  fileprivate func at(_ path: String) -> Entity? { first { $0.id == path } }
}

@Suite("Files are stated with who can really read and write them")
struct FilesCollectorTests {
  private let kubeconfig = "/etc/kubernetes/kubelet.conf"

  private func access(_ attributes: String, of path: String = "/etc/kubernetes/kubelet.conf") throws
    -> [[String]?]
  {
    let found = try look(["etc/kubernetes/kubelet.conf": "x"], attributes: attributes).entities.at(path)
    return [texts(found, "readableBy"), texts(found, "writableBy")]
  }

  @Test(
    "Permission bits tell who else has access",
    arguments: [
      ("0600\t0\t0", [], []), ("0644\t0\t0", ["everyone"], []), ("0640\t0\t50", ["group:build"], []),
      ("0660\t0\t50", ["group:build"], ["group:build"]), ("0666\t0\t0", ["everyone"], ["everyone"]),
      ("0400\t1000\t0", ["user:alice"], ["user:alice"]), ("0600\t77\t0", ["user:77"], ["user:77"]),
      ("0660\t0\t0", ["group:root"], ["group:root"]), ("0604\t0\t50", ["everyone"], []),
    ])
  func bits(_ status: String, _ readers: [String], _ writers: [String]) throws {
    #expect(try access("\(kubeconfig)\t\(status)\tfile\n") == [readers, writers])
  }

  @Test("A directory that is closed hides an open file, and one group may pass it")
  func closedDirectory() throws {
    let file = "\(kubeconfig)\t0666\t0\t0\tfile\n"
    #expect(try access(file + "/etc/kubernetes\t0700\t0\t0\tdirectory\n") == [[], []])
    #expect(
      try access(file + "/etc/kubernetes\t0750\t0\t50\tdirectory\n") == [["group:build"], ["group:build"]])
    #expect(try access(file + "/etc\t0700\t1000\t0\tdirectory\n") == [["user:alice"], ["user:alice"]])
  }

  @Test("Two groups that open a way only together name the user who is in both")
  func severalGroups() throws {
    let attributes = "\(kubeconfig)\t0640\t0\t60\tfile\n/etc/kubernetes\t0750\t0\t50\tdirectory\n"
    #expect(try access(attributes) == [["user:bob"], []])
  }

  @Test("The kernel's own programs are those that it names, and a file for core dumps is none")
  func kernelHelpers() throws {
    let files = [
      "proc/sys/kernel/modprobe": "/sbin/modprobe\n", "sbin/modprobe": "x",
      "proc/sys/kernel/core_pattern": "|/opt/drop/collect %p %u\n", "opt/drop/collect": "x",
      "proc/sys/kernel/poweroff_cmd": "sbin/poweroff -f\n", "sbin/poweroff": "x",
      "sys/kernel/uevent_helper": "\n",
    ]
    let helpers = { (entities: [Entity]) in
      entities.filter { $0["role"]?.value == .text("kernel-helper") }.map(\.id).sorted()
    }
    let found = try look(files, attributes: "/opt/drop\t0777\t0\t0\tdirectory\n").entities
    #expect(helpers(found) == ["/opt/drop/collect", "/sbin/modprobe", "/sbin/poweroff"])
    #expect(texts(found.at("/opt/drop/collect"), "writableBy") == ["everyone"])
    let plain = ["proc/sys/kernel/core_pattern": "/opt/drop/collect\n"]
    #expect(try helpers(look(files.merging(plain) { $1 }).entities) == ["/sbin/modprobe", "/sbin/poweroff"])
    let refused = try look(files, attributes: "/proc/sys/kernel/modprobe\t-\t-\t-\t-\terrno=EACCES\n")
    let unknown = try #require(refused.entities.at("/proc/sys/kernel/modprobe"))
    #expect(unknown["role"]?.value == .text("kernel-helper") && unknown["writableBy"].obstacle == .denied)
    // Of this role alone: all other files were seen.
    #expect(refused.run.state == .complete)
  }

  @Test("Without the kernel's settings the programs that it starts are not known")
  func noSettings() throws {
    let tree = try HostTree(["etc/passwd": passwd])
    var recorder = Recorder()
    try withExtendedLifetime(tree) { FilesCollector().collect(from: try tree.view(), into: &recorder) }
    let unknown = try #require(recorder.entities.at("/proc/sys/kernel"))
    #expect(unknown["role"]?.value == .text("kernel-helper"))
    #expect(unknown["owner"].obstacle == .needsRunningHost)
  }

  @Test("Who can write a directory on the way can replace the file, unless it is sticky")
  func writableDirectory() throws {
    let file = "\(kubeconfig)\t0600\t0\t0\tfile\n"
    #expect(try access(file + "/etc/kubernetes\t0777\t0\t0\tdirectory\n") == [[], ["everyone"]])
    #expect(try access(file + "/etc/kubernetes\t1777\t0\t0\tdirectory\n") == [[], []])
    #expect(try access(file + "/etc\t0775\t0\t50\tdirectory\n") == [[], ["group:build"]])
    #expect(try access(file + "/etc/kubernetes\t0755\t1000\t0\tdirectory\n") == [[], ["user:alice"]])
    #expect(try access(file + "/\t0757\t0\t0\tdirectory\n") == [[], ["everyone"]])
  }

  @Test("An access control list names somebody whom the permission bits don't")
  func accessControlList() throws {
    // u::rw-,u:alice:rw-,g::---,m::rw-,o::---
    let list =
      "020000000100" + "0600ffffffff" + "02000600e8030000" + "04000000ffffffff" + "10000600ffffffff"
      + "20000000ffffffff"
    let attributes = "\(kubeconfig)\t0660\t0\t0\tfile\txattr:system.posix_acl_access=\(list)\n"
    #expect(try access(attributes) == [["user:alice"], ["user:alice"]])
    let entity = try look(["etc/kubernetes/kubelet.conf": "x"], attributes: attributes).entities.at(
      kubeconfig)
    #expect(entity?["hasACL"]?.value == .flag(true))
  }

  @Test("A list that can't be read leaves access unknown, not closed")
  func brokenList() throws {
    let attributes = "\(kubeconfig)\t0660\t0\t0\tfile\txattr:system.posix_acl_access=02000000ff\n"
    let entity = try look(["etc/kubernetes/kubelet.conf": "x"], attributes: attributes).entities.at(
      kubeconfig)
    guard case .unreadable = try #require(entity?["writableBy"]) else {
      Issue.record("expected unreadable")
      return
    }
  }

  @Test("A link's target counts, and every directory that leads to it")
  func link() throws {
    let files = [
      "var/lib/kubelet/config.yaml": "-> ../../../srv/now/config.yaml", "srv/now": "-> /srv/v1",
      "srv/v1/config.yaml": "x",
    ]
    let (entities, _) = try look(
      files, attributes: "/srv\t0775\t0\t50\tdirectory\n/srv/v1/config.yaml\t0640\t1000\t60\tfile\n")
    let entity = try #require(entities.at("/var/lib/kubelet/config.yaml"))
    #expect(entity["linkTarget"]?.value == .text("../../../srv/now/config.yaml"))
    #expect(entity["mode"]?.value == .mode(0o640))
    #expect(entity["owner"]?.value == .text("alice"))
    #expect(texts(entity, "writableBy") == ["group:build", "user:alice"])
    #expect(texts(entity, "readableBy") == ["group:ops", "user:alice"])
  }

  @Test("A link out of the root stays inside of it; one that loops or leads nowhere is stated")
  func hostileLinks() throws {
    let (entities, _) = try look([
      "etc/kubernetes/kubelet.conf": "-> ../../../../../../etc/passwd",
      "etc/kubernetes/admin.conf": "-> admin.conf",
      "etc/kubernetes/scheduler.conf": "-> /nowhere",
    ])
    #expect(entities.at(kubeconfig)?["size"]?.value == .number(Int64(passwd.utf8.count)))
    guard case .unreadable(.escapes, _, _) = try #require(entities.at("/etc/kubernetes/admin.conf")?["mode"])
    else {
      Issue.record("expected a loop")
      return
    }
    let dangling = try #require(entities.at("/etc/kubernetes/scheduler.conf"))
    #expect(dangling["present"]?.value == .flag(false))
    #expect(dangling["linkTarget"]?.value == .text("/nowhere"))
    #expect(dangling["mode"]?.value == nil)
  }

  @Test("A FIFO in a key's place is a fact, and does not hang")
  func fifo() throws {
    let (entities, run) = try look(["etc/kubernetes/pki/ca.crt": "x"]) { tree in
      let made = tree.path.appending("etc/kubernetes/pki/ca.key").withPlatformString { mkfifo($0, 0o600) }
      #expect(made == 0)
    }
    #expect(entities.at("/etc/kubernetes/pki/ca.key")?["type"]?.value == .text("fifo"))
    #expect(entities.at("/etc/kubernetes/pki/ca.key")?["size"]?.value == nil)
    #expect(run.state == .complete)
  }

  @Test("What is not there is not stated, but for what its absence says something of")
  func absent() throws {
    let (entities, run) = try look([:])
    #expect(entities.at(kubeconfig) == nil)
    #expect(entities.at("/etc/ld.so.preload")?["present"]?.value == .flag(false))
    #expect(run.state == .complete)
  }

  @Test("A directory that can't be listed is stated under its role, and other roles don't suffer")
  func unlisted() throws {
    let (entities, run) = try look(
      ["etc/sudoers.d/a": "x"], attributes: "/etc/sudoers.d\t0750\t0\t0\tdirectory\terrno=EACCES\n")
    let entity = try #require(entities.at("/etc/sudoers.d/*"))
    #expect(entity["role"]?.value == .text("sudoers"))
    guard case .unreadable(.denied, _, _) = try #require(entity["mode"]) else {
      Issue.record("expected denied")
      return
    }
    #expect(run.state == .complete)
  }

  @Test("The same file by two paths is stated once for a role, and once for each of two roles")
  func once() throws {
    let (entities, _) = try look([
      "usr/lib/systemd/system/kubelet.service": "x", "lib": "-> usr/lib", "etc/kubernetes/pki/ca.crt": "x",
    ])
    #expect(entities.filter { $0["role"]?.value == .text("kubelet-service") }.count == 1)
    #expect(entities.filter { $0.id == "/etc/kubernetes/pki/ca.crt" }.count == 2)
  }

  @Test("Every entity states every fact, with the declared type")
  func contract() throws {
    let (entities, _) = try look([
      "etc/kubernetes/kubelet.conf": "x", "etc/kubernetes/admin.conf": "-> admin.conf", "etc/shadow": "x",
    ])
    #expect(entities.count > 3)
    for entity in entities {
      for declaration in FileInspector.subject.facts {
        let fact = try #require(entity[declaration.name], "\(entity.id) lacks \(declaration.name)")
        #expect(fact.value.map { $0.type == declaration.type } ?? true)
      }
    }
  }

  @Test("A component's own file is stated like one of a well-known place")
  func named() throws {
    let tree = try HostTree(["etc/passwd": passwd, "etc/group": group, "opt/k/kubelet.yaml": "x"])
    let view = try tree.view(attributes: closed)
    let entity = FileEntity.make("/opt/k/kubelet.yaml", role: .kubeletConfig, host: view)
    #expect(entity?.id == "/opt/k/kubelet.yaml")
    #expect(entity?["mode"]?.value == .mode(0o755))
    let missing = FileEntity.make("/opt/k/none", role: .kubeletConfig, host: view)
    #expect(missing == nil)
    withExtendedLifetime(tree) {}
  }
}
