"""A reading of its own of the firmware's event log (TCG PC Client Platform Firmware Profile), and changes to it that must be seen."""

import hashlib
import json
import pathlib
import struct
import subprocess
import tempfile

from comparison import Snapshot, lines

SIZES = {4: 20, 11: 32, 12: 48, 13: 64}
NAMES = {4: "sha1", 11: "sha256", 12: "sha384", 13: "sha512"}
NO_ACTION = 3


def registers(guest):
    """[bank, index, value] as sysfs has them."""
    return [line.split() for line in lines(guest, "tpm.pcrs")]


def extended(log):
    """(register, bank, offset of the digest, its size, event's data) of every event that was extended into a register."""
    agile = log[32:47] == b"Spec ID Event03"
    at = 32 + struct.unpack_from("<I", log, 28)[0] if agile else 0
    while at < len(log):
        register, kind = struct.unpack_from("<II", log, at)
        at += 8
        digests = []
        if agile:
            count = struct.unpack_from("<I", log, at)[0]
            at += 4
            for _ in range(count):
                algorithm = struct.unpack_from("<H", log, at)[0]
                digests.append((NAMES[algorithm], at + 2, SIZES[algorithm]))
                at += 2 + SIZES[algorithm]
        else:
            digests.append(("sha1", at, 20))
            at += 20
        size = struct.unpack_from("<I", log, at)[0]
        data = log[at + 4 : at + 4 + size]
        at += 4 + size
        if kind != NO_ACTION:
            for bank, place, length in digests:
                yield register, bank, place, length, data


def events(log):
    """How many events it has, with those that extend nothing; the header of a crypto-agile log is none."""
    agile = log[32:47] == b"Spec ID Event03"
    at = 32 + struct.unpack_from("<I", log, 28)[0] if agile else 0
    count = 0
    while at < len(log):
        at += 8
        if agile:
            digests = struct.unpack_from("<I", log, at)[0]
            at += 4
            for _ in range(digests):
                at += 2 + SIZES[struct.unpack_from("<H", log, at)[0]]
        else:
            at += 20
        at += 4 + struct.unpack_from("<I", log, at)[0]
        count += 1
    return count


def replayed(log, bank):
    """Registers 0 to 7 as the log adds up to them."""
    size = {name: SIZES[number] for number, name in NAMES.items()}[bank]
    values = {index: bytes(size) for index in range(8)}
    for register, name, place, length, _ in extended(log):
        if name == bank and register in values:
            values[register] = hashlib.new(bank, values[register] + log[place : place + length]).digest()
    return {index: value.hex() for index, value in values.items()}


def tampered(c, guest, program, bank, version="2"):
    """The same log with one bit of a digest changed, for each event, on a copy of what the guest showed: it must not replay."""
    log = guest.joinpath("tpm.log").read_bytes()
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        device, security = root / "sys/class/tpm/tpm0", root / "sys/kernel/security/tpm0"
        security.mkdir(parents=True)
        for other, index, value in registers(guest):
            (device / f"pcr-{other}").mkdir(parents=True, exist_ok=True)
            (device / f"pcr-{other}" / index).write_text(value + "\n")
        (device / "tpm_version_major").write_text(version + "\n")

        def replay(data):
            (security / "binary_bios_measurements").write_bytes(data)
            done = subprocess.run([program, "collect", "--root", name], capture_output=True, check=False)
            s = Snapshot(json.loads(done.stdout))
            return s.fact("tpm-bank", "replay", bank), s.fact("tpm-bank", "firstDifference", bank)

        c.expect("the copied log replays", replay(log), ("matches", "absent"))
        digests = [(event[0], event[2], event[3]) for event in extended(log) if event[0] < 8 and event[1] == bank]
        c.expect("the log has events", len(digests) >= 8, True)
        for number, (register, at, length) in enumerate(digests):
            place = at + number % length
            changed = log[:place] + bytes([log[place] ^ 1 << number % 8]) + log[place + 1 :]
            c.expect(f"byte {place} of the log changed, PCR {register}", replay(changed), ("differs", register))
        c.expect("the log cut by a byte", replay(log[:-1])[0], "malformed")
