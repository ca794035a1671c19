import CLinux
import Glibc

/// A thread that does one thing at a time and that can be left alone with it: a read that never returns keeps its thread, and
/// nothing else. It is a thread and not a task, since a task that blocks takes one of few.
final class Worker: @unchecked Sendable {
  // All that follows is read and written under `mutex`; the two have addresses of their own, as pthread_mutex_init(3) wants.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var job: (@Sendable () -> Void)?
  private var isIdle = true
  private var isEnding = false
  /// The kernel's number of the thread; 0 until it runs.
  private var thread: pid_t = 0

  /// - Returns: nil where no thread can be had; pthread_create(3).
  init?() {
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
    var thread = pthread_t()
    var traits = pthread_attr_t()
    pthread_attr_init(&traits)
    defer { pthread_attr_destroy(&traits) }
    pthread_attr_setdetachstate(&traits, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&traits, Self.stack)
    // The thread holds its own side of this for as long as it lives.
    let own = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, &traits,
      { own in
        guard let own else { return nil }
        Unmanaged<Worker>.fromOpaque(own).takeRetainedValue().serve()
        return nil
      }, own.toOpaque())
    guard result == 0 else {
      own.release()
      return nil
    }
  }

  deinit {
    mutex.deallocate()
    changed.deallocate()
  }

  /// As much as the main thread has: only what is touched is memory.
  private static let stack = 8 << 20

  private func serve() {
    pthread_mutex_lock(mutex)
    thread = linux_gettid()
    pthread_mutex_unlock(mutex)
    while true {
      pthread_mutex_lock(mutex)
      while job == nil, !isEnding { pthread_cond_wait(changed, mutex) }
      let next = job
      pthread_mutex_unlock(mutex)
      if next == nil { return }
      next?()
      pthread_mutex_lock(mutex)
      job = nil
      isIdle = true
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
  }

  /// - Returns: False where it is not done with what it was given before.
  func start(_ next: @escaping @Sendable () -> Void) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard isIdle, !isEnding else { return false }
    isIdle = false
    job = next
    pthread_cond_broadcast(changed)
    return true
  }

  /// Ends the thread when it is done with what it does; it takes nothing new.
  func end() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isEnding = true
    pthread_cond_broadcast(changed)
  }

  /// Whether the thread waits for the kernel, rather than for a processor: on a busy machine each answer is late. True where that
  /// can't be told; proc_pid_stat(5), the third field.
  /// - Parameter directory: /proc/self/task, open.
  func isBlocked(in directory: Int32) -> Bool {
    pthread_mutex_lock(mutex)
    let path = "\(thread)/stat"
    pthread_mutex_unlock(mutex)
    let file = openat(directory, path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    let text = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
      Array(buffer.prefix(max(0, read(file, buffer.baseAddress, buffer.count))))
    }
    guard let end = text.lastIndex(of: UInt8(ascii: ")")), end + 2 < text.count else { return true }
    return text[end + 2] != UInt8(ascii: "R")
  }

  /// Waits for the end of what was started.
  /// - Returns: Whether it came in time.
  func isDone(within time: Duration) -> Bool {
    var limit = timespec()
    clock_gettime(CLOCK_MONOTONIC, &limit)
    let (seconds, attoseconds) = time.components
    limit.tv_nsec += Int(attoseconds / 1_000_000_000)
    limit.tv_sec += Int(seconds) + limit.tv_nsec / 1_000_000_000
    limit.tv_nsec %= 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isIdle {
      if pthread_cond_timedwait(changed, mutex, &limit) == ETIMEDOUT { return isIdle }
    }
    return true
  }
}
