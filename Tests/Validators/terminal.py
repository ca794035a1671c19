"""Runs a command as on a terminal: `terminal.py COLUMNS COMMAND...`, standard output and standard error each on one of its own.

Prints what it wrote to each as JSON.
"""
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading


def terminal(columns):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    return ours, theirs


def drain(descriptor, into):
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # EIO: the other side is closed
            return
        if not part:
            return
        into.append(part)


streams = [terminal(int(sys.argv[1])) for _ in range(2)]
process = subprocess.Popen(
    sys.argv[2:], stdin=subprocess.DEVNULL, stdout=streams[0][1], stderr=streams[1][1])
texts = [[], []]
readers = [threading.Thread(target=drain, args=(stream[0], text)) for stream, text in zip(streams, texts)]
for stream, reader in zip(streams, readers):
    os.close(stream[1])
    reader.start()
status = process.wait()
for reader in readers:
    reader.join()
output, errors = (b"".join(text).decode() for text in texts)
print(json.dumps({"status": status, "output": output, "errors": errors}))
