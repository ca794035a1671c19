#!/usr/bin/env python3
"""Fills a fleet's tables in ClickHouse with NODES x DAYS reports of 250 answers, for measuring. URL DATABASE [NODES DAYS].

The tables must be there (plumbline-fleet prepare). Rows are as the program writes them."""
import datetime
import hashlib
import json
import random
import sys
import urllib.parse
import urllib.request

url, database = sys.argv[1], sys.argv[2]
nodes = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
days = int(sys.argv[4]) if len(sys.argv) > 4 else 30
first_day = 20_516  # 2026-03-04
random.seed(7)
entries = [{"id": f"1.{i}", "check": f"check-{i}", "area": f"area-{i % 20}", "severity": ["low", "medium", "high", "critical"][i % 4]} for i in range(250)]


def named(text):
    data = text.encode()
    return len(data).to_bytes(8, "big") + data


layout = hashlib.sha256(named("node-baseline") + b"".join(named(e[k]) for e in entries for k in ("id", "check", "area", "severity"))).hexdigest()


def day_text(day):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=day))


def insert(table, rows):
    query = urllib.parse.urlencode({"database": database, "query": f"INSERT INTO {table} FORMAT JSONEachRow", "insert_distributed_sync": 1})
    body = "\n".join(json.dumps(r) for r in rows).encode()
    urllib.request.urlopen(urllib.request.Request(f"{url}/?{query}", data=body)).read()


insert("layout", [{"digest": layout, "benchmark": "node-baseline", "entries": json.dumps(entries)}])
state = []
for n in range(nodes):
    usual = ["p"] * 250
    for i in range(250):
        r = (i * 7919 + (n % 20) * 104729) % 100
        usual[i] = "n" if r < 25 else "f" if r < 37 else "u" if r < 38 else "p"
    state.append(usual)
before = [0] * nodes
for d in range(days):
    link, report, daily, change, latest, finding, origin = [], [], [], [], [], [], []
    day = day_text(first_day + d)
    for n in range(nodes):
        host = f"worker-{n:05d}.example#{n:016x}"
        at = (first_day + d) * 86400 + n * 8
        digest = hashlib.sha256(f"{n} {d}".encode()).hexdigest()
        rank = (at << 31) | (int(digest[:8], 16) >> 1)
        if d and random.random() < 0.25:
            for place in {random.randrange(250) for _ in range(random.randint(1, 2))}:
                was = state[n][place]
                now = "f" if was == "p" else "p"
                state[n][place] = now
                change.append({"slug": f"check-{place}", "host": host, "benchmark": "node-baseline", "rank": rank, "since": before[n], "place": place, "day": day, "started_at": at, "id": f"1.{place}", "was": was, "became": now})
        before[n] = rank
        statuses = "".join(state[n])
        failed = statuses.count("f")
        stream = {"host": host, "benchmark": "node-baseline", "rank": rank}
        tally = {"passed": 500, "total": 500 + failed, "decided": 180, "applicable": 187, "failed": failed, "critical": failed // 4, "high": failed // 4}
        standing = {**stream, "day": day, "digest": digest, "started_at": at, "received_at": at + 2, "name": f"worker-{n:05d}.example", "pool": f"pool-{n % 20}", "os": "debian 12", "kernel": "6.1.0", "architecture": "x86_64", "kubelet": "v1.32.1", "roles": "worker", "run": digest[:32], "sequence": d, "benchmark_version": "0.1", "profile": "ab" * 32, "layout": layout, "statuses": statuses, "complete": 1, "level": 1, **tally, "signer": None, "waivers": "[]"}
        link.append({**stream, "day": day, "layout": layout, "statuses": statuses})
        report.append({**standing, "earliness": 4294967295 - at - 2})
        daily.append({**stream, "day": day, "pool": f"pool-{n % 20}", **tally})
        if d >= days - 2:
            latest.append(standing)
            for place, letter in enumerate(statuses):
                if letter in "fu":
                    document = {"id": f"1.{place}", "check": f"check-{place}", "status": "fail", "evidence": [{"entity": "kubelet", "fact": "authentication.anonymous.enabled", "expected": "false", "found": "true", "sources": ["/var/lib/kubelet/config.yaml:12 authentication.anonymous.enabled"]}], "evidenceDropped": 0}
                    finding.append({**stream, "slug": f"check-{place}", "id": f"1.{place}", "document": json.dumps(document)})
        if d == 0:
            origin.append({**stream, "least": (1 << 64) - 1 - rank})
    for table, rows in [("link", link), ("report", report), ("daily", daily), ("change", change), ("latest", latest), ("finding", finding), ("origin", origin)]:
        for start in range(0, len(rows), 20_000):
            insert(table, rows[start:start + 20_000])
