#!/bin/sh
# Writes Sources/CProfiles/CProfiles.c: one #embed for each file in profiles/ that the program carries.
set -eu
cd "$(dirname "$0")/.."
{
  echo '// Made by scripts/embed-profiles.sh (make generate). Do not edit.'
  echo '#include "CProfiles.h"'
  i=0
  files=$(find profiles -name '*.yaml' -o -path profiles/confinement/syscalls.txt | LC_ALL=C sort)
  for file in $files; do
    printf '\nstatic const unsigned char profile%d[] = {\n#embed "../../%s"\n};\n' "$i" "$file"
    i=$((i + 1))
  done
  printf '\nstatic const struct embedded_profile profiles[] = {\n'
  i=0
  for file in $files; do
    printf '    {"%s", profile%d, sizeof profile%d},\n' "${file#profiles/}" "$i" "$i"
    i=$((i + 1))
  done
  printf '    {NULL, NULL, 0},\n};\n\n'
  printf 'const struct embedded_profile *embedded_profile(size_t index) {\n'
  printf '  const size_t last = sizeof profiles / sizeof profiles[0] - 1;\n'
  printf '  return &profiles[index < last ? index : last];\n}\n'
} > Sources/CProfiles/CProfiles.c.new
mv Sources/CProfiles/CProfiles.c.new Sources/CProfiles/CProfiles.c
