#!/usr/bin/env python3
"""What each privilege buys: the same audit of this host with one thing taken away at a time.

    scripts/measure-privileges.py dist/plumbline            print the table of docs/privileges.md
    scripts/measure-privileges.py dist/plumbline --check    print nothing; end with 1 if an audit crashed, or if a check
                                                            passed that did not with everything given

Needs root, setpriv and unshare (util-linux). Every way of running is an ordinary command line, printed with --commands.
"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

BASELINE = "root on the host"
# About the auditor itself: it says something else under each of them, by intent.
ABOUT_THE_AUDITOR = {"capabilities-auditor-sees"}


def without(*names):
    """setpriv(1): root gets what its bounding set holds when it starts a program."""
    return ["setpriv", "--bounding-set", ",".join("-" + name for name in names), "--inh-caps", "-all"]


def container(program, root, *flags, mounts=""):
    """A container's view: a root of its own, the host's root at /host, read-only; namespaces as the flags say."""
    script = f"""
      set -e
      mount --make-rprivate /
      mount -t tmpfs none {root}
      mkdir {root}/host {root}/proc
      cp {shlex.quote(program)} {root}/plumbline
      mount --rbind / {root}/host
      mount --make-rslave {root}/host
      mount -o remount,bind,ro {root}/host
      {mounts.replace('ROOT', root)}
      mount -t proc proc {root}/proc
      exec setpriv --bounding-set=-all,+dac_read_search,+sys_ptrace,+sys_chroot --inh-caps -all \\
        chroot {root} /plumbline "$@"
    """
    return ["unshare", "--mount", *flags, "sh", "-c", script, "sh"]


def ways(program, root, nobody):
    hidden = "umount -l ROOT/host/sys; umount -l ROOT/host/proc || true"
    return [
        (BASELINE, [program], []),
        ("root, not confined (`--unconfined`)", [program], ["--unconfined"]),
        ("root without CAP_SYS_PTRACE", without("sys_ptrace") + [program], []),
        ("root without CAP_DAC_READ_SEARCH", without("dac_read_search", "dac_override") + [program], []),
        ("root without any capability", ["setpriv", "--bounding-set=-all", "--inh-caps=-all", program], []),
        ("container, host's PID and network namespaces, /host", container(program, root), ["--root", "/host"]),
        ("container with PID, network, IPC and UTS namespaces of its own, /host",
         container(program, root, "--pid", "--fork", "--net", "--ipc", "--uts"), ["--root", "/host"]),
        ("container, /host without /proc and /sys", container(program, root, "--pid", "--fork", mounts=hidden),
         ["--root", "/host"]),
        ("ordinary user (nobody)",
         ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", nobody], []),
    ]


def audit(command, arguments):
    words = [*command, "audit", *arguments, "--format", "json", "--fail-on", "none"]
    done = subprocess.run(words, capture_output=True, timeout=300)
    if done.returncode not in (0, 3):
        return None, f"ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()[-400:]}"
    report = json.loads(done.stdout)
    return report, None


def main():
    program = os.path.abspath(sys.argv[1])
    check = "--check" in sys.argv[2:]
    if os.geteuid() != 0:
        sys.exit("measure-privileges: needs root, to take privileges away")
    failed = []
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        root = os.path.join(folder, "root")
        os.mkdir(root)
        nobody = os.path.join(folder, "plumbline")
        shutil.copy(program, nobody)
        os.chmod(nobody, 0o755)
        baseline = None
        for name, command, arguments in ways(program, root, nobody):
            if "--commands" in sys.argv[2:]:
                print(f"# {name}\n{shlex.join([*command, 'audit', *arguments])}\n")
                continue
            report, problem = audit(command, arguments)
            if problem:
                failed.append(f"{name}: {problem}")
                continue
            found = {result["id"]: result["status"] for result in report["results"]}
            baseline = baseline or found
            rows.append((name, report, changes(baseline, found)))
            # A verdict may get worse with less to see; it may not get better.
            better = [i for i, status in found.items() if status == "pass" and baseline[i] not in ("pass",)]
            failed += [f"{name}: {i} passes, and was {baseline[i]}" for i in better if i not in ABOUT_THE_AUDITOR]
    for line in failed:
        print(f"measure-privileges: {line}", file=sys.stderr)
    if not check:
        print_table(rows)
    sys.exit(1 if failed else 0)


def changes(baseline, found):
    """The checks that say something else than with everything given, by what they say now."""
    by_status = {}
    for check, status in found.items():
        if status != baseline[check] and check not in ABOUT_THE_AUDITOR:
            by_status.setdefault(status, []).append(check)
    return by_status


def print_table(rows):
    statuses = ["pass", "fail", "unknown", "notApplicable", "error"]
    print("| run as | " + " | ".join(statuses) + " | confinement missing |")
    print("| --- |" + " ---: |" * len(statuses) + " --- |")
    for name, report, _ in rows:
        counts = report["summary"]["statuses"]
        steps = report["auditor"].get("confinement", {}).get("steps")
        missing = "all" if steps is None else ", ".join(s["step"] for s in steps if s["state"] == "missing") or "-"
        print(f"| {name} | " + " | ".join(str(counts[s]) for s in statuses) + f" | {missing} |")
    print()
    for name, _, by_status in rows[1:]:
        print(f"### {name}\n")
        if not by_status:
            print("Every check says what it says with everything given.\n")
        for status, checks in sorted(by_status.items()):
            print(f"Turn `{status}` ({len(checks)}): " + ", ".join(f"`{c}`" for c in sorted(checks)) + ".\n")


if __name__ == "__main__":
    main()
