#!/usr/bin/env python3
"""What the agent and the relay cost while nothing happens, and what one audit costs: scripts/measure-agent.py [DIRECTORY [SECONDS]]

DIRECTORY has plumbline and plumbline-relay (dist, after `make release`). Prints the table of docs/agent.md. Needs root, as the agent does.
"""
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")
# Issue and documentation promise that much at most.
MOST_MIB = 30


def memory(pid):
    """Resident and proportional set size in MiB; proc(5), smaps_rollup."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:
        text = stream.read()
    return [int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M)[1]) / 1024 for name in ("Rss", "Pss")]


def ticks(pid):
    """CPU time of the process, without its children, in clock ticks; proc(5), stat."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def switches(pid):
    """How often its threads went to sleep: each is a wake-up at most."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii", errors="replace") as stream:
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", stream.read(), re.M)[1])
    return total


def wait_for(condition, what):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.1)
    sys.exit(f"measure-agent: {what} did not come")


def audit(program):
    """CPU seconds and peak memory in MiB of one audit of this host."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([program, "audit", "--format", "json", "--fail-on", "none", "--output", f"{folder}/report.json"],
                              capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 3):
            sys.exit(f"measure-agent: the audit ended with {done.returncode}: {done.stderr.decode()}")
        with open(f"{folder}/report.json", encoding="utf-8") as stream:
            count = len(json.load(stream)["results"])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024, count


def main():
    directory = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "dist")
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    program = os.path.join(directory, "plumbline")
    # First: the peak that getrusage tells is that of the largest child so far, and there is none yet.
    cost, peak, count = audit(program)
    running, over = {}, []
    with tempfile.TemporaryDirectory() as folder:
        spool = f"{folder}/spool"
        try:
            with open(f"{folder}/log", "wb") as log:
                running["agent"] = subprocess.Popen([program, "agent", "--spool", spool, "--interval", "1d"], stderr=log)
                wait_for(lambda: os.path.exists(f"{spool}/000000000001.json"), "a report")
                # It serves what there is, and looks for more to send every few seconds; nobody asks.
                running["relay"] = subprocess.Popen(
                    [os.path.join(directory, "plumbline-relay"), "--spool", spool, "--listen", "127.0.0.1:0"], stderr=log)
            wait_for(lambda: b'"serves"' in open(f"{folder}/log", "rb").read(), "the relay")
            time.sleep(5)
            before = {name: (ticks(p.pid), switches(p.pid)) for name, p in running.items()}
            time.sleep(seconds)
            print(f"| idle for {seconds} s | resident | proportional | CPU | slept and woke |\n| --- | ---: | ---: | ---: | ---: |")
            for name, process in running.items():
                rss, pss = memory(process.pid)
                used, woken = ticks(process.pid) - before[name][0], switches(process.pid) - before[name][1]
                print(f"| {name} | {rss:.1f} MiB | {pss:.1f} MiB | {used / TICK:.2f} s | {woken} times |")
                if rss > MOST_MIB:
                    over.append(f"measure-agent: {name} has {rss:.1f} MiB, more than {MOST_MIB}")
        finally:
            for process in running.values():
                process.send_signal(signal.SIGTERM)
                process.wait()
    print(f"\nOne audit: {cost:.2f} s of CPU, {peak:.1f} MiB at most, {count} results.")
    if over:
        sys.exit("\n".join(over))


if __name__ == "__main__":
    main()
