"""ClickHouse's HTTP interface over chdb, which is the engine of today in this process: PORT DIRECTORY.

Takes what the fleet's store sends: statements in the body, or an INSERT in the address and its rows in the body. Settings in the
address must be ones that the engine knows."""
import http.server
import os
import sys
import tempfile
import threading
import urllib.parse

from chdb import session

port, directory = int(sys.argv[1]), sys.argv[2]
engine = session.Session(os.path.join(directory, "data"))
# One session has one current database: one statement at a time.
turn = threading.Lock()
# What the HTTP interface takes itself.
of_the_interface = {"query", "database", "wait_end_of_query"}


def run(parameters, body):
    for name, value in parameters.items():
        if name not in of_the_interface:
            engine.query(f"SET {name} = {value}")
    if "database" in parameters:
        engine.query(f"USE {parameters['database']}")
    if "query" not in parameters:
        return engine.query(body.decode(), "TSV").bytes()
    head, form = parameters["query"].split(" FORMAT ")
    with tempfile.NamedTemporaryFile(dir=directory) as rows:
        rows.write(body)
        rows.flush()
        return engine.query(f"{head} FROM INFILE '{rows.name}' FORMAT {form}", "TSV").bytes()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        try:
            with turn:
                status, answer = 200, run(parameters, body)
        except Exception as problem:
            text = str(problem)
            status, answer = 404 if "UNKNOWN_" in text else 500, text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
