import Glibc

/// Whether tests and programs were built with AddressSanitizer or ThreadSanitizer: `make test-asan` and `make test-tsan` say so.
///
/// A sanitizer keeps terabytes of address space for what it knows of each byte, and asks the kernel for more as it goes, on its own
/// threads. The auditor's confinement takes both away (RLIMIT_AS, seccomp), so that a program that has one can't be confined: it is
/// tested unconfined then, and what is about the confinement itself only without a sanitizer.
package enum Sanitizer {
  package static let isOn = getenv("PLUMBLINE_SANITIZER") != nil

  /// What a program that confines itself has to be told under one. Confined, it could not even start who names the functions of a report, and
  /// a report without names is held against no suppression.
  package static let unconfined = isOn ? ["--unconfined"] : []
}
