# AppArmor's part of the auditor's confinement, for administrators who want it too; apparmor.d(5).
#
#   cp apparmor.profile /etc/apparmor.d/plumbline && apparmor_parser -r /etc/apparmor.d/plumbline
#
# It attaches by the program's path. Reports can then be put in /var/lib/plumbline and /run/plumbline only.
#include <tunables/global>

profile plumbline /{,usr/,usr/local/}{bin,sbin}/plumbline flags=(attach_disconnected) {
  # What an audit keeps.
  capability dac_read_search,
  capability sys_ptrace,
  # What it needs once, to empty its own bounding set and to read the three sysctls that only CAP_SYS_ADMIN may.
  capability setpcap,
  capability sys_admin,
  # /proc/PID: executables, namespaces, roots, environments.
  ptrace (read),

  # It reads the host, and nothing else happens: no rule allows a write, a program, a socket, a mount or a signal.
  / r,
  /** r,

  # Its output. A file without a name is linked into place.
  owner /var/lib/plumbline/ r,
  owner /var/lib/plumbline/** rwl,
  owner /run/plumbline/ r,
  owner /run/plumbline/** rwl,
  /dev/null rw,
  /dev/tty rw,
  /dev/pts/* rw,
}
