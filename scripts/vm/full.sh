#!/bin/bash
# Whole systems under QEMU's software emulation: for each scenario a guest boots, the static program runs in it as root, and what
# it says is compared with what the guest's own files and tools say. docs/test-vm.md says what, and how long it takes.
#   scripts/vm/full.sh [SCENARIO...]        without one, all
#   PROGRAM=dist/plumbline                  which program
set -euo pipefail
cd "$(dirname "$0")/../.."
here=scripts/vm
vm_name=test-vm-full
program=${PROGRAM:-dist/plumbline}

# NAME ROOT FIRMWARE TPM BANKS
scenarios="
apparmor            apparmor bios  2.0  sha1,sha256
selinux-permissive  selinux  bios  2.0  sha256
selinux-enforcing   selinux  bios  2.0  sha256
tpm-1.2             apparmor bios  1.2  sha1
tpm-none            apparmor bios  none none
secureboot-on       apparmor on    2.0  sha256
secureboot-off      apparmor off   2.0  sha256
setup-mode          apparmor setup 2.0  sha256
"

if [ "$(uname -m)" != x86_64 ]; then
  echo "$vm_name: the guests are x86-64, and a program built here is not" >&2
  exit 1
fi
# shellcheck source=scripts/vm/lib.sh
. "$here/lib.sh"
# shellcheck source=scripts/vm/roots.sh
. "$here/roots.sh"

run() { # NAME ROOT FIRMWARE TPM BANKS
  local name=$1 kind=$2 firmware=$3 version=$4 banks=$5 out=$vm/$1 started=$SECONDS mode="" wrong=0 verdict
  rm -rf "$out"
  mkdir -p "$out"
  cp "$here/guest/run" "$here/guest/watched" "$out/"
  [ "$name" != apparmor ] || cp profiles/confinement/apparmor.profile "$here/guest/container.apparmor" "$out/"
  cp "$program" "$out/plumbline"
  # The configuration of the root says permissive; where it has to say enforcing, the guest is told to write that before it looks.
  case $name in
    selinux-enforcing) mode=enforcing=1 ;;
    selinux-permissive)
      mode=enforcing=0
      sed -i '1i sed -i s/^SELINUX=.*/SELINUX=enforcing/ /etc/selinux/config' "$out/run"
      ;;
  esac
  if [ "$version" = none ]; then no_tpm; else start_tpm "$version" "$out/tpm" "$banks"; fi
  boot "$out" "$vm/$kind.ext4" on "$(security_of "$kind" "$mode")" "$firmware" || wrong=1
  stop_tpm
  local booted=$((SECONDS - started))
  if [ "$wrong" = 0 ]; then
    python3 "$here/compare_full.py" "$name" "$out/got" "$program" > "$out/result" 2>&1 || wrong=1
    cat "$out/result"
  fi
  if [ "$wrong" = 0 ]; then verdict=agrees; else verdict=DIFFERS; fi
  summary+=$(printf '%-20s %-8s %3s s, of which the guest %3s s' "$name" "$verdict" $((SECONDS - started)) "$booted")$'\n'
  return "$wrong"
}

need "qemu-system-x86_64 /usr/share/seabios/bios-256k.bin swtpm swtpm_setup busybox cpio python3 mmdebstrap mke2fs mformat mcopy
  /usr/share/OVMF/OVMF_CODE_4M.ms.fd" \
  "qemu-system-x86 seabios swtpm swtpm-tools busybox-static cpio python3 mmdebstrap e2fsprogs mtools ovmf"
need_kernel
need_initrd
need_program "$program"
trap stop_tpm EXIT
begun=$SECONDS
summary="" failed=0 chosen=("$@")
[ $# -gt 0 ] || mapfile -t chosen < <(awk 'NF { print $1 }' <<< "$scenarios")
for name in "${chosen[@]}"; do
  read -r -a options < <(awk -v name="$name" '$1 == name' <<< "$scenarios") \
    || { say "no scenario '$name'; there are: $(awk 'NF { print $1 }' <<< "$scenarios" | xargs)" >&2; exit 2; }
  need_root "${options[1]}"
  run "${options[@]}" || failed=1
done
printf '%s' "$summary"
say "${#chosen[@]} scenarios in $((SECONDS - begun)) s"
exit "$failed"
