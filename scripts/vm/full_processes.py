"""Processes: what /proc, getpcaps, aa-status and ps said of each, against what the program said of it."""

from comparison import CAPABILITIES, aa_status, capabilities, lines


def stanzas(guest):
    """The processes that ran after the program had looked; those that it saw too are compared."""
    for stanza in guest.joinpath("processes").read_text().split("\n\n"):
        if stanza.strip():
            yield dict(line.replace("\t", " ").split(" ", 1) for line in stanza.strip().splitlines())


def from_text(words):
    """cap_from_text(3): clauses of names, an operator and flags; the effective and the permitted set of what they say."""
    sets = {"e": set(), "p": set(), "i": set()}
    for clause in words.split():
        at = next(place for place, letter in enumerate(clause) if letter in "=+-")
        names = set(clause[:at].split(",")) - {"", "all"} or {f"cap_{name}" for name in CAPABILITIES}
        operator, flags = "", ""
        for letter in clause[at:] + "=":
            if letter not in "=+-":
                flags += letter
                continue
            for flag, members in sets.items():
                if operator == "=" and flag not in flags or operator == "-" and flag in flags:
                    members -= names
                elif operator and operator != "-" and flag in flags:
                    members |= names
            operator, flags = letter, ""
    return sets["e"], sets["p"]


def names(members):
    return ["all"] if len(members) == len(CAPABILITIES) else sorted(members)


def one(c, s, process, name, module, first):
    """One process against its own files in /proc."""
    identity = process["pid"]

    def said(fact):
        value = s.fact("process", fact, identity)
        return sorted(value) if isinstance(value, list) else value

    for which, field in [("effective", "CapEff:"), ("permitted", "CapPrm:"), ("bounding", "CapBnd:"), ("ambient", "CapAmb:")]:
        mask = int(process[field], 16)
        c.expect(f"{which} capabilities of {name}", said(f"capabilities.{which}"), capabilities(mask))
    c.expect(f"executable of {name}", said("executable"), process["exe"])
    c.expect(f"user of {name}", said("user"), int(process["Uid:"].split()[1]))
    c.expect(f"no_new_privs of {name}", said("noNewPrivileges"), process["NoNewPrivs:"].strip() == "1")
    modes = ["disabled", "strict", "filter"]
    c.expect(f"seccomp of {name}", said("seccomp.mode"), modes[int(process["Seccomp:"])])
    c.expect(f"seccomp filters of {name}", said("seccomp.filters"), int(process["Seccomp_filters:"]))
    for fact, space in [("userNamespace.initial", "user"), ("hostPID", "pid"), ("hostNetwork", "net"), ("hostIPC", "ipc")]:
        c.expect(f"{fact} of {name}", said(fact), process[f"ns.{space}"] == first[f"ns.{space}"])
    label = process["label"]
    if module == "selinux":
        c.expect(f"label of {name}", said("label"), label)
        c.expect(f"type of {name}", said("label.type"), label.split(":")[2])
    else:
        profile, _, mode = label.rpartition(" (")
        c.expect(f"label of {name}", said("label"), profile or label)
        c.expect(f"mode of {name}", said("label.mode"), mode.rstrip(")") if profile else "unconfined")


def processes(c, s, guest, module):
    started = dict(line.split(" ", 1) for line in lines(guest, "started"))
    seen = {process["pid"]: process for process in stanzas(guest)}
    first = seen["1"]
    known = s.entities["process"]
    both = [pid for pid in seen if pid in known]
    for pid, name in started.items():
        c.expect(f"the process {name} ({pid}) was seen by both", pid in both, True)
    c.expect("a running system's processes", len(both) > 15, True)
    for pid in both:
        one(c, s, seen[pid], f"{started.get(pid, seen[pid]['exe'])} ({pid})", module, first)
    tools(c, s, guest, both)
    kinds(c, s, {name: pid for pid, name in started.items()})
    if module == "apparmor":
        _, told = aa_status(guest)
        for row in told:
            if row["pid"] in both and row["status"] != "unconfined":
                c.expect(f"label of {row['pid']} by aa-status", s.fact("process", "label", row["pid"]), row["profile"])
                c.expect(f"mode of {row['pid']} by aa-status", s.fact("process", "label.mode", row["pid"]), row["status"])
        c.expect("aa-status saw confined processes", len(told) >= 2, True)
        bare = sorted({row["program"] for row in told if row["status"] == "unconfined" and row["pid"] in known})
        c.expect("programs without the profile that is theirs, by aa-status", s.fact("apparmor", "programs.unconfined"), bare)
        c.expect("the one that was started before its profile was loaded", "/opt/payload/late" in bare, True)
    else:
        for line in lines(guest, "ps.labels"):
            pid, label = line.split(None, 1)
            if pid in both:
                c.expect(f"ps on {pid}", s.fact("process", "label", pid), label.strip())


def tools(c, s, guest, both):
    compared = 0
    for line in lines(guest, "getpcaps"):
        pid, _, words = line.partition(":")
        if pid in both and "=" in words:
            effective, permitted = from_text(words)
            compared += 1
            c.expect(f"effective of {pid} by getpcaps", sorted(s.fact("process", "capabilities.effective", pid)), names(effective))
            c.expect(f"permitted of {pid} by getpcaps", sorted(s.fact("process", "capabilities.permitted", pid)), names(permitted))
    c.expect("getpcaps told of processes", compared > 15, True)


def kinds(c, s, started):
    """What was asked for when they were started: the guest's files could err together with the program."""
    c.expect("ambient", s.fact("process", "capabilities.ambient", started["ambient"]), ["cap_net_raw"])
    c.expect("nothing for nobody", s.fact("process", "capabilities.effective", started["nobody"]), [])
    bounding = s.fact("process", "capabilities.bounding", started["bounded"])
    c.expect("bounded", len(bounding), len(CAPABILITIES) - 3)
    c.expect("filtered by systemd", s.fact("process", "seccomp.mode", started["filtered"]), "filter")
    c.expect("bounded by systemd", s.fact("process", "capabilities.bounding", started["filtered"]), ["cap_chown"])
    for name, fact in [("own-users", "userNamespace.initial"), ("own-network", "hostNetwork"), ("own-ipc", "hostIPC")]:
        c.expect(name, s.fact("process", fact, started[name]), False)
    if "vm-enforced" in started:
        c.expect("vm-enforced", s.fact("process", "label.mode", started["vm-enforced"]), "enforce")
        c.expect("vm-complaining", s.fact("process", "label.mode", started["vm-complaining"]), "complain")
