#!/usr/bin/env python3
"""Measures what an audit costs by the number of processes, and by the files that it opens for them.

    scripts/measure-cost.py [--program dist/plumbline] [--rounds 15] [--plot docs/cost.svg]
    scripts/measure-cost.py --here 300 [--program dist/plumbline] [--rounds 15]

Hosts with containers (scripts/make-workload-host.py) are made in memory, each is audited a number of times, all of them in turn,
so that a busy minute falls on all alike, and the least of each is taken: processor time of the program and of the kernel for it, as
wait4(2) says, the most memory, and the system calls as strace counts them, in a run of their own. Prints a table in Markdown; draws it
where matplotlib is installed.

With --here this very host is audited instead, in turn as it is and beside as many sleeping processes as make it that many.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Processes and containers; the last is a large node's.
HOSTS = ((10, 3), (30, 10), (100, 33), (300, 75), (1000, 150), (2500, 300), (5000, 500))


def make(directory):
    for processes, containers in HOSTS:
        subprocess.run([sys.executable, f"{HERE}/make-workload-host.py", f"{directory}/{processes}",
                        "--processes", str(processes), "--containers", str(containers)], check=True)


def command(program, directory, processes):
    return [program, "audit", "--benchmark", "node-baseline", "--format", "json", "--root", f"{directory}/{processes}/root"]


def run(words):
    """Seconds of processor time, and the most memory in KiB."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        sys.exit(f"measure-cost: {' '.join(words)} ended with {process.returncode}")
    return usage.ru_utime, usage.ru_stime, usage.ru_maxrss


def calls(words):
    """All system calls, and those that open a file or a directory."""
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["strace", "-f", "-c", "-o", out.name, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        counts = {}
        for line in out.read().splitlines():
            if found := re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$", line):
                counts[found[2]] = int(found[1])
    counts.pop("total", None)
    return sum(counts.values()), counts.get("openat2", 0) + counts.get("openat", 0)


def measure(program, directory, rounds):
    least = {}
    for _ in range(rounds):
        for processes, _ in HOSTS:
            user, kernel, memory = run(command(program, directory, processes))
            before = least.get(processes, (9e9, 9e9, 0, 9e9))
            least[processes] = (min(before[0], user), min(before[1], kernel), max(before[2], memory), min(before[3], user + kernel))
    rows = []
    for processes, containers in HOSTS:
        total, opened = calls(command(program, directory, processes))
        _, _, memory, time = least[processes]
        rows.append({"processes": processes, "containers": containers, "ms": time * 1000, "MB": memory / 1024,
                     "calls": total, "opened": opened})
    return rows


def here(program, processes, rounds):
    """This host, as it is and with so many processes: a round of eight audits each, in turn."""
    words = [program, "audit", "--format", "json"]
    found = {}
    for _ in range(rounds):
        for wanted in (0, processes):
            sleeping = [subprocess.Popen(["sleep", "600"]) for _ in range(wanted - running())]
            try:
                # Until the last of them sleeps.
                time.sleep(0.3)
                for _ in range(8):
                    begun = time.monotonic()
                    user, kernel, memory = run(words)
                    found.setdefault(wanted, []).append((user + kernel, time.monotonic() - begun, memory / 1024, running()))
            finally:
                for process in sleeping:
                    process.kill()
                for process in sleeping:
                    process.wait()
    print("| processes | CPU, ms: least | median | elapsed, ms: least | median | memory, MB | system calls |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for wanted, audits in found.items():
        cpu, elapsed, memory, count = zip(*audits)
        sleeping = [subprocess.Popen(["sleep", "600"]) for _ in range(wanted - running())]
        total, _ = calls(words)
        for process in sleeping:
            process.kill()
            process.wait()
        times = [f"{1000 * value:.0f}" for values in (cpu, elapsed) for value in (min(values), statistics.median(values))]
        print(f"| {max(count)} | {' | '.join(times)} | {max(memory):.0f} | {total:,} |")


def running():
    return sum(name.isdigit() for name in os.listdir("/proc"))


def table(rows):
    first = rows[0]
    print("| processes | containers | CPU, ms | µs for each further process | files opened | for each further process "
          "| µs for each further file | memory, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        more = row["processes"] - first["processes"]
        files = row["opened"] - first["opened"]
        extra = (row["ms"] - first["ms"]) * 1000
        each = [f"{extra / more:.0f}", f"{files / more:.1f}", f"{extra / files:.1f}"] if more else ["", "", ""]
        print(f"| {row['processes']:,} | {row['containers']} | {row['ms']:.0f} | {each[0]} | {row['opened']:,} | {each[1]} | {each[2]} "
              f"| {row['MB']:.0f} |")


def plot(rows, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "plumbline"
    from matplotlib import pyplot, ticker

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4))
    counts = [row["processes"] for row in rows]
    left.loglog(counts, [row["ms"] for row in rows], "o-", color="#205080")
    left.set(xlabel="processes", ylabel="CPU, ms", title="A whole audit")
    left.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    left.yaxis.set_minor_locator(ticker.NullLocator())
    first = rows[0]
    further = rows[2:]
    each = [(row["ms"] - first["ms"]) * 1000 / (row["processes"] - first["processes"]) for row in further]
    right.semilogx([row["processes"] for row in further], each, "o-", color="#205080")
    right.set(xlabel="processes", ylabel="µs", title="Each further process", ylim=(0, max(each) * 1.3))
    for axes in (left, right):
        axes.grid(True, which="major", color="#dddddd")
        axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    left.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default="dist/plumbline")
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--plot")
    arguments.add_argument("--here", type=int, metavar="PROCESSES")
    options = arguments.parse_args()
    # Taken before: what is measured is a load itself.
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} × {processor()}, Linux {platform.release()}; load {load:.1f} before\n"
    if options.here:
        print(machine)
        here(os.path.abspath(options.program), options.here, options.rounds)
        return
    directory = tempfile.mkdtemp(prefix="plumbline-cost-", dir="/dev/shm")
    try:
        make(directory)
        rows = measure(os.path.abspath(options.program), directory, options.rounds)
    finally:
        shutil.rmtree(directory)
    print(machine)
    table(rows)
    if options.plot:
        plot(rows, options.plot)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown processor")


main()
