"""Reads an export back with DuckDB, as a lake would. lake.py DIRECTORY: prints what it finds as JSON."""
import json
import pathlib
import sys

import duckdb

root = pathlib.Path(sys.argv[1])
answers = {}
for form, reader in (("ndjson", "read_json_auto"), ("csv", "read_csv_auto")):
    if not (root / form).is_dir():
        continue

    def one(kind, query):
        # As docs/export.md says it: whatever else lies there is no part of the export.
        files = "%s('%s/%s/*/part.%s.gz'%s)" % (
            reader, root / form, kind, form, ", hive_partitioning = false" if form == "csv" else "")
        return duckdb.sql(query % files).fetchall()

    def seen(pattern):
        files = duckdb.execute("SELECT file FROM glob(?)", ["%s/reports/%s" % (root / form, pattern)]).fetchall()
        return sorted({pathlib.Path(file).name for file, in files})

    answers[form] = {
        "reports": list(one("reports", "SELECT count(*), sum(failed), sum(passed), count(DISTINCT digest) FROM %s")[0]),
        "results": list(one("results", "SELECT count(*), count(*) FILTER (status = 'fail') FROM %s")[0]),
        "changes": list(one("changes", "SELECT count(*) FROM %s")[0]),
        "globs": [seen(pattern) for pattern in ("*/part.*.gz", "*/*.gz", "**/*.gz")],
        "names": sorted(row[0] for row in one("reports", "SELECT DISTINCT name FROM %s")),
    }
print(json.dumps(answers))
