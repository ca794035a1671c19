import Glibc

/// An open file descriptor that one owner closes, once.
package struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(owning number: Int32) { self.number = number }

  deinit { _ = close(number) }
}
