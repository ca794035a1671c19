import Facts
import Host
import SystemPackage
import Testing

@Suite("The kernel's text formats")
struct KernelFormatTests {
  /// gzip -9n of "CONFIG_MODULES=y\nCONFIG_LSM=\"landlock,yama\"\n# CONFIG_KEXEC is not set\n".
  private static let gzipped: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x73, 0xf6, 0xf7, 0x73, 0xf3, 0x74,
    0x8f, 0xf7, 0xf5, 0x77, 0x09, 0xf5, 0x71, 0x0d, 0xb6, 0xad, 0xe4, 0x72, 0x86, 0x08, 0xf8, 0x04,
    0xfb, 0xda, 0x2a, 0xe5, 0x24, 0xe6, 0xa5, 0xe4, 0xe4, 0x27, 0x67, 0xeb, 0x54, 0x26, 0xe6, 0x26,
    0x2a, 0x71, 0x29, 0x2b, 0x40, 0x25, 0xbd, 0x5d, 0x23, 0x5c, 0x9d, 0x15, 0x32, 0x8b, 0x15, 0xf2,
    0xf2, 0x4b, 0x14, 0x8a, 0x53, 0x4b, 0xb8, 0x00, 0x1d, 0x8a, 0x01, 0x4f, 0x46, 0x00, 0x00, 0x00,
  ]

  /// About 10 MB of zeros, gzipped: RFC 1951's fixed codes, the longest match again and again.
  private static func bomb() -> [UInt8] {
    var bits: [Bool] = []
    func put(_ value: Int, _ count: Int) { for bit in 0..<count { bits.append(value >> bit & 1 == 1) } }
    func code(_ value: Int, _ count: Int) {
      for bit in (0..<count).reversed() { bits.append(value >> bit & 1 == 1) }
    }
    put(1, 1)
    put(1, 2)
    code(0x30, 8)  // the literal 0
    for _ in 0..<40_000 {
      code(0xc5, 8)  // length 258: code 285
      code(0, 5)  // distance 1
    }
    code(0, 7)
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    for start in stride(from: 0, to: bits.count, by: 8) {
      bytes.append(
        (0..<8).reduce(0) { $0 | (start + $1 < bits.count && bits[start + $1] ? 1 << UInt8($1) : 0) })
    }
    return bytes + [UInt8](repeating: 0, count: 8)
  }

  @Test("A gzipped configuration is inflated; what it does not set is nil")
  func gzippedConfiguration() throws {
    let configuration = try KernelConfiguration(gzipped: Self.gzipped)
    #expect(configuration["CONFIG_MODULES"] == "y")
    #expect(configuration["CONFIG_LSM"] == "landlock,yama")
    #expect(configuration["CONFIG_KEXEC"] == nil)
  }

  @Test("A gzip file cut anywhere, or changed in its checksum, is refused")
  func truncated() {
    for length in 0..<Self.gzipped.count {
      #expect(throws: KernelConfiguration.Failure.notGzip) {
        _ = try KernelConfiguration(gzipped: Array(Self.gzipped.prefix(length)))
      }
    }
    var changed = Self.gzipped
    changed[changed.count - 8] ^= 1
    #expect(throws: KernelConfiguration.Failure.notGzip) { _ = try KernelConfiguration(gzipped: changed) }
  }

  @Test("A small file that inflates past the bound is refused")
  func gzipBomb() {
    let bomb = Self.bomb()
    #expect(bomb.count < 100_000)
    #expect(throws: KernelConfiguration.Failure.tooLarge(limit: 8 << 20)) {
      _ = try KernelConfiguration(gzipped: bomb)
    }
    #expect(throws: KernelConfiguration.Failure.tooLarge(limit: 16)) {
      _ = try KernelConfiguration(gzipped: Self.gzipped, atMost: 16)
    }
  }

  @Test("Values lose their quotes; lines that are no options do not matter; a file without options is none")
  func plainConfiguration() throws {
    let text = "#\n# comment\nCONFIG_A=\"\"\nCONFIG_B=0x1000\nCONFIG_C\nNOT=1\nCONFIG_D=\"a\"b\"\n\u{0}\n"
    let configuration = try KernelConfiguration(parsing: Array(text.utf8))
    #expect(configuration["CONFIG_A"] == "")
    #expect(configuration["CONFIG_B"] == "0x1000")
    #expect(configuration["CONFIG_C"] == nil)
    #expect(configuration["CONFIG_D"] == "a\"b")
    #expect(configuration["NOT"] == nil)
    #expect(throws: KernelConfiguration.Failure.notAConfiguration) {
      _ = try KernelConfiguration(parsing: Array("ELF\u{1}\n".utf8))
    }
  }

  @Test("A command line: quotes group, the last of a name holds, - and _ are the same, and -- ends it")
  func commandLine() {
    let line = KernelCommandLine(
      parsing: Array("quiet a-b=1  dyndbg=\"file x +p; y\" a_b=2=3\tx= -- a_b=9 secret\n".utf8))
    #expect(line.parameters.map(\.name) == ["quiet", "a-b", "dyndbg", "a_b", "x"])
    #expect(line.parameters.map(\.value) == [nil, "1", "file x +p; y", "2=3", ""])
    #expect(line.last("a-b")?.value == "2=3")
    #expect(line.last("secret") == nil)
  }

  @Test("A command line of other bytes is shown escaped, and an open quote ends with the line")
  func hostileCommandLine() {
    let line = KernelCommandLine(parsing: [0x61, 0x3d, 0xff, 0x1b, 0x20, 0x22, 0x62, 0x20, 0x63])
    #expect(line.parameters.map(\.name) == ["a", "b c"])
    #expect(line.last("a")?.value == "\\xff\\x1b")
    #expect(KernelCommandLine(parsing: []).parameters.isEmpty)
  }

  @Test(
    "A choice in brackets",
    arguments: [
      ("none [integrity] confidentiality\n", "integrity", ["none", "integrity", "confidentiality"]),
      ("[none]", "none", ["none"]),
    ])
  func bracketed(_ text: String, _ chosen: String, _ options: [String]) throws {
    let choice = try #require(BracketedChoice(parsing: Array(text.utf8)))
    #expect(choice.chosen == chosen)
    #expect(choice.options == options)
  }

  @Test("No choice without brackets around a word", arguments: ["", "none", "[]", "[none", "[a b]"])
  func unbracketed(_ text: String) {
    #expect(BracketedChoice(parsing: Array(text.utf8)) == nil)
  }

  @Test("No choice in bytes that are no text")
  func bracketedBytes() {
    #expect(BracketedChoice(parsing: [0x5b, 0xff, 0x5d]) == nil)
  }

  @Test("Mounts: escapes, optional fields, the last mount on a point, the mount that holds a path")
  func mounts() throws {
    let text = """
      25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      30 25 0:25 / /mnt/with\\040space ro,nosuid shared:2 master:1 - tmpfs tmpfs rw,size=1k
      31 25 0:26 / /mnt rw - tmpfs first rw
      32 25 0:27 / /mnt rw - tmpfs second ro
      broken line
      33 25 0:28 / /x rw - proc

      """
    let table = MountTable(parsing: Array(text.utf8), from: "/proc/1/mountinfo")
    #expect(table.mounts.count == 4)
    #expect(table.mount(at: "/mnt")?.source == "second")
    #expect(table.mount(at: "/mnt")?.isReadOnly == true)
    #expect(table.mount(at: "/mnt/with space")?.options == ["ro", "nosuid"])
    #expect(table.mount(holding: "/mnt/with space/x")?.type == "tmpfs")
    #expect(table.mount(holding: "/mntx")?.type == "ext4")
    #expect(table.mounts(ofType: "proc").isEmpty)
  }

  @Test("Modules: names, taint, and lines that are none")
  func modules() throws {
    let list = try #require(
      ModuleList(parsing: Array("b 1 0 - Live 0x0 (POE+)\na 2 1 b, Live 0x0\n".utf8)))
    #expect(list.modules.map(\.name) == ["a", "b"])
    #expect(list.modules.map(\.taint) == ["", "POE"])
    #expect(ModuleList(parsing: [])?.modules.isEmpty == true)
    #expect(ModuleList(parsing: Array("a 1\n".utf8)) == nil)
    #expect(ModuleList(parsing: Array("a size 0 - Live 0x0\n".utf8)) == nil)
  }

  @Test("Processors: the first one's flags and model, all revisions of microcode")
  func processors() {
    let text =
      "processor\t: 0\nflags\t\t: a b\nfpu\t: yes\nmicrocode\t: 0x2\n\nflags\t: c\nmicrocode\t: 0x1\nmodel name : X\n"
    let info = ProcessorInformation(parsing: Array(text.utf8))
    #expect(info.flags == ["a", "b"])
    #expect(info.microcode == ["0x1", "0x2"])
    #expect(info.model == "X")
    #expect(ProcessorInformation(parsing: [0xff, 0x0a]).flags == nil)
  }
}
