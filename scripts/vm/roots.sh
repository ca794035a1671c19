# The guests' disks: made once from Debian's packages and kept in .build/vm; sourced by full.sh.
# shellcheck shell=bash

common=systemd,systemd-sysv,dbus,udev,kmod,procps,iproute2,openssh-server,auditd,libcap2-bin,tpm2-tools,keyutils,cron

packages_of() {
  case $1 in
    apparmor) echo "$common,mokutil,apparmor,apparmor-profiles" ;;
    selinux) echo "$common,selinux-policy-default,selinux-utils,policycoreutils,policycoreutils-python-utils,semodule-utils,setools" ;;
  esac
}

# need_root KIND: leaves .build/vm/KIND.ext4, booted once. Another kernel or another way of making it makes it again.
need_root() {
  local kind=$1 stamp
  stamp=$( (cat "$here"/guest/{customize,payload.service,profiles.apparmor,prepare}; packages_of "$kind"; basename "$kernel") | sha256sum)
  [ -e "$vm/$kind.ext4" ] && [ "$stamp" = "$(cat "$vm/$kind.stamp" 2> /dev/null)" ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    say "a root's owners and labels can be written by root only" >&2
    return 1
  fi
  local started=$SECONDS root=$vm/root.$kind
  say "making the root '$kind'" >&2
  rm -rf "$root" "$vm/$kind".{ext4,stamp}
  nice mmdebstrap --quiet --mode=root --variant=minbase --aptopt='APT::Install-Recommends "false"' \
    --include="$(packages_of "$kind")" --customize-hook="$PWD/$here/guest/customize $kind \"\$1\" '$vm/kernel'" \
    bookworm "$root" > "$vm/$kind.log" 2>&1 || { cat "$vm/$kind.log" >&2; return 1; }
  # From a folder with its owners and labels, and without a mount.
  mke2fs -q -t ext4 -O ^has_journal -d "$root" "$vm/$kind.part" 1200M
  rm -rf "$root"
  need_initrd
  local out=$vm/prepare.$kind
  mkdir -p "$out"
  cp "$here/guest/prepare" "$out/run"
  no_tpm
  boot "$out" "$vm/$kind.part" off "$(security_of "$kind" enforcing=0)" bios || return 1
  mv "$vm/$kind.part" "$vm/$kind.ext4"
  echo "$stamp" > "$vm/$kind.stamp"
  say "made the root '$kind' in $((SECONDS - started)) s" >&2
}

# The kernel's parameters for a kind of root.
security_of() {
  case $1 in
    apparmor) echo "security=apparmor" ;;
    selinux) echo "security=selinux selinux=1 $2" ;;
  esac
}

# A few modules and busybox: what it takes to mount the root.
need_initrd() {
  local tree=$vm/initrd.tree modules
  modules=$(echo "$vm"/kernel/lib/modules/*/kernel/drivers)
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,dev,root,modules}
  cp "$(command -v busybox)" "$tree/bin/busybox"
  cp "$modules"/virtio/virtio{,_ring,_pci_legacy_dev,_pci_modern_dev,_pci}.ko "$modules/block/virtio_blk.ko" "$tree/modules/"
  cp "$here/guest/initrd-init" "$tree/init"
  chmod 755 "$tree/init"
  (cd "$tree" && find . | cpio -o -H newc -R 0:0 --quiet) | gzip -1 > "$vm/initrd.img"
  rm -rf "$tree"
}

# need_esp PARAMETERS: an EFI system partition with shim, GRUB and the kernel, each signed by Debian, in .build/vm/esp.img.
need_esp() {
  if [ ! -e "$vm/efi/shim" ] || [ ! -e "$vm/efi/grub" ]; then
    rm -rf "$vm/efi"
    mkdir -p "$vm/efi/deb"
    (cd "$vm/efi/deb" && apt-get download -qq shim-signed grub-efi-amd64-signed 2> "$vm/apt.log") \
      || { cat "$vm/apt.log" >&2; return 1; }
    for package in "$vm"/efi/deb/*.deb; do dpkg -x "$package" "$vm/efi/root"; done
    cp "$vm/efi/root/usr/lib/shim/shimx64.efi.signed" "$vm/efi/shim"
    cp "$vm/efi/root/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$vm/efi/grub"
    rm -rf "$vm/efi/deb" "$vm/efi/root"
  fi
  # linuxefi, not linux: without Secure Boot Debian's GRUB has "linux" enter the kernel past its EFI stub, and only the stub takes the
  # firmware's event log over to the kernel.
  cat > "$vm/efi/grub.cfg" <<EOF
linuxefi /vmlinuz $1
initrdefi /initrd.img
boot
EOF
  rm -f "$vm/esp.img"
  truncate -s 64M "$vm/esp.img"
  mformat -i "$vm/esp.img" -F ::
  mmd -i "$vm/esp.img" ::/EFI ::/EFI/BOOT ::/EFI/debian
  mcopy -i "$vm/esp.img" "$vm/efi/shim" ::/EFI/BOOT/BOOTX64.EFI
  mcopy -i "$vm/esp.img" "$vm/efi/grub" ::/EFI/BOOT/grubx64.efi
  mcopy -i "$vm/esp.img" "$vm/efi/grub.cfg" ::/EFI/debian/grub.cfg
  mcopy -i "$vm/esp.img" "$kernel" ::/vmlinuz
  mcopy -i "$vm/esp.img" "$vm/initrd.img" ::/initrd.img
}

# firmware_variables STATE FILE: OVMF's variables with Microsoft's keys and Secure Boot on or off, or without any key.
firmware_variables() {
  local folder=/usr/share/OVMF
  case $1 in
    on | off) cp "$folder/OVMF_VARS_4M.ms.fd" "$2" ;;
    setup) cp "$folder/OVMF_VARS_4M.fd" "$2" ;;
  esac
  [ "$1" != off ] || python3 - "$2" <<'EOF'
# What the firmware's own menu does: SecureBootEnable is one byte after its name.
import sys
name = "SecureBootEnable\0".encode("utf-16-le")
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    at = data.index(name) + len(name)
    assert data[at] == 1 and data.count(name) == 1
    file.seek(at)
    file.write(b"\0")
EOF
}

no_tpm() { tpm=(); }

# boot OUT DISK SNAPSHOT(on|off) PARAMETERS FIRMWARE(bios|on|off|setup): OUT/ is taken in on a disk; what the guest leaves is put
# into OUT/got, its console into OUT/console.
boot() {
  local out=$1 parameters="console=ttyS0 quiet panic=-1 $4" machine
  tar -C "$out" --exclude=got --exclude='*.img' --exclude=console --exclude=variables.fd -cf "$out/in.img" .
  rm -rf "$out/got" "$out/out.img"
  truncate -s 96M "$out/out.img"
  if [ "$5" = bios ]; then
    machine=(-machine q35 -kernel "$kernel" -initrd "$vm/initrd.img" -append "$parameters")
  else
    need_esp "$parameters"
    firmware_variables "$5" "$out/variables.fd"
    # System management mode guards the variables, as on hardware.
    machine=(-machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on -global ICH9-LPC.disable_s3=1
      -drive if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.ms.fd
      -drive "if=pflash,format=raw,unit=1,file=$out/variables.fd"
      -drive "if=none,id=esp,format=raw,readonly=on,file=$vm/esp.img"
      -device virtio-blk-pci,drive=esp,addr=7,bootindex=1)
  fi
  # Addresses, for the disks' letters follow them.
  limit=${limit:-900} qemu "${machine[@]}" -m 1024 "${tpm[@]}" \
    -drive "if=none,id=root,format=raw,snapshot=$3,file=$2" -device virtio-blk-pci,drive=root,addr=4 \
    -drive "if=none,id=in,format=raw,readonly=on,file=$out/in.img" -device virtio-blk-pci,drive=in,addr=5 \
    -drive "if=none,id=out,format=raw,file=$out/out.img" -device virtio-blk-pci,drive=out,addr=6 \
    -serial "file:$out/console" \
    || { say "the guest did not come to its end; its console:" >&2; tail -n 60 "$out/console" >&2; return 1; }
  mkdir -p "$out/got"
  tar -xf "$out/out.img" -C "$out/got" 2> /dev/null || true
  rm -f "$out"/*.img
}
