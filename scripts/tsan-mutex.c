// What ThreadSanitizer does not see by itself: linked into the tests and programs of `make test-tsan`, and nowhere else.
//
// Swift's Mutex takes a free lock by an atomic operation that is compiled, and so watched, with whoever uses it. A lock that somebody
// holds is waited for and handed over by the kernel (FUTEX_LOCK_PI) within Swift's own library, which is not watched: every Mutex that
// is ever waited for would seem not to order what it guards. These two stand before the library's and say that it does.
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define swiftcall __attribute__((swiftcall))
#define context __attribute__((swift_context))

// tsan_interface.h; not there in a program without it.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

typedef swiftcall void lock(uint32_t thread, context void *mutex);
typedef swiftcall void unlock(context void *mutex);

// _MutexHandle._lockSlow(_:)
swiftcall void tsan_lock(uint32_t thread, context void *mutex) __asm__(LOCK);
swiftcall void tsan_lock(uint32_t thread, context void *mutex) {
  ((lock *)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

// _MutexHandle._unlockSlow()
swiftcall void tsan_unlock(context void *mutex) __asm__(UNLOCK);
swiftcall void tsan_unlock(context void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  ((unlock *)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
