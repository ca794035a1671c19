#define _GNU_SOURCE
#include "Confine.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <ucontext.h>

enum { MOST_CALLS = 1024 };

// Written by a signal handler, which can be handed nothing: the one state this program keeps outside a value.
static _Atomic unsigned refused[MOST_CALLS];

// signal-safety(7): nothing but atomic additions, and the return value of the refused call in the saved registers.
static void count_refused(int signal, siginfo_t *info, void *context) {
  (void)signal;
  ucontext_t *saved = context;
  if (info->si_code != 1 /* SYS_SECCOMP, seccomp(2) */) { return; }
  unsigned number = (unsigned)info->si_syscall;
  atomic_fetch_add_explicit(&refused[number < MOST_CALLS ? number : MOST_CALLS - 1], 1, memory_order_relaxed);
#if defined(__x86_64__)
  saved->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
  saved->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#else
#error "where this architecture keeps a system call's return value is not written down here"
#endif
}

int linux_count_refused_calls(void) {
  struct sigaction action = {.sa_sigaction = count_refused, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
  return sigaction(SIGSYS, &action, NULL);
}

unsigned linux_refused_calls(int number) {
  return number >= 0 && number < MOST_CALLS ? atomic_load_explicit(&refused[number], memory_order_relaxed) : 0;
}

void linux_forget_refused_calls(void) {
  for (int number = 0; number < MOST_CALLS; number++) {
    atomic_store_explicit(&refused[number], 0, memory_order_relaxed);
  }
}
