// What a program that runs for months asks of the kernel: a child, signals and changes of files as descriptors.
#pragma once
#include <stdint.h>
#include <sys/types.h>

// posix_spawn(3) of a program: an empty environment, standard input and output on /dev/null, standard error on a
// descriptor and nothing else open, no signal blocked or ignored, a process group of its own. 0, or an errno.
int linux_spawn(const char *path, char *const arguments[], int errors, pid_t *child);

// signalfd(2): blocks the signals for the calling thread and gives a descriptor that they are read from, or -1.
int linux_signal_descriptor(const int *signals, int count);

// The next signal that waits on such a descriptor; 0 where none does.
int linux_next_signal(int descriptor);

// inotify_init1(2), non-blocking and closed on exec.
int linux_inotify(void);

// inotify_add_watch(2) on an open directory (which may be a mere O_PATH), by /proc/self/fd.
int linux_inotify_watch_directory(int inotify, int directory);

// inotify_rm_watch(2).
int linux_inotify_forget(int inotify, int watch);

// open(2) for writing, made with mode 0600 where it is not there; links are not followed.
int linux_create(const char *path);

// strptime(3), which glibc declares for _GNU_SOURCE only, of an HTTP date (RFC 9110, section 5.6.7): seconds since 1970, or -1.
int64_t linux_http_date(const char *text);

// pipe2(2), closed on exec; the reading end does not block.
int linux_pipe(int ends[2]);
