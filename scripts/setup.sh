#!/bin/sh
# Installs the C libraries that the build links, by the system's package manager, where they are missing.
set -eu

missing=""
for header in seccomp.h sys/apparmor.h sys/capability.h yaml.h zlib.h sqlite3.h; do
  found=""
  for folder in /usr/include /usr/include/*-linux-gnu; do
    [ -e "$folder/$header" ] && found=yes
  done
  [ -n "$found" ] || missing="$missing $header"
done
command -v pkg-config > /dev/null 2>&1 || missing="$missing pkg-config"
[ -n "$missing" ] || exit 0

echo "setup: missing:$missing" >&2
if [ "$(id -u)" -ne 0 ]; then
  echo "setup: run it as root once, or install these yourself: libseccomp, libapparmor, libcap, libyaml, zlib, SQLite (development files), pkg-config" >&2
  exit 1
fi
if command -v apt-get > /dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends \
    libseccomp-dev libapparmor-dev libcap-dev libyaml-dev zlib1g-dev libsqlite3-dev pkg-config > /dev/null
elif command -v dnf > /dev/null 2>&1; then
  dnf install -y -q libseccomp-devel libseccomp-static libcap-devel libcap-static libyaml-devel zlib-devel zlib-static sqlite-devel pkgconf-pkg-config
  echo "setup: libapparmor is not packaged for this system; build it from its source" >&2
else
  echo "setup: no apt-get or dnf here; install the development files of libseccomp, libapparmor, libcap, libyaml, zlib and SQLite" >&2
  exit 1
fi
