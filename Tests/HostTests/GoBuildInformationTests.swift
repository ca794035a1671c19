import Host
import SystemPackage
import TestSupport
import Testing

@Suite("What a Go program's file says of how it was built")
struct GoBuildInformationTests {
  private static let kubelet = [
    "path\tk8s.io/kubernetes/cmd/kubelet", "mod\tk8s.io/kubernetes\t(devel)\t",
    "dep\tgo.etcd.io/etcd\tv3.5.21\th1:x",
    "=>\tgithub.com/k3s-io/etcd\tv3.5.21-k3s1\th1:y", "dep\tk8s.io/api\tv0.33.1\t",
    "build\t-ldflags=\"-X 'a/version.gitVersion=v1.0.0' -X a/version.gitVersion=v1.33.1+k3s1\\n -s\"",
  ]

  /// An ELF file with the linker's section; Go's debug/buildinfo.
  private static func program(
    _ lines: [String], isBig: Bool = false, name: String = ".go.buildinfo", flags: UInt8 = 2
  ) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      return isBig ? bytes.reversed() : bytes
    }
    func text(_ bytes: [UInt8]) -> [UInt8] {
      var length = bytes.count
      var result: [UInt8] = []
      while length >= 0x80 {
        result.append(UInt8(length & 0x7f) | 0x80)
        length >>= 7
      }
      return result + [UInt8(length)] + bytes
    }
    let mark = [UInt8](repeating: 0xf9, count: 16)
    let body = Array(lines.map { $0 + "\n" }.joined().utf8)
    let section =
      [0xff] + Array(" Go buildinf:".utf8) + [8, flags] + [UInt8](repeating: 0, count: 16)
      + text(Array("go1.24.2".utf8)) + text(mark + body + mark)
    let names = [0] + Array(name.utf8) + [0]
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, isBig ? 2 : 1, 1] + [UInt8](repeating: 0, count: 9)
    file += number(2, 2) + number(62, 2) + number(1, 4) + number(0, 16)
    file += number(64 + section.count + names.count, 8) + number(0, 4)
    for value in [64, 56, 0, 64, 3, 2] { file += number(value, 2) }
    file += section + names
    for (name, place, size) in [(0, 0, 0), (1, 64, section.count), (0, 64 + section.count, names.count)] {
      file += number(name, 4) + number(1, 4) + number(0, 16) + number(place, 8) + number(size, 8)
      file += [UInt8](repeating: 0, count: 24)
    }
    return file
  }

  private func read(_ bytes: [UInt8]) throws -> GoBuildInformation? {
    let tree = try HostTree()
    try tree.write(bytes, to: "program")
    return try GoBuildInformation(of: "program", in: tree.root())
  }

  @Test("Modules, replacements and link settings are told", arguments: [false, true])
  func lines(isBig: Bool) throws {
    let information = try #require(try read(Self.program(Self.kubelet, isBig: isBig)))
    #expect(information.lines == Self.kubelet)
    #expect(information.version(ofModule: "k8s.io/kubernetes") == nil)
    #expect(information.version(ofModule: "k8s.io/api") == "v0.33.1")
    #expect(information.version(ofModule: "go.etcd.io/etcd") == "v3.5.21-k3s1")
    #expect(information.version(ofModule: "k8s.io") == nil)
    #expect(information.value(ofVariable: "a/version.gitVersion") == "v1.33.1+k3s1")
    #expect(information.value(ofVariable: "a/version.gitCommit") == nil)
  }

  @Test("A file that is none of Go's says nothing")
  func others() throws {
    #expect(try read([]) == nil)
    #expect(try read(Array("\u{7f}ELF recorded\n".utf8)) == nil)
    #expect(try read(Self.program(Self.kubelet, name: ".go.buildinfos")) == nil)
    // Before Go 1.18 the section holds addresses.
    #expect(try read(Self.program(Self.kubelet, flags: 0)) == nil)
    #expect(throws: HostError.self) { try GoBuildInformation(of: "none", in: HostTree().root()) }
  }

  @Test("A file that is cut short or has any byte changed is read without harm")
  func hostile() throws {
    let whole = Self.program(Self.kubelet)
    for length in stride(from: 0, to: whole.count, by: 7) {
      #expect(try read(Array(whole.prefix(length))) == nil)
    }
    for place in Array(0..<130) + Array(whole.count - 192..<whole.count) {
      for byte: UInt8 in [0, 0x7f, 0xff] {
        var changed = whole
        changed[place] = byte
        _ = try read(changed)
      }
    }
  }

  @Test(
    "A program of Debian's says what it is",
    .enabled(if: (try? HostRoot(at: "/").status("usr/bin/etcd")) != nil))
  func real() throws {
    let information = try #require(try GoBuildInformation(of: "usr/bin/etcd", in: HostRoot(at: "/")))
    #expect(information.lines.contains { $0.hasPrefix("path\tgo.etcd.io/etcd") })
  }

  @Test("A part of a file is what stands there, and ends with it")
  func range() throws {
    let tree = try HostTree(["file": "0123456789", "directory/": ""])
    let root = try tree.root()
    #expect(try root.bytes("file", from: 2, count: 3) == Array("234".utf8))
    #expect(try root.bytes("file", from: 8, count: 9) == Array("89".utf8))
    #expect(try root.bytes("file", from: 10, count: 1) == [])
    #expect(try root.bytes("file", from: .max, count: 1) == [])
    #expect(throws: HostError("directory", .wrongType(.directory))) {
      try root.bytes("directory", from: 0, count: 1)
    }
    let denied = try tree.root(attributes: "file\t-\t-\t-\t-\terrno=EACCES")
    #expect(throws: HostError("file", .denied)) { try denied.bytes("file", from: 0, count: 1) }
  }
}
