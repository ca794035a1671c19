#!/bin/sh
# The rules that no compiler checks: formatting, and what may not be called where.
set -eu
cd "$(dirname "$0")/.."
failed=0

swift format lint --strict --recursive Package.swift Sources Tests || failed=1

refuse() { # why, pattern, paths...
  why=$1 pattern=$2
  shift 2
  if grep -HrnE --include='*.swift' "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+: *//'; then
    echo "lint: $why" >&2
    failed=1
  fi
}

# What the fleet's program is made of stays off the nodes.
# shellcheck disable=SC2046
refuse 'full Foundation brings 45 MB into the static program' \
  '^ *(package |public |internal )?import Foundation$' \
  $(find Sources -mindepth 1 -maxdepth 1 -type d ! -name 'Fleet?*' ! -name plumbline-fleet)
# One file is excepted: the agent runs this program itself once more, so that each audit confines itself from the beginning.
starters=$(find Sources -name '*.swift' ! -path Sources/Agent/Child.swift)
# shellcheck disable=SC2086
refuse 'nothing that inspects starts a process' \
  '\b(linux_spawn|posix_spawnp?|popen|execvp?e?|v?fork)\(|\bProcess\(\)|\bsystem\(' $starters
refuse 'only the relay and the fleet have a network' \
  '^ *(package |public |internal )?import (NIO|AsyncHTTPClient|Hummingbird|ServiceLifecycle)' \
  $(find Sources -mindepth 1 -maxdepth 1 -type d ! -name plumbline-relay ! -name FleetServer ! -name FleetClickHouse)
# Agent and plumbline-relay open the spool and what their user names, plumbline-fleet what its user names: never a file of the
# audited host.
others=$(find Sources -mindepth 1 -maxdepth 1 -type d ! -name Host ! -name CLinux ! -name plumbline \
  ! -name Agent ! -name plumbline-relay ! -name plumbline-fleet)
# shellcheck disable=SC2086
refuse 'only Host opens, lists or reads' \
  '\b(f?open|opendir|openat2?|readlink(at)?|l?stat|getpw(uid|nam)|getgr(gid|nam)|getenv)\(|FileManager\.|contentsOf(File|:)' $others
refuse 'a crash in a program that reads what attackers write' '\btry!|\bas! |\bfatalError\(|\bpreconditionFailure\(' Sources

exit $failed
