import CSeccomp

/// Which system calls the auditor may make: profiles/confinement/syscalls.txt, a line each of name, condition and why.
package struct CallList: Sendable {
  /// When a call is allowed.
  package enum Condition: String, CaseIterable, Sendable {
    case always
    /// open flags that neither write nor create; openat(2).
    case readOnly = "read-only"
    /// clone(2) with CLONE_THREAD: no new process.
    case thread
    /// Without PROT_EXEC: no new code; mmap(2), mprotect(2).
    case noCode = "no-code"
    /// Only with `--output`.
    case output
    /// Answered with ENOSYS: the C library then asks for an older call whose arguments a filter can see.
    case absent
  }

  package struct Call: Sendable {
    package let name: String
    /// What the kernel knows it by, where libseccomp may be older than the call. The same on every architecture past 423.
    package let number: Int32?
    package let condition: Condition
  }

  /// What is wrong with the list, and where.
  package struct Malformed: Error, CustomStringConvertible {
    package let line: Int
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
  }

  package let calls: [Call]

  /// - Throws: `Malformed` at a line that says too little, names a condition that is none, or repeats a call.
  package init(parsing bytes: [UInt8]) throws(Malformed) {
    var calls: [Call] = []
    var names: Set<String> = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let words = text.split(separator: " ", maxSplits: 2).map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard words.count == 3 else {
        throw Malformed(line: index + 1, reason: "a line is a call, a condition, and why")
      }
      guard let condition = Condition(rawValue: words[1]) else {
        let known = Condition.allCases.map(\.rawValue).joined(separator: ", ")
        throw Malformed(line: index + 1, reason: "'\(words[1])' is no condition (\(known))")
      }
      let parts = first.split(separator: "=", maxSplits: 1).map(String.init)
      let number = parts.count == 2 ? Int32(parts[1]) : nil
      guard parts.count == 1 || number != nil else {
        throw Malformed(line: index + 1, reason: "'\(parts[1])' is no number")
      }
      guard names.insert(parts[0]).inserted else {
        throw Malformed(line: index + 1, reason: "'\(parts[0])' is listed already")
      }
      calls.append(Call(name: parts[0], number: number, condition: condition))
    }
    self.calls = calls
  }
}

extension CallList.Call {
  /// The call's number here; nil where this architecture does not have it.
  var native: Int32? {
    let known = seccomp_syscall_resolve_name(name)
    // __NR_SCMP_ERROR is -1; numbers below that stand for calls of other architectures.
    if known >= 0 { return known }
    return known == -1 ? number : nil
  }
}
