// What a confined process must not be able to do, tried on purpose. Each returns 0 where the kernel let it happen, else errno.
// Nothing here does harm where it succeeds.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct linux_attempt {
  const char *name;
  int (*attempt)(void);
};

static inline int linux_errno_of(long result) { return result < 0 ? errno : 0; }

// A process as fork(2) makes it. A child, were there one, ends at once.
static inline int linux_attempt_fork(void) {
  long child = syscall(SYS_clone, 17UL /* SIGCHLD */, 0UL, 0UL, 0UL, 0UL);
  if (child == 0) { syscall(SYS_exit_group, 0); }
  return linux_errno_of(child);
}
// A program that is not there: a filter that lets the call through shows as ENOENT.
static inline int linux_attempt_exec(void) {
  char *const none[] = {NULL};
  return linux_errno_of(syscall(SYS_execve, "/proc/self/no-such-program", none, none));
}
static inline int linux_attempt_socket(void) { return linux_errno_of(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0)); }
static inline int linux_attempt_unix(void) { return linux_errno_of(syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0)); }
static inline int linux_attempt_connect(void) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  return linux_errno_of(syscall(SYS_connect, 0, &none, sizeof none));
}
static inline int linux_attempt_write(void) {
  return linux_errno_of(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0));
}
// openat2's flags are out of a filter's sight: this one is Landlock's to refuse.
static inline int linux_attempt_write_by_openat2(void) {
  struct open_how how = {.flags = O_WRONLY | O_CLOEXEC, .mode = 0, .resolve = 0};
  return linux_errno_of(syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how));
}
static inline int linux_attempt_mkdir(void) { return linux_errno_of(syscall(SYS_mkdirat, AT_FDCWD, "/proc/none", 0700)); }
static inline int linux_attempt_ptrace(void) { return linux_errno_of(syscall(SYS_ptrace, 0UL /* PTRACE_TRACEME */, 0UL, 0UL, 0UL)); }
static inline int linux_attempt_signal(void) { return linux_errno_of(syscall(SYS_kill, 1, 0)); }
static inline int linux_attempt_code(void) {
  void *page = (void *)syscall(SYS_mmap, 0UL, 4096UL, (unsigned long)(PROT_READ | PROT_EXEC),
                               (unsigned long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0UL);
  return page == MAP_FAILED ? errno : 0;
}
static inline int linux_attempt_setuid(void) { return linux_errno_of(syscall(SYS_setuid, 0)); }
static inline int linux_attempt_unshare(void) { return linux_errno_of(syscall(SYS_unshare, 0)); }
static inline int linux_attempt_mount(void) { return linux_errno_of(syscall(SYS_mount, "", "/proc/none", "", 0UL, "")); }
static inline int linux_attempt_bpf(void) { return linux_errno_of(syscall(SYS_bpf, -1, 0UL, 0UL)); }
static inline int linux_attempt_module(void) { return linux_errno_of(syscall(SYS_finit_module, -1, "", 0)); }
static inline int linux_attempt_ioctl(void) { return linux_errno_of(syscall(SYS_ioctl, 0, 0x5413UL /* TIOCGWINSZ */, 0UL)); }

static const struct linux_attempt linux_attempts[] = {
    {"fork", linux_attempt_fork},
    {"exec", linux_attempt_exec},
    {"socket", linux_attempt_socket},
    {"unix socket", linux_attempt_unix},
    {"connect", linux_attempt_connect},
    {"open for writing", linux_attempt_write},
    {"openat2 for writing", linux_attempt_write_by_openat2},
    {"mkdir", linux_attempt_mkdir},
    {"ptrace", linux_attempt_ptrace},
    {"signal", linux_attempt_signal},
    {"new code", linux_attempt_code},
    {"setuid", linux_attempt_setuid},
    {"unshare", linux_attempt_unshare},
    {"mount", linux_attempt_mount},
    {"bpf", linux_attempt_bpf},
    {"kernel module", linux_attempt_module},
    {"ioctl", linux_attempt_ioctl},
};

static inline size_t linux_attempt_count(void) { return sizeof linux_attempts / sizeof linux_attempts[0]; }
static inline struct linux_attempt linux_attempt_at(size_t index) { return linux_attempts[index]; }
