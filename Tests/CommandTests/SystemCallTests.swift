import Foundation
import TestSupport
import Testing

/// What a whole audit asks of the kernel, seen from outside by strace(1).
@Suite(
  "A whole audit under strace", .enabled(if: Program.tool("strace") != nil, "strace is not installed"),
  .enabled(if: !Sanitizer.isOn, "a sanitizer makes system calls of its own"))
struct SystemCallTests {
  private func trace(_ arguments: [String], _ filter: String) throws -> (Program.Outcome, [Substring]) {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: log) }
    let strace = try #require(Program.tool("strace"))
    let outcome = try Program.run(
      ["-f", "-qq", "-e", "trace=\(filter)", "-o", log.path, Program.path] + arguments, executable: strace)
    return (outcome, try String(contentsOf: log, encoding: .utf8).split(separator: "\n"))
  }

  @Test("No program is started and no process is made")
  func startsNothing() throws {
    let (outcome, calls) = try trace(
      ["audit", "--format", "json", "--fail-on", "none"], "execve,execveat,fork,vfork,clone,clone3")
    #expect(!outcome.output.isEmpty)
    // The program itself is the one thing that was started.
    #expect(calls.filter { $0.contains("execve") }.count == 1)
    #expect(
      calls.filter { $0.contains("fork(") || $0.contains("clone") && !$0.contains("CLONE_THREAD") }.isEmpty)
  }

  @Test("Nothing is opened for writing but the output")
  func writesNothing() throws {
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: output) }
    let (_, calls) = try trace(
      ["audit", "--format", "json", "--fail-on", "none", "--output", output.path],
      "open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,mknod,mknodat,link,linkat,symlink,"
        + "symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,mount,umount2,ptrace,connect,bind,"
        + "setxattr,lsetxattr,fsetxattr,removexattr,kill,init_module,finit_module,bpf")
    #expect(calls.contains { $0.contains("openat2(") })
    let writing = calls.filter { call in
      // strace prints what it has no name for as `syscall_0x1cd`: newer than it, and none of what was asked for.
      if call.contains("syscall_0x") { return false }
      let isOpen = call.contains("open")
      let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"].contains { call.contains($0) }
      return (!isOpen || writes) && !call.contains("+++") && !call.contains("---")
    }
    // The file without a name that becomes the output, and one try that must fail: whether Landlock holds.
    let own = writing.filter { call in
      call.contains("O_TMPFILE") || call.contains("/proc/self/fd/") && call.contains("linkat(")
        || call.contains("renameat(") && call.contains("\"\(output.lastPathComponent)\"")
    }
    let refused = writing.filter { $0.contains("\"/dev/null\"") && $0.contains("= -1 EACCES") }
    #expect(own.count == 3, "\(own)")
    #expect(refused.count <= 1)
    #expect(writing.count == own.count + refused.count, "\(writing.prefix(5))")
  }
}
