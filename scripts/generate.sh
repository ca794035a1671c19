#!/bin/sh
# Makes again what is made from the code and the profiles. CI runs it and fails where something changes.
set -eu
cd "$(dirname "$0")/.."
scripts/embed-profiles.sh
swift build --product plumbline > /dev/null
program=.build/debug/plumbline
"$program" list facts --markdown > docs/facts.md
{
  echo '# Coverage'
  echo
  echo 'Made by `plumbline list benchmarks --markdown` and `plumbline list checks --markdown`.'
  echo
  "$program" list benchmarks --markdown
  echo
  echo '## Checks'
  echo
  "$program" list checks --markdown
} > docs/coverage.md
