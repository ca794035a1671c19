"""A TPM 2.0 in sysfs with an event log that replays to its PCRs, and UEFI variables."""

import hashlib
import struct

from kernel import input_file

GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
IMAGE_SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
SHIM = "605dab50-e046-4300-abb6-3dd810dd8b23"
SYSTEMD = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
ALGORITHMS = [(0x0004, "sha1", 20), (0x000B, "sha256", 32)]
SEPARATOR, S_CRTM, FIRMWARE_BLOB, VARIABLE, APPLICATION, NO_ACTION, IPL = 4, 8, 0x80000008, 0x80000001, 0x80000003, 3, 13

ACPI_TABLE = b"TPM2" + struct.pack("<I", 76) + b"\x04" + b"\0" * 67


def guid(text):
    first, second, third, fourth, last = text.split("-")
    return struct.pack("<IHH", int(first, 16), int(second, 16), int(third, 16)) + bytes.fromhex(fourth + last)


def variable_event(name, owner, data):
    """UEFI_VARIABLE_DATA of the TCG PC Client firmware profile."""
    return guid(owner) + struct.pack("<QQ", len(name), len(data)) + name.encode("utf-16-le") + data


def signature_list(certificate):
    """An EFI_SIGNATURE_LIST with one X.509 certificate."""
    size = 16 + len(certificate)
    return guid("a5c059a1-94e4-4aa7-87b5-ab155c2bf072") + struct.pack("<III", 28 + size, 0, size) + guid(SYSTEMD) + certificate


def platform_key():
    return signature_list(input_file("certificates", "platform-key.der"))


def hash_list(count):
    """An EFI_SIGNATURE_LIST of SHA-256 hashes, as a dbx has them."""
    entries = b"".join(guid(SYSTEMD) + hashlib.sha256(b"revoked %d" % n).digest() for n in range(count))
    return guid("c1c41626-504c-4092-aca9-41f936934328") + struct.pack("<III", 28 + 48 * count, 0, 48) + entries


def event_log(platform_key, dbx):
    """The log and the PCRs it replays to."""
    specification = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(ALGORITHMS))
    specification += b"".join(struct.pack("<HH", number, size) for number, _, size in ALGORITHMS) + b"\0"
    log = struct.pack("<II20sI", 0, NO_ACTION, b"", len(specification)) + specification
    pcrs = {name: [b"\0" * size] * 17 + [b"\xff" * size] * 6 + [b"\0" * size] for _, name, size in ALGORITHMS}
    events = [
        (0, S_CRTM, "EDK II".encode("utf-16-le") + b"\0\0", None), (0, FIRMWARE_BLOB, struct.pack("<QQ", 0x820000, 0xE0000), b"blob 1"),
        (7, VARIABLE, variable_event("SecureBoot", GLOBAL, b"\1"), None),
        (7, VARIABLE, variable_event("PK", GLOBAL, platform_key), None),
        (7, VARIABLE, variable_event("dbx", IMAGE_SECURITY, dbx), None),
        *[(pcr, SEPARATOR, b"\0\0\0\0", None) for pcr in range(8)],
        (4, APPLICATION, struct.pack("<QQQQ", 0x7E6D0018, 955656, 0, 0), b"shim"),
        (4, APPLICATION, struct.pack("<QQQQ", 0x7E4D0018, 2656136, 0, 0), b"grub"),
        (8, IPL, b"grub_cmd: linux /vmlinuz root=/dev/mapper/vg-root ro\0", None), (9, IPL, b"/vmlinuz-6.8.0-51-generic\0", b"kernel"),
        (14, IPL, b"MokList\0", b"moklist"),
    ]
    for pcr, kind, data, measured in events:
        log += struct.pack("<III", pcr, kind, len(ALGORITHMS))
        for number, name, _ in ALGORITHMS:
            digest = hashlib.new(name, data if measured is None else measured).digest()
            pcrs[name][pcr] = hashlib.new(name, pcrs[name][pcr] + digest).digest()
            log += struct.pack("<H", number) + digest
        log += struct.pack("<I", len(data)) + data
    return log, pcrs


def tpm2(tree):
    key, dbx = platform_key(), hash_list(371)
    log, pcrs = event_log(key, dbx)
    device = "sys/devices/platform/MSFT0101:00"
    tree.file(f"{device}/tpm/tpm0/tpm_version_major", "2\n")
    tree.file(f"{device}/tpm/tpm0/null_name", "000b" + hashlib.sha256(b"null").hexdigest() + "\n")
    for name, values in pcrs.items():
        for index, value in enumerate(values):
            tree.file(f"{device}/tpm/tpm0/pcr-{name}/{index}", value.hex().upper() + "\n")
    tree.link(f"{device}/tpm/tpm0/device", "../..")
    tree.file(f"{device}/description", "TPM 2.0 Device\n")
    tree.file(f"{device}/modalias", "acpi:MSFT0101:\n")
    tree.file("sys/bus/platform/drivers/tpm_crb/bind", "")
    tree.link(f"{device}/driver", "../../../bus/platform/drivers/tpm_crb")
    tree.link("sys/class/tpm/tpm0", "../../devices/platform/MSFT0101:00/tpm/tpm0")
    tree.file(f"{device}/tpmrm/tpmrm0/dev", "253:65536\n")
    tree.link("sys/class/tpmrm/tpmrm0", "../../devices/platform/MSFT0101:00/tpmrm/tpmrm0")
    tree.file("sys/firmware/acpi/tables/TPM2", ACPI_TABLE)
    tree.file("sys/kernel/security/tpm0/binary_bios_measurements", log)
    tree.file("dev/tpm0", "", 0o660, 107, 0, kind="character device")
    tree.file("dev/tpmrm0", "", 0o660, 107, 107, kind="character device")
    return key, dbx


def sha1_log():
    """A log of version 1.2, and PCRs 0 to 9 as it leaves them."""
    pcrs, log = [b"\0" * 20] * 10, b""
    events = [(0, S_CRTM, b"1.0"), (0, IPL, b"POST"), *[(pcr, SEPARATOR, b"\0\0\0\0") for pcr in range(8)], (4, IPL, b"boot sector"),
              (8, IPL, b"grub_cmd: linux /vmlinuz"), (9, IPL, b"/vmlinuz")]
    for pcr, kind, data in events:
        digest = hashlib.sha1(data).digest()
        pcrs[pcr] = hashlib.sha1(pcrs[pcr] + digest).digest()
        log += struct.pack("<II", pcr, kind) + digest + struct.pack("<I", len(data)) + data
    return log, pcrs


def tpm12(tree, enabled=1, active=1, log=True):
    """A TPM 1.2, as older machines have it."""
    device = "sys/devices/pnp0/00:05"
    tree.file(f"{device}/tpm/tpm0/tpm_version_major", "1\n")
    tree.files(f"{device}/tpm/tpm0", {"enabled": enabled, "active": active, "temp_deactivated": 0})
    measured, pcrs = sha1_log()
    for index in range(24):
        value = pcrs[index].hex() if index < 10 else "00" * 20
        tree.file(f"{device}/tpm/tpm0/pcr-sha1/{index}", value.upper() + "\n")
    tree.link(f"{device}/tpm/tpm0/device", "../..")
    tree.link("sys/class/tpm/tpm0", "../../devices/pnp0/00:05/tpm/tpm0")
    if log:
        tree.file("sys/kernel/security/tpm0/binary_bios_measurements", measured)
    tree.file("dev/tpm0", "", 0o660, kind="character device")


def tampered(tree):
    """What SeaBIOS measured into a TPM 2.0 of swtpm, with the digest of its second measurement changed in the log."""
    log = bytearray(input_file("seabios", "tpm.log"))
    # After the header (69 bytes): the first event (80), the next one's three numbers, its SHA-1 digest with its number, a number.
    first = 32 + struct.unpack_from("<I", log, 28)[0]
    second = first + 12 + 22 + 34 + 4 + struct.unpack_from("<I", log, first + 68)[0]
    log[second + 12 + 22 + 2] ^= 1
    tree.file("sys/kernel/security/tpm0/binary_bios_measurements", bytes(log))
    tree.file("sys/class/tpm/tpm0/tpm_version_major", "2\n")
    for line in input_file("seabios", "tpm.pcrs").decode().splitlines():
        bank, index, value = line.split()
        tree.file(f"sys/class/tpm/tpm0/pcr-{bank}/{index}", value + "\n")
    tree.file("sys/kernel/security/lsm", "lockdown,capability,yama")
    tree.file("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
    for node in ["tpm0", "tpmrm0"]:
        tree.file(f"dev/{node}", "", 0o600, kind="character device")
    return """
# tampered-log

A TPM 2.0 and its event log, both from a guest that scripts/vm/test-vm.sh booted: SeaBIOS as QEMU of Debian 12 has it, measuring into
swtpm (its files lie in scripts/recorded_hosts/seabios). One bit of the second event's SHA-256 digest was changed afterwards, so that the log
does not add up to the registers. The rest of the host is left out.
"""


def efi(tree, *, secure_boot, setup_mode=False, platform_key, dbx, mok_disabled=None):
    def variable(name, owner, data, attributes=0x07):
        tree.file(f"sys/firmware/efi/efivars/{name}-{owner}", struct.pack("<I", attributes) + data)

    variable("SecureBoot", GLOBAL, bytes([secure_boot]), 0x06)
    variable("SetupMode", GLOBAL, bytes([setup_mode]), 0x06)
    variable("PK", GLOBAL, platform_key, 0x27)
    variable("KEK", GLOBAL, platform_key, 0x27)
    variable("db", IMAGE_SECURITY, platform_key, 0x27)
    variable("dbx", IMAGE_SECURITY, dbx, 0x27)
    if mok_disabled is not None:
        variable("MokSBStateRT", SHIM, bytes([mok_disabled]), 0x06)
    tree.file("sys/firmware/efi/fw_platform_size", "64\n")
    tree.file("sys/firmware/efi/runtime", "0x7f9f3018\n")
