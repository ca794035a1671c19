# What the scripts beside it share; sourced with the repository's root as working directory.
# shellcheck shell=bash
PATH=$PATH:/usr/sbin:/sbin
vm=$PWD/.build/vm
mkdir -p "$vm"

say() { echo "${vm_name:-test-vm}: $*"; }

# Installs PACKAGES (second) where one of TOOLS (first; a path or a command) is missing.
need() {
  local missing="" tool
  for tool in $1; do
    command -v "$tool" > /dev/null 2>&1 || [ -e "$tool" ] || missing="$missing $tool"
  done
  [ -n "$missing" ] || return 0
  say "installing, for it lacks:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $2 > /dev/null
}

# Debian's cloud kernel, signed for Secure Boot, in .build/vm/kernel.
need_kernel() {
  if ! ls "$vm"/kernel/boot/vmlinuz-* > /dev/null 2>&1; then
    rm -rf "$vm/kernel" "$vm/deb"
    mkdir -p "$vm/deb"
    [ -n "$(apt-cache depends linux-image-cloud-amd64 2> /dev/null)" ] || apt-get update -qq
    local package
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
    say "downloading $package" >&2
    # Beside, never into a root: the package would turn a merged-/usr link into a folder.
    (cd "$vm/deb" && apt-get download -qq "$package" 2> "$vm/apt.log") || { cat "$vm/apt.log" >&2; return 1; }
    dpkg -x "$vm"/deb/*.deb "$vm/kernel"
    rm -rf "$vm/deb"
  fi
  kernel=$(echo "$vm"/kernel/boot/vmlinuz-*)
}

# A file of this day's or an older build is as good as any: whoever wants the newest runs `make release`.
need_program() {
  [ -x "$1" ] || make release
}

# Starts a software TPM: start_tpm VERSION STATE BANKS. Leaves QEMU's options for it in the array `tpm`.
start_tpm() {
  local version=$1 state=$2 banks=$3 flags=""
  [ "$version" = 1.2 ] || flags="--tpm2 --pcr-banks $banks"
  rm -rf "$state"
  mkdir -p "$state"
  # shellcheck disable=SC2086
  swtpm_setup $flags --tpmstate "$state" --overwrite > "$vm/swtpm.log" 2>&1 || { cat "$vm/swtpm.log" >&2; return 1; }
  # A Unix socket's path has at most 107 bytes, and a checkout may lie deeper.
  sockets=$(mktemp -d)
  chmod 711 "$sockets"
  swtpm socket ${flags:+--tpm2} --tpmstate "dir=$state" --ctrl "type=unixio,path=$sockets/s" --terminate >> "$vm/swtpm.log" 2>&1 &
  tpm_process=$!
  for _ in $(seq 100); do [ -S "$sockets/s" ] && break; sleep 0.02; done
  tpm=(-chardev "socket,id=c,path=$sockets/s" -tpmdev emulator,id=t,chardev=c -device tpm-tis,tpmdev=t)
}

# It ends by itself when QEMU hangs up; when QEMU never came, not.
stop_tpm() {
  [ -z "${tpm_process:-}" ] || kill "$tpm_process" 2> /dev/null || true
  [ -z "${sockets:-}" ] || rm -rf "$sockets"
  tpm_process="" sockets=""
}

# No KVM, no default devices, so no network either.
qemu() {
  timeout "${limit:-180}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max,la57=off -smp 2 \
    -nodefaults -no-reboot -display none "$@"
}
