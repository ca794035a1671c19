#!/usr/bin/env python3
"""What a fleet of a given size costs, on this machine: measure-fleet.py PROGRAM [--nodes 100,1000,10000] [--days 3] [--store FILE] [--send 4000]
[--hour 10000] [--plot FILE.svg]

Each fleet is made up (`plumbline-fleet demo`, 250 checks a report) into a store of its own, asked every question over HTTP, and sent reports
by several connections at once. DuckDB and jq answer the summary's question over the same reports as files, in the same run. Prints Markdown.
Needs PyPI's duckdb and matplotlib, and jq."""
import argparse
import concurrent.futures
import glob
import http.client
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

QUESTIONS = ["summary", "areas", "checks", "nodes", "drift?since=7d", "outliers", "stale", "waivers"]
PAGES = ["/", "/checks", "/nodes", "/drift", "/outliers", "/stale", "/waivers"]


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def run(arguments, **more):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(arguments, check=True, capture_output=True, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Server:
    def __init__(self, program, store):
        self.log = tempfile.NamedTemporaryFile("r")
        self.process = subprocess.Popen(
            [program, "serve", "--store", store, "--listen", "127.0.0.1:0", "--ingest-listen", "127.0.0.1:0"],
            stderr=open(self.log.name, "w"))
        self.ports = {}
        while len(self.ports) < 2:
            if self.process.poll() is not None:
                sys.exit(open(self.log.name).read())
            for line in open(self.log.name):
                entry = json.loads(line)
                if "port" in entry:
                    self.ports[entry["message"]] = int(entry["port"])
            time.sleep(0.05)

    def memory(self):
        text = open("/proc/%d/status" % self.process.pid).read()
        return [int(re.search(name + r":\s+(\d+)", text).group(1)) // 1024 for name in ("VmRSS", "VmHWM")]

    def cpu(self):
        fields = open("/proc/%d/stat" % self.process.pid).read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["answers"])
        began = time.monotonic()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:200])
        return (time.monotonic() - began) * 1000, body

    def send(self, documents):
        connection, sent = http.client.HTTPConnection("127.0.0.1", self.ports["takes reports"]), 0
        for sent, document in enumerate(documents, 1):
            connection.request("POST", "/v1/reports", document, {"Content-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 201), answer.status
        return sent

    def stop(self):
        self.process.terminate()
        self.process.wait()


def make(program, nodes, days, folder):
    store = os.path.join(folder, "fleet-%d.db" % nodes)
    run([program, "demo", "--store", store, "--nodes", str(nodes), "--days", str(days), "--checks", "250"])
    return store


def measure(program, store, repeats):
    server = Server(program, store)
    row = {"nodes": json.loads(server.ask("/api/v1/summary")[1])["nodes"], "times": {}, "cold": {}}
    node = json.loads(server.ask("/api/v1/nodes?limit=1")[1])["rows"][0]["host"]
    check = json.loads(server.ask("/api/v1/checks?limit=1")[1])["rows"][0]["check"]
    row["reports"] = sum(
        day["nodes"] for day in json.loads(server.ask("/api/v1/summary?days=400")[1])["trend"])
    key = urllib.parse.quote(node, safe="")
    paths = ["/api/v1/" + name for name in QUESTIONS + ["checks/" + check, "nodes/" + key]]
    for path in paths + PAGES + ["/checks/" + check, "/nodes/" + key]:
        name = path.replace(key, "NODE").replace(check, "CHECK")
        time.sleep(0 if repeats < 5 else 0.01)
        row["cold"][name] = server.ask(path)[0]
        row["times"][name] = [server.ask(path)[0] for _ in range(repeats)]
    row["memory"] = server.memory()
    server.stop()
    row["bytes"] = os.path.getsize(store)
    return row


def ingest(program, folder, count, connections):
    reports = os.path.join(folder, "reports")
    os.makedirs(reports)
    run([program, "demo", "--write", reports, "--nodes", str(count), "--days", "1", "--checks", "250"])
    files = sorted(name for name in glob.glob(reports + "/**/*.gz", recursive=True))
    documents = [open(name, "rb").read() for name in files]
    server = Server(program, os.path.join(folder, "ingest.db"))
    began, cpu = time.monotonic(), server.cpu()
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        sent = sum(pool.map(server.send, [documents[place::connections] for place in range(connections)]))
    wall, cpu = time.monotonic() - began, server.cpu() - cpu
    memory = server.memory()[1]
    server.stop()
    store = os.path.join(folder, "offline.db")
    _, offline, work = run([program, "ingest", "--store", store, reports])
    print("\nIngestion, %d reports of 250 results, gzipped (%d bytes each), every one on the disk before it is acknowledged:\n" % (
        sent, sum(map(len, documents)) / len(documents)))
    print("| way | reports a second | CPU a report | peak memory |\n| --- | ---: | ---: | ---: |")
    print("| `serve`, %d connections | %d | %.1f ms | %d MiB |" % (connections, sent / wall, 1000 * cpu / sent, memory))
    print("| `ingest` of the files | %d | %.1f ms | |" % (sent / offline, 1000 * work / sent))
    return reports, store


def hour(program, folder, nodes, connections):
    """An hour of a fleet that reports every ten minutes, sent as fast as it is taken, while somebody looks at the first page."""
    reports = os.path.join(folder, "hour")
    os.makedirs(reports)
    run([program, "demo", "--write", reports, "--nodes", str(nodes), "--rounds", "6", "--interval", "600", "--checks", "250"])
    # In the order of time, as they would come.
    files = sorted(glob.glob(reports + "/*/*.gz"), key=os.path.basename)
    store = os.path.join(folder, "hour.db")
    server, looks, over = Server(program, store), [], threading.Event()

    def look():
        while not over.wait(1):
            looks.append(server.ask("/")[0])

    looking = threading.Thread(target=look)
    began, cpu = time.monotonic(), server.cpu()
    looking.start()
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        parts = [(open(name, "rb").read() for name in files[place::connections]) for place in range(connections)]
        sent = sum(pool.map(server.send, parts))
    wall, cpu = time.monotonic() - began, server.cpu() - cpu
    over.set()
    looking.join()
    kept = json.loads(server.ask("/api/v1/summary")[1])["nodes"]
    memory = server.memory()
    server.stop()
    print("\nAn hour of %d nodes that report every ten minutes, %d reports, sent by %d connections as fast as they are taken:\n" % (
        nodes, sent, connections))
    print("| seconds | reports a second | CPU a report | peak memory | store | nodes in the answers | `/` meanwhile, median / 99th percentile |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n| %.0f | %d | %.1f ms | %d MiB | %.0f MB | %d | %.0f / %.0f ms of %d |" % (
        wall, sent / wall, 1000 * cpu / sent, memory[1], os.path.getsize(store) / 1e6, kept,
        percentile(looks, 0.5), percentile(looks, 0.99), len(looks)))
    os.remove(store)
    shutil.rmtree(reports)


def side_by_side(program, reports, store):
    import duckdb
    plain = os.path.join(reports, "plain")
    os.makedirs(plain)
    for name in glob.glob(reports + "/**/*.gz", recursive=True):
        subprocess.run("gzip -dc %s > %s/%s" % (name, plain, os.path.basename(name)[:-3]), shell=True, check=True)
    began = time.monotonic()
    duckdb.sql("SELECT summary, count(*) FROM (SELECT score.node.level AS summary FROM read_json('%s/*', "
               "columns = {score: 'STRUCT(node STRUCT(level INT))'}, maximum_object_size = 16000000)) GROUP BY 1" % plain).fetchall()
    duck = time.monotonic() - began
    _, jq, _ = run("find %s -type f -print0 | xargs -0 cat | jq -n '[inputs.score.node.level] | group_by(.) | map([.[0], length])'" % plain, shell=True)
    _, own, _ = run([program, "summary", "--store", store])
    print("\nHow many nodes are at each level, from %d reports, in the same run:\n" % len(os.listdir(plain)))
    print("| who | seconds |\n| --- | ---: |")
    for name, seconds in (("`plumbline-fleet summary`, from its store", own), ("DuckDB, from the JSON files", duck), ("jq, from the JSON files", jq)):
        print("| %s | %.2f |" % (name, seconds))


def plot(rows, path):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for name in ["/", "/api/v1/summary", "/api/v1/checks", "/api/v1/outliers", "/api/v1/nodes/NODE", "/api/v1/checks/CHECK"]:
        axes.plot([row["nodes"] for row in rows], [percentile(row["times"][name], 0.5) for row in rows], marker="o", label=name)
    axes.axhline(200, color="grey", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="nodes", ylabel="milliseconds (median)", title="An answer's time as the fleet grows")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--nodes", default="100,1000,10000")
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--store", action="append", default=[], help="ask a store that was made before; instead of making some")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--send", type=int, default=4000)
    parser.add_argument("--hour", type=int, default=0, metavar="NODES", help="also send an hour of so many nodes, six reports each")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--plot")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    folder = tempfile.mkdtemp(prefix="measure-fleet-")
    try:
        print("%s, %d processors, load %.1f at the start.\n" % (platform.release(), os.cpu_count(), os.getloadavg()[0]))
        rows = []
        for store in options.store:
            rows.append(measure(program, store, options.repeats))
        for nodes in [] if options.store else map(int, options.nodes.split(",")):
            store = make(program, nodes, options.days, folder)
            rows.append(measure(program, store, options.repeats))
            os.remove(store)
        print("| nodes | reports kept | store | bytes a node and day | server's memory, peak |\n| ---: | ---: | ---: | ---: | ---: |")
        for row in rows:
            print("| %d | %d | %.1f MB | %d | %d MiB |" % (
                row["nodes"], row["reports"], row["bytes"] / 1e6, row["bytes"] / row["reports"], row["memory"][1]))
        print("\nMilliseconds to the last byte, over HTTP: first / median / 99th percentile of %d.\n" % options.repeats)
        print("| what |" + "".join(" %d nodes |" % row["nodes"] for row in rows) + "\n| --- |" + " ---: |" * len(rows))
        for name in rows[0]["times"] if rows else []:
            print("| `%s` |" % name + "".join(" %.0f / %.0f / %.0f |" % (
                row["cold"][name], percentile(row["times"][name], 0.5), percentile(row["times"][name], 0.99)) for row in rows))
        if options.send:
            reports, store = ingest(program, folder, options.send, options.connections)
            side_by_side(program, reports, store)
        if options.hour:
            hour(program, folder, options.hour, options.connections)
        if options.plot:
            plot(rows, options.plot)
    finally:
        shutil.rmtree(folder)


main()
