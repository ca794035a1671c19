"""A collector: takes reports by HTTPS and keeps each as a file. What it answers is told by files in its folder."""
import http.server
import os
import ssl
import sys

folder, port, certificate, key, clients = sys.argv[1:6]


def told(name):
    try:
        with open(os.path.join(folder, name)) as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        token = told("token")
        status = int(told("answer") or 202)
        if token and self.headers.get("Authorization") != "Bearer " + token:
            status = 401
        if 200 <= status < 300 and len(body) == length:
            count = len(os.listdir(os.path.join(folder, "received")))
            name = os.path.join(folder, "received", "%06d" % count)
            with open(name + ".new", "wb") as file:
                file.write(body)
            os.rename(name + ".new", name)
        with open(os.path.join(folder, "answers"), "a") as file:
            file.write("%d\n" % status)
        said = b"said so\n"
        self.send_response(status)
        if told("retry-after"):
            self.send_header("Retry-After", told("retry-after"))
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *arguments):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
if clients:
    context.load_verify_locations(clients)
    context.verify_mode = ssl.CERT_REQUIRED
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Collector)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
