# AppArmor's part of the auditor's confinement, for administrators who want it too; apparmor.d(5).
#
#   cp apparmor.profile /etc/apparmor.d/plumbline && apparmor_parser -r /etc/apparmor.d/plumbline
#
# Where it is loaded, the program takes it by itself, wherever it lies (aa_change_profile(2)), once the process table is read: held by
# it from the start, it would see neither executables nor namespaces of containers, whose own profiles let nobody in. Reports can then
# be put in /var/lib/plumbline and /run/plumbline only; standard output stays what it was.
#include <tunables/global>

# A report has no name until it is linked into place: without mediate_deleted that link is refused.
profile plumbline flags=(attach_disconnected, mediate_deleted) {
  # What an audit keeps; all others are given up by now.
  capability dac_read_search,
  capability sys_ptrace,
  ptrace (read),

  # It reads the host, and nothing else happens: no rule allows a write, a program, a mount or a signal.
  / r,
  /** r,

  # Its output.
  owner /var/lib/plumbline/ r,
  owner /var/lib/plumbline/** rwl,
  owner /run/plumbline/ r,
  owner /run/plumbline/** rwl,
  # A service's standard output is the journal's socket. Making one is seccomp's to refuse.
  network unix stream,
  # Opened to see that Landlock refuses it.
  /dev/null rw,
}
