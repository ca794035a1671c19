"""Writes the DaemonSet's own pod as a recorded host: `own_pod.py MANIFESTS DIRECTORY [apparmor|selinux]` gets root/ and attributes.tsv.

How the containers are confined comes from the manifests, by what Kubernetes and a runtime make of each field; so a field that is
changed there is judged here.
"""
import os
import sys

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "recorded_hosts"))

from containers import DEV_DEVICE, ENFORCED, RUN_DEVICE, SYS_DEVICE, Container, bind  # noqa: E402
from kernel import mount_table  # noqa: E402
from processes import ALL_CAPABILITIES, CONTAINER_CAPABILITIES, kernel_thread, process  # noqa: E402
from tree import Tree  # noqa: E402

CAPABILITIES = {"DAC_READ_SEARCH": 1 << 2, "SYS_PTRACE": 1 << 19}


def daemon_set(manifests):
    with open(manifests, encoding="utf-8") as stream:
        return next(d for d in yaml.safe_load_all(stream) if d and d["kind"] == "DaemonSet")


def capabilities(context):
    if context.get("privileged"):
        return ALL_CAPABILITIES
    asked = context.get("capabilities", {})
    given = 0 if "ALL" in asked.get("drop", []) else CONTAINER_CAPABILITIES
    for name in asked.get("add", []):
        given |= CAPABILITIES[name]
    return given


def host_binds(container, pod):
    """A recursive bind of the node's root, and what is mounted beneath it."""
    for mount in container["volumeMounts"]:
        volume = next(v for v in pod["volumes"] if v["name"] == mount["name"])
        if "hostPath" not in volume:
            continue
        path = volume["hostPath"]["path"]
        writable = not mount.get("readOnly")
        beneath = not (mount.get("readOnly") and mount.get("recursiveReadOnly"))
        yield bind(mount["mountPath"], path, writable)
        if path == "/":
            yield bind(mount["mountPath"] + "/run", "/", beneath, RUN_DEVICE, "tmpfs")
            yield bind(mount["mountPath"] + "/sys", "/", beneath, SYS_DEVICE, "sysfs")
            yield bind(mount["mountPath"] + "/dev", "/", beneath, DEV_DEVICE, "devtmpfs")


def recorded(container, number, pod, module):
    context = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    user = context.get("runAsUser", 0)
    held = capabilities(context)
    shared = [name for name, field in (("pid", "hostPID"), ("net", "hostNetwork"), ("ipc", "hostIPC")) if pod.get(field)]
    profile = context.get("appArmorProfile", {}).get("type", "RuntimeDefault")
    if module == "apparmor":
        label = "unconfined\n" if profile == "Unconfined" or context.get("privileged") else ENFORCED
    else:
        label = f"system_u:system_r:{context.get('seLinuxOptions', {}).get('type', 'container_t')}:s0:c5,c7\0"
    return Container(
        container["name"], number, namespace="plumbline", pod="plumbline-7k2xq", name=container["name"], program="plumbline", shared=shared,
        selinux=module == "selinux",
        process={
            "capabilities": held if user == 0 else 0, "bounding": held, "uid": user, "gid": context.get("runAsGroup", user),
            "no_new_privileges": int(not context.get("allowPrivilegeEscalation", True)),
            "seccomp": 2 if context.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost") else 0, "label": label,
        },
        mounts={
            "root_writable": not context.get("readOnlyRootFilesystem"), "privileged": bool(context.get("privileged")),
            "binds": tuple(host_binds(container, pod)),
        })


def main(manifests, directory, module="apparmor"):
    pod = daemon_set(manifests)["spec"]["template"]["spec"]
    tree = Tree(directory)
    tree.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    tree.file("etc/group", "root:x:0:\n")
    tree.file("run/containerd/containerd.sock", "", 0o660, kind="socket")
    tree.file("proc/sys/kernel/cap_last_cap", "40\n")
    tree.file("proc/sys/kernel/seccomp/actions_avail", "kill_process kill_thread trap errno user_notif trace log allow\n")
    tree.file("sys/kernel/security/lsm", f"capability,{module}")
    if module == "apparmor":
        tree.file("sys/module/apparmor/parameters/enabled", "Y\n")
    else:
        tree.file("sys/fs/selinux/enforce", "1")
        tree.file("sys/module/apparmor/parameters/enabled", "N\n")
    kernel_thread(tree, 2, "kthreadd")
    process(tree, 1, ["/sbin/init"], "/usr/lib/systemd/systemd", parent=0, label="unconfined\n" if module == "apparmor" else None,
            mountinfo=mount_table(("rw,relatime", "ext4", "/dev/sda1", "rw")))
    for number, container in enumerate(pod["containers"]):
        recorded(container, number, pod, module).write(tree, 1000 + number)
    tree.finish("# Plumbline's own pod\n\nMade up from its manifests.")


if __name__ == "__main__":
    main(*sys.argv[1:])
