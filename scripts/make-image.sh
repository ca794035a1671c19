#!/bin/sh
# Makes the image of the static programs in dist/ as an OCI layout: make-image.sh VERSION [DIRECTORY-OF-PROGRAMS [OUTPUT]]
# Nothing of the recipe runs in it, so no right beyond a user's own files is needed.
set -eu
version=$1
here=$(cd "$(dirname "$0")/.." && pwd)
programs=${2:-$here/dist}
output=${3:-$here/dist/image}
command -v buildah > /dev/null 2>&1 || { echo "make-image: buildah is not installed" >&2; exit 1; }
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
set -- --root "$store/root" --runroot "$store/run" --storage-driver vfs
buildah "$@" bud --isolation chroot --format oci --timestamp 0 --build-arg "VERSION=$version" -t "plumbline:$version" \
  -f "$here/deploy/Containerfile" "$programs"
rm -rf "$output"
buildah "$@" push "plumbline:$version" "oci:$output:$version"
