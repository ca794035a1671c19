// What a process gives up: landlock(7), prctl(2), and how calls that its seccomp filter refuses are counted.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_landlock_add_rule
#define SYS_landlock_add_rule 445
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif

// struct landlock_ruleset_attr as of ABI 6; an older kernel takes the first `size` bytes of it.
struct linux_landlock_ruleset {
  uint64_t handled_access_fs;
  uint64_t handled_access_net;
  uint64_t scoped;
};

// landlock_create_ruleset(2): a descriptor of a new ruleset.
static inline int linux_landlock_create(const struct linux_landlock_ruleset *ruleset, size_t size) {
  return (int)syscall(SYS_landlock_create_ruleset, ruleset, size, 0U);
}

// landlock_add_rule(2) of type LANDLOCK_RULE_PATH_BENEATH: what may be done beneath an open directory.
static inline int linux_landlock_allow(int ruleset, int directory, uint64_t access) {
  struct {
    uint64_t allowed_access;
    int32_t parent_fd;
  } __attribute__((packed)) rule = {.allowed_access = access, .parent_fd = directory};
  return (int)syscall(SYS_landlock_add_rule, ruleset, 1U, &rule, 0U);
}

// landlock_restrict_self(2): for the calling thread and all that it starts.
static inline int linux_landlock_restrict(int ruleset) {
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0U);
}

// prctl(2), which is variadic and cannot be imported.
static inline int linux_prctl(int option, unsigned long argument) { return prctl(option, argument, 0UL, 0UL, 0UL); }
enum { LINUX_PR_SET_DUMPABLE = PR_SET_DUMPABLE, LINUX_PR_SET_NO_NEW_PRIVS = PR_SET_NO_NEW_PRIVS,
       LINUX_PR_GET_NO_NEW_PRIVS = PR_GET_NO_NEW_PRIVS };

// A call by number, for one that must be refused.
static inline long linux_call(long number, unsigned long first) { return syscall(number, first, 0UL, 0UL, 0UL, 0UL, 0UL); }

// setrlimit(2) with both limits; glibc's takes an enumeration that differs between headers.
static inline int linux_limit(int resource, uint64_t value) {
  struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
  return setrlimit(resource, &limit);
}

// The same for the soft limit alone, which can be raised again.
static inline int linux_soft_limit(int resource, uint64_t value) {
  struct rlimit limit = {0, 0};
  if (getrlimit(resource, &limit) != 0) { return -1; }
  limit.rlim_cur = value;
  return setrlimit(resource, &limit);
}

// getrlimit(2): the hard limit, or 0 where it cannot be had.
static inline uint64_t linux_hard_limit(int resource) {
  struct rlimit limit = {0, 0};
  return getrlimit(resource, &limit) == 0 ? limit.rlim_max : 0;
}
enum { LINUX_RLIMIT_CORE = RLIMIT_CORE, LINUX_RLIMIT_NOFILE = RLIMIT_NOFILE, LINUX_RLIMIT_FSIZE = RLIMIT_FSIZE,
       LINUX_RLIMIT_AS = RLIMIT_AS, LINUX_RLIMIT_MEMLOCK = RLIMIT_MEMLOCK, LINUX_RLIMIT_MSGQUEUE = RLIMIT_MSGQUEUE };

// open(2)'s flags that write, create or truncate. O_TMPFILE without the O_DIRECTORY that is part of it.
static inline uint64_t linux_writing_flags(void) {
  return O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | 020000000;
}

// clone(2)'s flags of a thread, of which a process made by fork(2) has none.
static inline uint64_t linux_thread_flags(void) { return 0x00010000 | 0x00000100 /* CLONE_THREAD, CLONE_VM */; }

// Whether a seccomp filter refuses what ours has no reason to allow: personality(2), asked for what is set, changes nothing.
static inline int linux_is_filtered(void) { return syscall(SYS_personality, 0xffffffffUL) == -1 && errno == EPERM; }

// Whether openat2(2), whose flags no seccomp filter can see, opens for writing: 0 where Landlock refuses it.
static inline int linux_may_write_null(void) {
  struct open_how how = {.flags = O_WRONLY | O_CLOEXEC, .mode = 0, .resolve = 0};
  int null = (int)syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how);
  if (null >= 0) { close(null); }
  return null >= 0 || errno != EACCES;
}

// Installs a SIGSYS handler: a call that the filter traps returns EPERM to its caller and is counted by its number.
int linux_count_refused_calls(void);

// How often the call of a number (0 to 1023) was refused.
unsigned linux_refused_calls(int number);

// Forgets what was counted.
void linux_forget_refused_calls(void);

// The file that takes and tells this thread's AppArmor label, proc_pid_attr(5): AppArmor's own (Linux 5.8), else the shared one. -1
// where there is none.
static inline int linux_apparmor_open(void) {
  int own = open("/proc/thread-self/attr/apparmor/current", O_RDWR | O_CLOEXEC);
  return own >= 0 || errno != ENOENT ? own : open("/proc/thread-self/attr/current", O_RDWR | O_CLOEXEC);
}

// aa_change_profile(2) through that file: the library's own function opens it anew, which is refused by then. ENOENT for a profile
// that is not loaded.
static inline int linux_apparmor_change(int file, const char *profile) {
  char request[128];
  int length = snprintf(request, sizeof request, "changeprofile %s", profile);
  return length > 0 && write(file, request, (size_t)length) == length ? 0 : -1;
}
