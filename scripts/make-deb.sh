#!/bin/sh
# Makes dist/plumbline_VERSION_ARCHITECTURE.deb of the static programs in dist/: make-deb.sh VERSION [DIRECTORY-OF-PROGRAMS [OUTPUT]]
set -eu
version=$1
here=$(cd "$(dirname "$0")/.." && pwd)
programs=${2:-$here/dist}
output=${3:-$here/dist}
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 0755 "$tree"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2> /dev/null || echo 0)}
export SOURCE_DATE_EPOCH
put() { install -D -m "$1" "$2" "$tree/$3"; }
put 0755 "$programs/plumbline" usr/bin/plumbline
put 0755 "$programs/plumbline-relay" usr/bin/plumbline-relay
for unit in plumbline.service plumbline.timer plumbline-agent.service plumbline-relay.service; do
  put 0644 "$here/deploy/systemd/$unit" "lib/systemd/system/$unit"
done
put 0644 "$here/deploy/debian/plumbline.sysusers" usr/lib/sysusers.d/plumbline.conf
put 0644 "$here/deploy/debian/default" etc/default/plumbline
put 0644 "$here/deploy/debian/relay.json" etc/plumbline/relay.json
put 0644 "$here/profiles/confinement/apparmor.profile" etc/apparmor.d/plumbline
put 0644 "$here/deploy/seccomp/agent.json" usr/share/plumbline/seccomp/agent.json
put 0644 "$here/docs/deployment.md" usr/share/doc/plumbline/deployment.md
printf '%s\n' 'Plumbline, by its maintainers. Licence: as the source it was built from states.' > "$tree/usr/share/doc/plumbline/copyright"
gzip -9n < "$here/CHANGELOG.md" > "$tree/usr/share/doc/plumbline/changelog.gz"
mkdir "$tree/DEBIAN"
for script in postinst prerm postrm; do put 0755 "$here/deploy/debian/$script" "DEBIAN/$script"; done
printf '%s\n' /etc/default/plumbline /etc/plumbline/relay.json /etc/apparmor.d/plumbline > "$tree/DEBIAN/conffiles"
cat > "$tree/DEBIAN/control" <<EOF
Package: plumbline
Version: $version
Architecture: $architecture
Maintainer: ${MAINTAINER:-Plumbline maintainers <maintainers@users.noreply.plumbline.example>}
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: systemd | systemd-standalone-sysusers
Section: admin
Priority: optional
Description: audit of how a host is hardened
 Plumbline reads what the kernel enforces and what a Kubernetes node's
 components really run with, judges it by benchmarks, and shows what every
 verdict rests on. No service is started by the installation.
EOF
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$output"
dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$tree" "$output/plumbline_${version}_$architecture.deb"
