#!/bin/sh
# The promises about the release binary: static, small, quick to start.
set -eu
program=$1

if objdump -p "$program" | grep -q NEEDED; then
  echo "release: $program needs dynamic libraries:" >&2
  objdump -p "$program" | grep NEEDED >&2
  exit 1
fi
size=$(stat -c %s "$program")
if [ "$size" -gt 24000000 ]; then
  echo "release: $program has $size bytes, over 24 MB" >&2
  exit 1
fi
"$program" --version > /dev/null
echo "release: static, $size bytes"
