#!/bin/bash
# Boots a real kernel with AppArmor and a TPM 2.0 under QEMU's software emulation (no KVM, no network), runs the static program as
# root inside, and compares what it says with what the guest's own files and tools say. docs/test-vm.md says what is compared.
#   scripts/vm/test-vm.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/../.."
here=scripts/vm
program=${1:-dist/plumbline}
work=.build/vm
out=$work/out
say() { echo "test-vm: $*"; }

if [ "$(uname -m)" != x86_64 ]; then
  say "the guest is x86-64, and a program built here is not" >&2
  exit 1
fi
mkdir -p "$work"

# --- what it needs -----------------------------------------------------------------------------------------------------------
missing=""
for tool in qemu-system-x86_64 swtpm swtpm_setup busybox cpio apparmor_parser python3; do
  command -v "$tool" > /dev/null 2>&1 || [ -x "/usr/sbin/$tool" ] || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  say "installing:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends \
    qemu-system-x86 swtpm swtpm-tools busybox-static cpio apparmor python3 > /dev/null
fi
if ! ls "$work"/kernel/boot/vmlinuz-* > /dev/null 2>&1; then
  rm -rf "$work/kernel" "$work/deb"
  mkdir -p "$work/deb"
  [ -n "$(apt-cache depends linux-image-cloud-amd64 2> /dev/null)" ] || apt-get update -qq
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
  say "downloading $package" >&2
  (cd "$work/deb" && apt-get download -qq "$package" 2> /dev/null)
  # Beside, never into a root: the package would turn a merged-/usr link into a folder.
  dpkg -x "$work"/deb/*.deb "$work/kernel"
fi
[ -x "$program" ] || make release

# --- the guest ---------------------------------------------------------------------------------------------------------------
started=$(date +%s.%N)
rm -rf "$work/tree" "$work/tpm" "$out"
mkdir -p "$work"/tree/{bin,dev,proc,sys,tmp,etc,run} "$work/tpm" "$out"
cp "$(command -v busybox)" "$work/tree/bin/busybox"
cp "$program" "$work/tree/bin/plumbline"
cp "$here/init" "$work/tree/init"
chmod 755 "$work/tree/init"
printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' > "$work/tree/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$work/tree/etc/group"
# Compiled here: in the guest the compiler would take longer than all else.
PATH=$PATH:/usr/sbin apparmor_parser --skip-cache --skip-kernel-load --stdout --kernel-features /etc/apparmor.d/abi/3.0 \
  "$here/profiles.apparmor" > "$work/tree/etc/profiles.bin"
(cd "$work/tree" && find . | cpio -o -H newc -R 0:0 --quiet) | gzip -1 > "$work/initrd.img"

state=$(realpath "$work/tpm")
# A Unix socket's path has at most 107 bytes, and a checkout may lie deeper.
socket=$(mktemp -d)
trap 'rm -rf "$socket"' EXIT
chmod 711 "$socket"
swtpm_setup --tpm2 --tpmstate "$state" --pcr-banks sha1,sha256 --overwrite > "$work/swtpm.log" 2>&1 \
  || { cat "$work/swtpm.log" >&2; exit 1; }
swtpm socket --tpm2 --tpmstate "dir=$state" --ctrl "type=unixio,path=$socket/s" --terminate >> "$work/swtpm.log" 2>&1 &
for _ in $(seq 100); do [ -S "$socket/s" ] && break; sleep 0.02; done

booted=$(date +%s.%N)
timeout 180 qemu-system-x86_64 -accel tcg,thread=multi -machine q35 -cpu max,la57=off -smp 2 -m 768 \
  -nodefaults -no-reboot -display none \
  -chardev "socket,id=c,path=$socket/s" -tpmdev emulator,id=t,chardev=c -device tpm-tis,tpmdev=t \
  -kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd.img" \
  -append "console=ttyS0 quiet security=apparmor panic=-1" \
  -serial "file:$work/console" -serial "file:$work/out.tar.gz" \
  || { say "the guest did not come to its end; its console:" >&2; cat "$work/console" >&2; exit 1; }
stopped=$(date +%s.%N)
tar -xzf "$work/out.tar.gz" -C "$out" \
  || { say "the guest sent no results; its console:" >&2; cat "$work/console" >&2; exit 1; }

# --- compared ----------------------------------------------------------------------------------------------------------------
python3 "$here/compare.py" "$out" "$program"
ended=$(date +%s.%N)
python3 -c "print('test-vm: %.1f s (guest %.1f s)' % ($ended - $started, $stopped - $booted))"
