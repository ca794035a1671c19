#!/bin/sh
# Makes again what is made from the code and the profiles. CI runs it and fails where something changes.
set -eu
cd "$(dirname "$0")/.."
scripts/embed-profiles.sh
scripts/make-seccomp-profile.py --write
swift build --product plumbline > /dev/null
program=.build/debug/plumbline
"$program" list facts --markdown > docs/facts.md
{
  echo '# Coverage'
  echo
  echo 'Made by `plumbline list benchmarks --markdown`, `plumbline list departures --markdown` and `plumbline list checks --markdown`.'
  echo
  "$program" list benchmarks --markdown
  echo
  echo '## Where a node departs from rules for any server'
  echo
  echo 'What general benchmarks ask and a Kubernetes node has to break, with what this project asks instead. `plumbline explain CHECK`'
  echo 'shows it beside the check, `plumbline list departures` all of them.'
  echo
  "$program" list departures --markdown
  echo
  echo '## Checks'
  echo
  "$program" list checks --markdown
} > docs/coverage.md
