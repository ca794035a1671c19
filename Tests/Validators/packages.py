"""The part of deployment.py that holds units, the Debian package and the image."""
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
# As docs/deployment.md states them: systemd-analyze's overall exposure, by Debian 12's systemd 252, rounded up.
EXPOSURE = {"plumbline.service": 3.6, "plumbline-agent.service": 3.6, "plumbline-relay.service": 1.5}
# What is by intention: the program is static, and the test does not wait for xz.
LINTIAN = {"statically-linked-binary", "embedded-library", "unstripped-binary-or-object", "uses-no-compression-for-control-tarball",
           "uses-no-compression-for-data-tarball"}
# What a build for debugging is, which the tests have; the static program that is shipped is not.
DYNAMIC = {"custom-library-search-path", "missing-dependency-on-libc"}


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def programs(folder, program):
    place = os.path.join(folder, "programs")
    os.mkdir(place)
    for name in ("plumbline", "plumbline-relay"):
        shutil.copy(program, os.path.join(place, name))
    return place


def units(folder, _, problem):
    for unit, stated in EXPOSURE.items():
        outcome = run("systemd-analyze", "security", "--offline=true", "--no-pager", os.path.join(ROOT, "deploy", "systemd", unit))
        found = re.search(r"exposure level for \S+: ([0-9.]+)", outcome.stdout)
        if not found or float(found[1]) > stated:
            problem(unit, f"exposure {found[1] if found else outcome.stderr.strip()}, and {stated} is stated")
    # The programs are not installed here: something that is there stands for them, and all else is systemd's to refuse.
    for name in sorted(os.listdir(os.path.join(ROOT, "deploy", "systemd"))):
        with open(os.path.join(ROOT, "deploy", "systemd", name), encoding="utf-8") as stream:
            text = re.sub(r"/usr/bin/plumbline(-relay)?", "/bin/true", stream.read())
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
    names = [os.path.join(folder, n) for n in sorted(os.listdir(folder))]
    outcome = run("systemd-analyze", "verify", "--man=no", *names, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"})
    for line in outcome.stderr.splitlines():
        if "plumbline" in line:
            problem("systemd-analyze verify", line)


def deb(folder, program, problem):
    made = run(
        os.path.join(ROOT, "scripts", "make-deb.sh"), "0.1.0", programs(folder, program), folder,
        env={**os.environ, "COMPRESSION": "none"})
    files = [f for f in os.listdir(folder) if f.endswith(".deb")]
    if made.returncode or len(files) != 1:
        return problem("make-deb", made.stderr.strip())
    file = os.path.join(folder, files[0])
    fields = run("dpkg-deb", "-f", file).stdout
    for field in ("Package: plumbline", "Version: 0.1.0", "Maintainer: ", "Depends: "):
        if field not in fields:
            problem("deb", f"no {field}")
    listed = {}
    for line in run("dpkg-deb", "-c", file).stdout.splitlines():
        mode, owner, _, _, _, name = line.split(None, 5)
        listed[name.lstrip(".")] = mode
        if owner != "root/root" or mode[5] == "w" or mode[8] == "w":
            problem("deb", line)
    for name, mode in {
            "/usr/bin/plumbline": "-rwxr-xr-x", "/usr/bin/plumbline-relay": "-rwxr-xr-x", "/etc/default/plumbline": "-rw-r--r--",
            "/lib/systemd/system/plumbline.timer": "-rw-r--r--", "/lib/systemd/system/plumbline-agent.service": "-rw-r--r--"}.items():
        if listed.get(name) != mode:
            problem("deb", f"{name} is {listed.get(name)}")
    conffiles = set(run("dpkg-deb", "-I", file, "conffiles").stdout.split())
    settings = {n for n in listed if n.startswith("/etc/") and not n.endswith("/")}
    if conffiles != settings:
        problem("deb", f"conffiles are {sorted(conffiles)}, and in /etc are {sorted(settings)}")
    if shutil.which("lintian"):
        for line in run("lintian", "--allow-root", file).stdout.splitlines():
            if line.startswith("E:") and line.split()[2] not in LINTIAN | DYNAMIC:
                problem("lintian", line)


def image(folder, program, problem):
    if not shutil.which("buildah"):
        return problem("image", "buildah is not installed")
    layout = os.path.join(folder, "layout")
    made = run(os.path.join(ROOT, "scripts", "make-image.sh"), "0.1.0", programs(folder, program), layout)
    if made.returncode:
        return problem("make-image", made.stderr.strip()[-800:])

    def blob(digest):
        return os.path.join(layout, "blobs", *digest.split(":"))

    def document(path):
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)

    manifest = document(blob(document(os.path.join(layout, "index.json"))["manifests"][0]["digest"]))
    config = document(blob(manifest["config"]["digest"]))["config"]
    for field, wanted in (("User", "65532:65532"), ("Entrypoint", ["/plumbline"]), ("Cmd", ["--help"])):
        if config.get(field) != wanted:
            problem("image", f"{field} is {config.get(field)}")
    for field in ("ExposedPorts", "Volumes"):
        if config.get(field):
            problem("image", f"{field}: {config[field]}")
    found = {}
    for layer in manifest["layers"]:
        with tarfile.open(blob(layer["digest"])) as archive:
            for member in archive:
                found[member.name.strip("./")] = (oct(member.mode & 0o7777), member.uid, member.gid)
    found.pop("", None)
    if found != {"plumbline": ("0o555", 0, 0), "plumbline-relay": ("0o555", 0, 0)}:
        problem("image", f"holds {found}")
    return None


def check(what, program, problem):
    with tempfile.TemporaryDirectory() as folder:
        {"units": units, "deb": deb, "image": image}[what](folder, program, problem)
