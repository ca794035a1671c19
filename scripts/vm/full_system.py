"""The kernel, sshd, the network, mounts and accounts: what their own tools said, against what the program said."""

import json
import re

from comparison import capabilities, kernel, lines, text
from full_processes import from_text, names


def command_line(c, s, guest):
    said = s.fact("kernel", "commandLine.parameters")
    seen = text(guest, "cmdline").split()
    # The value of a parameter that the program does not know could be a secret, and is not told.
    hidden = {word.partition("=")[0] for word in said if word.endswith("=(withheld)")}
    seen = [word.partition("=")[0] + "=(withheld)" if word.partition("=")[0] in hidden else word for word in seen]
    c.expect("command line", said, seen)
    c.expect("what is withheld of it", hidden <= {"BOOT_IMAGE"}, True)


# Facts by the keyword that `sshd -T` prints; flags are its yes and no.
SSHD_TEXTS = {
    "PermitRootLogin": "permitrootlogin", "IgnoreRhosts": "ignorerhosts", "PermitUserEnvironment": "permituserenvironment",
    "AllowTcpForwarding": "allowtcpforwarding", "GatewayPorts": "gatewayports", "PermitTunnel": "permittunnel",
    "MaxStartups": "maxstartups", "LogLevel": "loglevel", "Banner": "banner", "MaxAuthTries": "maxauthtries",
    "MaxSessions": "maxsessions", "LoginGraceTime": "logingracetime", "ClientAliveInterval": "clientaliveinterval",
    "ClientAliveCountMax": "clientalivecountmax", "PasswordAuthentication": "passwordauthentication",
    "KbdInteractiveAuthentication": "kbdinteractiveauthentication", "PermitEmptyPasswords": "permitemptypasswords",
    "PubkeyAuthentication": "pubkeyauthentication", "HostbasedAuthentication": "hostbasedauthentication",
    "StrictModes": "strictmodes", "X11Forwarding": "x11forwarding", "AllowAgentForwarding": "allowagentforwarding",
    "UsePAM": "usepam",
}


def plain(value):
    """One spelling of a setting: flags as yes and no, times in seconds, a word that means the same."""
    word = str(value).lower()
    if found := re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(\d+)s", word):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return str(hours * 3600 + minutes * 60 + seconds)
    return {"true": "yes", "false": "no", "without-password": "prohibit-password"}.get(word, word)


def sshd(c, s, guest):
    told = {}
    for line in lines(guest, "sshd"):
        keyword, _, value = line.partition(" ")
        told.setdefault(keyword, value)
    c.expect("sshd -T answered", len(told) > 50, True)
    for fact, keyword in SSHD_TEXTS.items():
        said = s.fact("sshd", fact)
        if said != "absent":  # no file sets it: the verdicts take the version's default, below
            c.expect(f"sshd {fact}", plain(said), plain(told.get(keyword)))
    compared = 0
    for result in json.loads(text(guest, "report.json"))["results"]:
        keyword = SSHD_TEXTS.get(result.get("fact"))
        if result["area"] == "sshd" and keyword and "found" in result:
            compared += 1
            c.expect(f"{result['check']} found", plain(result["found"]), plain(told.get(keyword)))
    c.expect("settings of sshd were judged", compared > 10, True)
    loosened = s.fact("sshd", "matchLoosens")
    c.expect("what Match loosens", any("X11Forwarding" in item for item in loosened), True)


LOOPBACK = ("127.", "[::1]")


def ports(guest, name, local):
    found = set()
    for line in lines(guest, name):
        address, _, port = line.split()[3].rpartition(":")
        if address.startswith(LOOPBACK) == local:
            found.add(port)
    return sorted(found, key=int)


def network(c, s, guest):
    for fact, name, local in [("tcp.listening", "ss.tcp", False), ("tcp.loopback", "ss.tcp", True), ("udp.listening", "ss.udp", False)]:
        c.expect(f"ports by ss: {fact}", sorted(s.fact("network", fact), key=int), ports(guest, name, local))


def mounts(c, s, guest):
    found = {}
    for line in lines(guest, "findmnt"):
        target, options = line.split(" ", 1)
        found[target] = set(options.split(","))
    for fact, target in [("tmp", "/tmp"), ("shm", "/dev/shm"), ("home", "/home"), ("var", "/var"), ("log", "/var/log")]:
        said = s.fact("mounts", f"{fact}.options")
        # findmnt adds the superblock's; the program's are the mount's own.
        if said == "absent":
            c.expect(f"{target} is not mounted by itself", target in found, False)
        else:
            c.expect(f"options of {target}", sorted(set(said) - found.get(target, set())), [])
            safe = {"nosuid", "nodev", "noexec", "ro"}
            c.expect(f"safe options of {target}", sorted(safe & set(said)), sorted(safe & found.get(target, set())))
    c.expect("cgroup version", s.fact("mounts", "cgroup.version"), 2 if "/sys/fs/cgroup" in found else 1)


def system(c, s, guest):
    command_line(c, s, guest)
    kernel(c, s, guest)
    sshd(c, s, guest)
    network(c, s, guest)
    mounts(c, s, guest)
    c.expect("user id 0", s.fact("accounts", "uidZero"), lines(guest, "uid0"))
    usable = sorted(line.split()[0] for line in lines(guest, "passwd.S") if line.split()[1] == "P")
    c.expect("accounts with a password, by passwd -S", sorted(s.fact("accounts", "passwordAccounts")), usable)
    units = dict(line.split() for line in lines(guest, "units"))
    c.expect("auditd runs", "auditd" in s.fact("audit", "running"), units["auditd"] == "active")
    c.expect("the journal's daemon runs", s.fact("services", "journald.running"), units["systemd-journald"] == "active")
    c.expect("cron runs", bool(s.fact("services", "cron.running")), units["cron"] == "active")
    for line in lines(guest, "capsh"):
        if line.startswith("Bounding set ="):
            told = set(line.split("=")[1].split(",")) - {""}
            c.expect("the first process's bounding set, by a shell's", sorted(s.fact("capabilities", "init.bounding")), names(told))
    # It empties its own before it looks; the kernel says so of its process.
    own = next(line.split(":")[1] for line in lines(guest, "audit.kernel") if line.startswith("CapBnd:"))
    c.expect("the auditor's bounding set", sorted(s.fact("capabilities", "auditor.bounding")), capabilities(int(own, 16)))
    files = dict(line.split(" ", 1) for line in lines(guest, "getcap"))
    said = {facts["path"]["value"]: facts for facts in s.entities.get("file-capability", {}).values()}
    for path, words in files.items():
        if path in said:
            permitted = names(from_text(words)[1])
            c.expect(f"capabilities of {path}", sorted(said[path]["permitted"]["value"]), permitted)
    places = ("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/")
    c.expect("files with capabilities, by getcap", sorted(said), sorted(path for path in files if path.startswith(places)))
