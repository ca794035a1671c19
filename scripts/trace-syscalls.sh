#!/bin/sh
# Prints every system call that the program asks for once its filter is in force, over all its ways of looking at this host: what
# profiles/confinement/syscalls.txt has to allow. Needs strace.
set -eu
program=${1:-dist/plumbline}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
run() { strace -f -qq -o "$out/$1" "$program" "$@" > /dev/null 2>&1 || true; }
run audit --format json --fail-on none
run collect --output "$out/snapshot.json"
run workloads
run explain kubelet-anonymous-auth --root /
for trace in audit collect workloads explain; do
  # What comes before the filter is not its business.
  sed '1,/seccomp(SECCOMP_SET_MODE_FILTER/d; s/^[0-9]* *//; s/(.*//' "$out/$trace" | grep -E '^[a-z_0-9]+$' || true
done | LC_ALL=C sort | uniq -c
