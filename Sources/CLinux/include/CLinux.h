// System calls that glibc 2.36 has no wrapper for, as thin inline functions: each
// returns what the kernel returned, with errno set by syscall(2).
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_lsm_list_modules
#define SYS_lsm_list_modules 461
#endif
#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

#include "Agent.h"
#include "Attempts.h"
#include "Confine.h"

// openat2(2): resolution is confined by `resolve` (RESOLVE_*).
static inline int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = 0, .resolve = resolve};
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// openat(2) without the variadic mode, which Swift cannot import.
static inline int linux_openat(int directory, const char *path, int flags) {
  return openat(directory, path, flags);
}

// getxattrat(2), Linux 6.13, of a name in an open directory, links not followed.
static inline ssize_t linux_getxattrat(int directory, const char *name, const char *attribute, void *value,
                                       uint32_t size) {
  struct {
    uint64_t value __attribute__((aligned(8)));
    uint32_t size;
    uint32_t flags;
  } arguments = {.value = (uintptr_t)value, .size = size, .flags = 0};
  return syscall(SYS_getxattrat, directory, name, AT_SYMLINK_NOFOLLOW, attribute, &arguments, sizeof arguments);
}

// statx(2) of an open descriptor, 256 bytes of it: stx_attributes is the second word of 64 bits, and
// stx_attributes_mask, which of them the filesystem tells, the eighth.
static inline int linux_statx_attributes(int descriptor, uint64_t *attributes, uint64_t *mask) {
  uint64_t status[32] = {0};
  const int empty_path = 0x1000;  // AT_EMPTY_PATH: glibc shows it for _GNU_SOURCE only
  if (syscall(SYS_statx, descriptor, "", empty_path, 0U, status) != 0) return -1;
  *attributes = status[1];
  *mask = status[7];
  return 0;
}

// adjtimex(2) without a change asked for: 1 where the clock is in step, 0 where not (STA_UNSYNC), -1 with errno.
static inline int linux_clock_is_synchronized(void) {
  struct timex state = {0};
  // Not the C library's function, which makes another call of it on some versions: the auditor's own filter knows this one.
  if (syscall(SYS_adjtimex, &state) < 0) return -1;
  return (state.status & STA_UNSYNC) == 0;
}

// lsm_list_modules(2), Linux 6.8. `size` is in and out, in bytes; 64 bits wide because an early
// revision wrote a size_t. Returns the count of ids.
static inline long linux_lsm_list_modules(uint64_t *ids, uint64_t *size) {
  return syscall(SYS_lsm_list_modules, ids, size, 0);
}

// landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION): the ABI, or -1 with errno
// ENOSYS (not built) or EOPNOTSUPP (built, disabled at boot).
static inline long linux_landlock_abi(void) {
  return syscall(SYS_landlock_create_ruleset, (void *)0, (size_t)0, 1U);
}

// O_PATH as a plain integer: the glibc macro needs _GNU_SOURCE, which Swift's importer lacks.
enum { LINUX_O_PATH = 010000000 };

// memmem(3), which glibc declares for _GNU_SOURCE only.
extern void *memmem(const void *haystack, size_t haystack_size, const void *needle, size_t needle_size);

// mallopt(3), M_ARENA_MAX: one arena for all threads.
static inline int linux_one_arena(void) { return mallopt(M_ARENA_MAX, 1); }

// gettid(2): glibc declares it for _GNU_SOURCE only.
static inline pid_t linux_gettid(void) { return (pid_t)syscall(SYS_gettid); }
