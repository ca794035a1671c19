#!/usr/bin/env bash
# Runs all tests that were built. Those of agent, relay and collector run last and one by one: they wait for programs that they started, and
# beside tests that take all processors what they see is how busy the machine is. What failed is said again at the end.
# test.sh [SWIFT [OPTION...]]: the options are those of `swift test`.
set -uo pipefail
swift=${1:-swift}
[ $# -eq 0 ] || shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
"$swift" test --skip-build "$@" --skip '^(AgentTests|FleetServerTests)\.' 2>&1 | tee "$log" || failed=1
"$swift" test --skip-build "$@" --no-parallel --filter '^(AgentTests|FleetServerTests)\.' 2>&1 | tee -a "$log" || failed=1
if [ $failed -ne 0 ]; then
  echo 'test: what failed:' >&2
  grep -a -e '✘' -e 'error:' "$log" | tail -n 20 >&2
fi
exit $failed
