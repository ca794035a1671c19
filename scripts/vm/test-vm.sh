#!/bin/bash
# Boots a real kernel with AppArmor and a TPM 2.0 under QEMU's software emulation (no KVM, no network), runs the static program as
# root inside, and compares what it says with what the guest's own files and tools say. docs/test-vm.md says what is compared.
#   scripts/vm/test-vm.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/../.."
here=scripts/vm
program=${1:-dist/plumbline}

if [ "$(uname -m)" != x86_64 ]; then
  echo "test-vm: the guest is x86-64, and a program built here is not" >&2
  exit 1
fi
# shellcheck source=scripts/vm/lib.sh
. "$here/lib.sh"
work=$vm/small
out=$work/out
need "qemu-system-x86_64 /usr/share/seabios/bios-256k.bin swtpm swtpm_setup busybox cpio apparmor_parser python3" \
  "qemu-system-x86 seabios swtpm swtpm-tools busybox-static cpio apparmor python3"
need_kernel
need_program "$program"

# --- the guest ---------------------------------------------------------------------------------------------------------------
started=$(date +%s.%N)
rm -rf "$work"
mkdir -p "$work"/tree/{bin,dev,proc,sys,tmp,etc,run} "$out"
cp "$(command -v busybox)" "$work/tree/bin/busybox"
cp "$program" "$work/tree/bin/plumbline"
cp "$here/guest/watched" "$work/tree/bin/watched"
cp "$here/guest/init" "$work/tree/init"
chmod 755 "$work/tree/init"
printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' > "$work/tree/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$work/tree/etc/group"
# Compiled here: in the guest the compiler would take longer than all else.
apparmor_parser --skip-cache --skip-kernel-load --stdout --kernel-features /etc/apparmor.d/abi/3.0 \
  "$here/guest/profiles.apparmor" > "$work/tree/etc/profiles.bin"
(cd "$work/tree" && find . | cpio -o -H newc -R 0:0 --quiet) | gzip -1 > "$work/initrd.img"

trap stop_tpm EXIT
start_tpm 2.0 "$work/tpm" sha1,sha256
booted=$(date +%s.%N)
qemu -machine q35 -m 768 "${tpm[@]}" -kernel "$kernel" -initrd "$work/initrd.img" \
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
