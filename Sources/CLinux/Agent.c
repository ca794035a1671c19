#define _GNU_SOURCE
#include "Agent.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

int linux_spawn(const char *path, char *const arguments[], int errors, pid_t *child) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int code = posix_spawnattr_init(&attributes);
  if (code != 0) { return code; }
  code = posix_spawn_file_actions_init(&actions);
  if (code != 0) {
    posix_spawnattr_destroy(&attributes);
    return code;
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  char *const environment[] = {NULL};
  if ((code = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
      (code = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
      (code = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
      (code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETPGROUP)) == 0 &&
      (code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
      (code = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)) == 0 &&
      (code = posix_spawn_file_actions_adddup2(&actions, errors, 2)) == 0 &&
      (code = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0) {
    code = posix_spawn(child, path, &actions, &attributes, arguments, environment);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return code;
}

int linux_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) { sigaddset(&set, signals[index]); }
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) { return -1; }
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int linux_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int linux_inotify(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

int linux_inotify_watch_directory(int inotify, int directory) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", directory);
  return inotify_add_watch(inotify, path,
                           IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                               IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK);
}

int linux_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) { return -1; }
  return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int linux_create(const char *path) { return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600); }

int linux_inotify_forget(int inotify, int watch) { return inotify_rm_watch(inotify, watch); }

int64_t linux_http_date(const char *text) {
  struct tm parts = {0};
  const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return end == NULL || *end != '\0' ? -1 : (int64_t)timegm(&parts);
}
