#!/bin/sh
# Fuzzes readers with libFuzzer: fuzz.sh SECONDS RUNS [TARGET...]. What it finds stays in Fuzz/.build/findings/TARGET; the corpus in
# Tests/FuzzTests/Corpus is read and never written (merge what is worth keeping by hand: -merge=1).
set -eu
cd "$(dirname "$0")/.."
seconds=$1 runs=$2
shift 2
corpus=$PWD/Tests/FuzzTests/Corpus
[ $# -gt 0 ] || set -- $(ls "$corpus")
(cd Fuzz && ${SWIFT:-swift} build -c release --sanitize=fuzzer -Xswiftc -enable-testing)
failed=0
for target in "$@"; do
  work=Fuzz/.build/findings/$target
  mkdir -p "$work/corpus"
  if ! SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target Fuzz/.build/release/Fuzz -max_total_time="$seconds" -runs="$runs" -timeout=5 -rss_limit_mb=1024 \
    -max_len=4096 -artifact_prefix="$work/" -print_final_stats=1 "$work/corpus" "$corpus/$target" >"$work/log" 2>&1; then
    failed=1
    echo "$target: FOUND something, see $work" >&2
  fi
  awk -v target="$target" -v seconds="$seconds" '
    /number_of_executed_units/ { runs = $2 } /average_exec_per_sec/ { speed = $2 } / cov: / { cov = $4 }
    /slowest_unit/ { slow = $2 } /peak_rss/ { rss = $2 }
    END { printf "%-12s %10d runs, %7d a second, coverage %5d, slowest %d s, %d MB\n", target, runs, speed, cov, slow, rss }' "$work/log"
done
exit $failed
