import Profiles
import Testing

@testable import Confinement

@Suite("The list of system calls")
struct CallListTests {
  @Test("The list that is built in reads, and every call of it exists on this architecture or says why not")
  func builtIn() throws {
    let list = try CallList(parsing: embeddedCallList())
    #expect(list.calls.count > 30)
    for call in list.calls {
      // A misspelt name would silently allow nothing.
      #expect(call.native != nil, "\(call.name)")
    }
  }

  @Test(
    "What starts a program, makes a process, reaches the network or changes the kernel is not on it",
    arguments: [
      "execve", "execveat", "fork", "vfork", "socket", "connect", "bind", "ptrace", "mount", "bpf",
      "init_module",
      "finit_module", "kexec_load", "unshare", "setns", "setuid", "kill", "tgkill", "ioctl", "io_uring_setup",
      "process_vm_readv", "userfaultfd", "open_by_handle_at", "creat", "open", "mkdirat", "chmod", "capset",
      "prctl",
    ])
  func neverAllowed(name: String) throws {
    #expect(!(try CallList(parsing: embeddedCallList()).calls.contains { $0.name == name }))
  }

  @Test("What can write or make a process is allowed under a condition only")
  func conditions() throws {
    let list = try CallList(parsing: embeddedCallList())
    func condition(_ name: String) -> CallList.Condition? { list.calls.first { $0.name == name }?.condition }
    #expect(condition("openat") == .readOnly)
    #expect(condition("clone") == .thread)
    #expect(condition("clone3") == .absent)
    #expect(condition("mmap") == .noCode)
    #expect(condition("mprotect") == .noCode)
    for name in ["linkat", "renameat", "unlinkat", "fsync"] { #expect(condition(name) == .output) }
  }

  @Test(
    "A bad line is refused with its number",
    arguments: [
      ("read always", 1, "a line is"), ("# a\n\nread sometimes why", 3, "no condition"),
      ("read=x always why", 1, "no number"), ("read always why\nread always why", 2, "already"),
    ])
  func refused(text: String, line: Int, reason: String) throws {
    let error = #expect(throws: CallList.Malformed.self) { try CallList(parsing: Array(text.utf8)) }
    #expect(error?.line == line)
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
  }
}
