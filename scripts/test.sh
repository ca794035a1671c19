#!/usr/bin/env bash
# Runs all tests that were built. Those of agent, relay and collector run last and one by one: they wait for programs that they started, and
# beside tests that take all processors what they see is how busy the machine is. So do those that audit this very host, and mean what
# runs on it. What failed is said again at the end.
# test.sh [SWIFT [OPTION...]]: the options are those of `swift test`.
set -uo pipefail
swift=${1:-swift}
[ $# -eq 0 ] || shift
log=$(mktemp)
reports=$(mktemp -d)
trap 'rm -rf "$log" "$reports"' EXIT
failed=0
alone='^(AgentTests\.|FleetServerTests\.|CommandTests\.EtcdTests/|CommandTests\.ConfinementTests/losesNothing)'
# What a sanitizer finds in a program that a test starts is found whether or not the test looks at how that ended.
if [ -n "${PLUMBLINE_SANITIZER:-}" ]; then
  export ASAN_OPTIONS="log_path=$reports/report ${ASAN_OPTIONS:-}"
  export TSAN_OPTIONS="log_path=$reports/report suppressions=$(cd "$(dirname "$0")" && pwd)/tsan.supp ${TSAN_OPTIONS:-}"
fi
"$swift" test --skip-build "$@" --skip "$alone" 2>&1 | tee "$log" || failed=1
"$swift" test --skip-build "$@" --no-parallel --filter "$alone" 2>&1 | tee -a "$log" || failed=1
if [ -n "$(ls "$reports")" ]; then
  cat "$reports"/*
  echo "test: the sanitizer reported something in $(ls "$reports" | wc -l) processes" >&2
  failed=1
fi
if [ $failed -ne 0 ]; then
  echo 'test: what failed:' >&2
  grep -a -e '✘' -e 'error:' "$log" | tail -n 20 >&2
fi
exit $failed
