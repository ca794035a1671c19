"""A recorded host being written: files in root/, and in attributes.tsv what git can't keep."""

import os
import shutil

MARK = "PLUMBLINE-CANARY"


def key(name):
    """What stands where a private key would: text that no output may ever hold."""
    return f"-----BEGIN RSA PRIVATE KEY-----\n{MARK}-{name}\n-----END RSA PRIVATE KEY-----\n"


class Tree:
    """Modes and owners are stated for every path outside of proc/ and sys/, as a checkout's are its umask's."""

    def __init__(self, directory):
        self.directory = directory
        self.root = os.path.join(directory, "root")
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.root)
        self.made = set()
        self.attributes = {"/": ("0755", 0, 0, "directory", "")}
        # When everything was last changed that says nothing else: before any recorded boot, and not when git checked it out.
        self.changed = 1763000000

    def place(self, path):
        place = os.path.join(self.root, path.strip("/"))
        parent = os.path.dirname(place)
        if parent not in self.made:
            os.makedirs(parent, exist_ok=True)
            self.made.add(parent)
        return place

    def state(self, path, mode, uid, gid, kind, extra=""):
        path = "/" + path.strip("/")
        if path.startswith(("/proc/", "/sys/")) and not extra:
            return
        parent = os.path.dirname(path)
        if parent not in self.attributes:
            self.state(parent, 0o755, 0, 0, "directory")
        self.attributes[path] = (f"{mode:04o}", uid, gid, kind, extra)

    def file(self, path, content="", mode=0o644, uid=0, gid=0, kind="file", extra=""):
        data = content if isinstance(content, bytes) else content.encode()
        with open(self.place(path), "wb") as out:
            out.write(data)
        self.state(path, mode, uid, gid, kind, extra)

    def directory_(self, path, mode=0o755, uid=0, gid=0, extra=""):
        os.makedirs(self.place(path), exist_ok=True)
        self.state(path, mode, uid, gid, "directory", extra)

    def link(self, path, target):
        os.symlink(target, self.place(path))
        self.state(path, 0o777, 0, 0, "symlink")

    def files(self, directory, contents, mode=0o644, newline="\n"):
        """Several small files of one directory: how proc/sys and sysfs are laid."""
        for name, content in contents.items():
            self.file(f"{directory}/{name}", content if isinstance(content, bytes) else f"{content}{newline}", mode)

    def remove(self, path):
        """Takes back what an older kernel does not have."""
        os.remove(self.place(path))
        self.attributes.pop("/" + path.strip("/"), None)

    def denied(self, path, error="EACCES", mode=0o700):
        """Something that gives an error instead of content."""
        kind = "directory" if os.path.isdir(self.place(path)) else "file"
        self.state(path, mode, 0, 0, kind, f"errno={error}")

    def restate(self, path, mode=None, uid=None, gid=None):
        """Other permissions or another owner for what is there already."""
        path = "/" + path.strip("/")
        old = self.attributes[path]
        self.attributes[path] = (
            old[0] if mode is None else f"{mode:04o}", old[1] if uid is None else uid, old[2] if gid is None else gid, *old[3:])

    def copy(self, source, target):
        """What a bind mount shows: the same files with the same attributes elsewhere."""
        source, target = "/" + source.strip("/"), "/" + target.strip("/")
        for path, entry in list(self.attributes.items()):
            if path != source and not path.startswith(source + "/"):
                continue
            there = target + path[len(source):]
            if entry[3] == "directory":
                os.makedirs(self.place(there), exist_ok=True)
            else:
                shutil.copyfile(self.place(path), self.place(there), follow_symlinks=False)
            self.state(there, int(entry[0], 8), *entry[1:])

    def finish(self, about):
        """Writes attributes.tsv and ABOUT.md, and keeps empty directories with a .keep."""
        for directory, names, files in os.walk(self.root):
            if not names and not files:
                open(os.path.join(directory, ".keep"), "w").close()
        lines = ["# path\tmode\tuid\tgid\ttype", "/**\t-\t0\t0\t-"]
        for path, (mode, uid, gid, kind, extra) in sorted(self.attributes.items()):
            if "mtime=" not in extra and not path.startswith(("/proc/", "/sys/")):
                extra = "\t".join([extra, f"mtime={self.changed}"] if extra else [f"mtime={self.changed}"])
            lines.append("\t".join([path, mode, str(uid), str(gid), kind] + ([extra] if extra else [])))
        with open(os.path.join(self.directory, "attributes.tsv"), "w") as out:
            out.write("\n".join(lines) + "\n")
        with open(os.path.join(self.directory, "ABOUT.md"), "w") as out:
            out.write(about.strip() + "\n\nMade by scripts/make-recorded-hosts.py: change it there.\n")
