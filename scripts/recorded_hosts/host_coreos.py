"""Fedora CoreOS and RHEL CoreOS as they are shipped, and two images derived from them: one hardened, one altered."""

import struct

from common import KUBELET_HEAD, container, service
from host_control_plane import kubeconfig
from host_plain import RHEL_USERS
from host_servers import BINARY, base, daemons, on_device, programs, sockets
from kernel import input_file, mount_table
from system import DEBIAN_GROUPS, accounts, hashed
from tree import MARK, key
import tpm

FEDORA_ABOUT = """
# fedora-coreos

Made after Fedora CoreOS' documentation for release 43 (OSTree, composefs, storage), not recorded: a worker that runs from an OSTree
deployment. The root is a composefs without fs-verity, as it is shipped; /sysroot is read-only, /etc and /var are the deployment's own.
rpm-ostree is the only package manager, Zincati updates, Ignition provisioned it. SELinux enforces. Keys are marked text.
"""
RHEL_ABOUT = """
# rhel-coreos

Made after OpenShift 4.18's documentation of RHEL CoreOS, not recorded: a worker with CRI-O whose root is an OSTree deployment without
composefs; /usr and /sysroot are read-only. The Machine Config Daemon updates it and restarts it into the update. Keys are marked text.
"""
HARDENED_ABOUT = """
# coreos-hardened

Made up: a control plane on an image derived from Fedora CoreOS whose composefs takes only files with their fs-verity digest, with an
IMA policy in force, Secure Boot through a current shim, a YubiHSM 2 for the key management plugin, and containers on a disk of their own.
Keys are marked text; certificates have no living key.
"""
ALTERED_ABOUT = """
# coreos-altered

Made up: the same control plane after somebody was at it: composefs switched off and /sysroot writable, a newer kernel that waits for a
reboot, values that differ from sysctl.d's, an emulator for foreign programs with its files' rights, Secrets on a disk beside an open
swap, an old shim, a PKCS#11 module that all can write with its PIN in openssl.cnf, and a key management plugin that is dead.
"""

DEPLOYMENT = "6c7e1c2b0f4d4be2a8a95f0b0a3f3a6a6f1e5c0f8f0d3b1c2a4e5f60718293a4"
CERTIFICATE = struct.pack("<16sIII", b"\xa1\x59\xc0\xa5", 28 + 16 + 600, 0, 16 + 600) + b"\x44" * 16 + b"\x30\x82\x02\x54" + b"\0" * 596
HASHES = struct.pack("<16sIII", b"\x26\x16\xc4\xc1", 28 + 48 * 371, 0, 48) + b"\x01" * 48 * 371
UNIX_HEAD = "Num       RefCount Protocol Flags    Type St Inode Path\n"


def release(**more):
    return {"NAME": "Fedora Linux", "VERSION": "43.20251110.3.1 (CoreOS)", "ID": "fedora", "VERSION_ID": "43",
            "PRETTY_NAME": "Fedora CoreOS 43.20251110.3.1", "SUPPORT_END": "2026-12-02", "VARIANT": "CoreOS", "VARIANT_ID": "coreos",
            "OSTREE_VERSION": "43.20251110.3.1", **more}


def unix_sockets(*paths):
    return UNIX_HEAD + "".join(f"0000000000000000: 00000002 00000000 00010000 0001 01 {30100 + n} {path}\n" for n, path in enumerate(paths)) + (
        "0000000000000000: 00000003 00000000 00000000 0001 03 30900\n")


def mounts(root, *, sysroot="ro", extra=(), same=("/sysroot", "/etc", "/var")):
    """`same` are of one partition, as OSTree's are."""
    disk = [("/sysroot", f"{sysroot},relatime", "xfs", "/dev/vda4", "rw,seclabel,prjquota"),
            ("/etc", "rw,relatime", "xfs", "/dev/vda4", "rw,seclabel,prjquota"), ("/var", "rw,relatime", "xfs", "/dev/vda4", "rw,seclabel,prjquota"),
            ("/boot", "ro,nosuid,nodev,relatime", "ext4", "/dev/vda3", "rw,seclabel"), ("/tmp", "rw,nosuid,nodev", "tmpfs", "tmpfs", "rw,seclabel"),
            ("/sys/fs/selinux", "rw,nosuid,noexec,relatime", "selinuxfs", "selinuxfs", "rw")]
    table = mount_table(root, extra=[*disk, *extra])
    for point in same:
        table = on_device(table, point, "252:4")
    return table


def composefs(verity=False):
    options = "ro,seclabel,lowerdir+=/run/ostree/.private/cfsroot-lower,datadir+=/sysroot/ostree/repo/objects,redirect_dir=on,metacopy=on"
    return "ro,relatime", "overlay", "composefs", options + (",verity=require" if verity else "")


def selinux(tree, *, enforce=1):
    tree.file("sys/kernel/security/lsm", "lockdown,capability,yama,selinux,bpf,landlock,ima,evm")
    tree.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.files("sys/fs/selinux", {
        "enforce": enforce, "policyvers": "33", "mls": "1", "deny_unknown": "0", "reject_unknown": "0", "checkreqprot": "0"}, newline="")
    header = struct.pack("<II8sIIII", 0xF97CFF8C, 8, b"SE Linux", 33, 1 | 4, 8, 9)
    tree.file("sys/fs/selinux/policy", header + struct.pack("<III", 64, 64, 1) + struct.pack("<IQ", 0, 0b100111111) + struct.pack("<III", 64, 0, 0))
    tree.file("etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n")


def ostree(tree, system, kernel_release, *, prepare="[composefs]\nenabled = yes\n[sysroot]\nreadonly = true\n"):
    """What a deployment has, whichever system it is of."""
    tree.file("run/ostree-booted", "")
    tree.file("usr/lib/ostree/prepare-root.conf", prepare)
    tree.file(f"boot/loader/entries/ostree-1-{system}.conf", f"title {system}\nversion 1\nlinux /ostree/{system}-{DEPLOYMENT}/vmlinuz-{kernel_release}\n", 0o600)
    tree.file(f"usr/lib/modules/{kernel_release}/vmlinuz", BINARY)
    tree.file(f"usr/lib/modules/{kernel_release}/modules.dep", "kernel/fs/overlayfs/overlay.ko.xz:\n")
    tree.file("etc/.ignition-result.json", '{"previousReport": null, "provisioningDate": "2026-06-01T09:00:00Z", "userConfigProvided": true}\n', 0o600)
    accounts(tree, [*RHEL_USERS, ("core", 1000, 1000, "/var/home/core", "/bin/bash")],
             [*[(n, g, m) for n, g, m in DEBIAN_GROUPS if n not in ("sudo", "shadow")], ("wheel", 10, "core"), ("core", 1000, "")],
             {"root": "!*", "core": hashed("yescrypt", "core")}, shadow_group=0)
    programs(tree, "bin/bash", "bin/rpm", "bin/rpm-ostree", "sbin/sshd", "bin/runc", "bin/crun", "bin/kubelet")
    tree.file("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n", 0o600)
    tree.file("etc/ssh/sshd_config.d/40-rhcos-defaults.conf", "PermitRootLogin no\nPasswordAuthentication no\n", 0o600)
    for directory in ("usr/lib/sysctl.d", "etc/sysctl.d"):
        tree.directory_(directory)
    tree.file("usr/lib/systemd/systemd-sysctl", BINARY, 0o755)
    tree.directory_("var/log/journal", 0o2755)
    tree.file("proc/sys/net/ipv4/conf/all/rp_filter", "0\n")
    tree.file("proc/1/net/route", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
              "ens3\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\nens3\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n")
    tree.files("proc/sys/kernel", {"sysrq": 16, "core_pattern": "|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h"})
    tree.file("usr/lib/sysctl.d/10-default-yama-scope.conf", "# yama\nkernel.yama.ptrace_scope = 0\n")
    tree.file("usr/lib/sysctl.d/50-default.conf", "kernel.core_uses_pid = 0\n-net.ipv4.conf.all.promote_secondaries = 1\nnet.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n"
              "-net/ipv4/ping_group_range = 0 2147483647\nfs.protected_regular = 2\nkernel.sysrq = 16\n")
    tree.file("usr/lib/sysctl.d/50-coredump.conf", "kernel.core_pattern=|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h\n")


def worker(tree, runtime):
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:worker-1", "https://10.0.0.10:6443"), 0o600)
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"))
    tree.file("var/lib/kubelet/config.yaml", KUBELET_HEAD + "authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\n"
              "rotateCertificates: true\nserverTLSBootstrap: true\nseccompDefault: true\nprotectKernelDefaults: true\n", 0o600)
    socket = {"crio": "/run/crio/crio.sock", "containerd": "/run/containerd/containerd.sock"}[runtime]
    tree.file(socket, "", 0o660, kind="socket")
    programs(tree, f"bin/{runtime}")
    service(tree, 500, [f"/usr/bin/{runtime}"], f"/usr/bin/{runtime}", f"{runtime}.service", label="system_u:system_r:container_runtime_t:s0\0")
    service(tree, 510, ["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml", "--kubeconfig=/etc/kubernetes/kubelet.conf",
                        f"--container-runtime-endpoint=unix://{socket}"], "/usr/bin/kubelet", "kubelet.service",
            label="system_u:system_r:kubelet_t:s0\0")


FEDORA_LINE = ("BOOT_IMAGE=(hd0,gpt3)/boot/ostree/fedora-coreos-{0}/vmlinuz-{1} rw mitigations=auto,nosmt ostree=/ostree/boot.1/fedora-coreos/{0}/0 "
               "ignition.platform.id=metal root=UUID=d0a4 rootflags=prjquota boot=UUID=b007")
SECRET = "/var/lib/kubelet/pods/8c1d0e5a-11f2-4a9e-9d63-0c2f7b81a5e4/volumes/kubernetes.io~secret/tls"
TOKEN = "/var/lib/kubelet/pods/8c1d0e5a-11f2-4a9e-9d63-0c2f7b81a5e4/volumes/kubernetes.io~projected/kube-api-access-x2x7k"


def fedora(tree):
    number = "6.17.7-300.fc43.x86_64"
    base(tree, name="fcos-1", number=0xFC05, os_release=release(), release=number, cmdline=FEDORA_LINE.format(DEPLOYMENT, number), config_place="modules",
         filesystems=["nodev\tselinuxfs", "\txfs", "nodev\tbinfmt_misc"], sysctls={"net/ipv4/ip_forward": 1, "kernel/yama/ptrace_scope": 0},
         interfaces=("lo", "ens3", "cni0"), ipv6={"": {"forwarding": 1, "accept_ra": 0}},
         mounts=mounts(composefs(), extra=[(TOKEN, "rw,relatime", "tmpfs", "tmpfs", "rw,seclabel,size=65536k,noswap")]))
    tree.file("sys/dev/block/252:4/partition", "4\n")
    selinux(tree)
    ostree(tree, "fedora-coreos", number)
    worker(tree, "crio")
    tree.file("etc/chrony.conf", "pool 2.fedora.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\n")
    # It labels containers without being told to.
    tree.file("etc/crio/crio.conf.d/10-network.conf", "[crio.runtime]\nhostnetwork_disable_selinux = false\n")
    tree.directory_("var/lib/containers")
    programs(tree, "libexec/zincati", "bin/podman")
    tree.file("usr/share/p11-kit/modules/p11-kit-trust.module", "# trust\nmodule: p11-kit-trust.so\npriority: 1\ntrust-policy: yes\n")
    tree.file("usr/lib64/pkcs11/p11-kit-trust.so", BINARY, 0o755)
    tree.file("etc/pki/tls/openssl.cnf", "openssl_conf = openssl_init\n[openssl_init]\nproviders = provider_sect\n[ provider_sect ]\ndefault = default_sect\n")
    tree.file("proc/1/net/if_inet6", "fd00000a0000000000000000000000a1 04 40 00 80     cni0\nfe800000000000000000000000000001 02 40 20 80     ens3\n")
    sockets(tree, tcp=[22, 10250], local=[10248, 10249])
    daemons(tree, "chronyd", "/usr/libexec/zincati", "sshd", "/usr/lib/systemd/systemd-journald")
    return FEDORA_ABOUT


def rhel(tree):
    number = "5.14.0-427.50.1.el9_4.x86_64"
    base(tree, name="rhcos-1", number=0x0C0515, os_release={
        "NAME": "Red Hat Enterprise Linux CoreOS", "ID": "rhcos", "ID_LIKE": "rhel fedora", "VERSION": "418.94.202501221327-0", "VERSION_ID": "4.18",
        "VARIANT": "CoreOS", "VARIANT_ID": "coreos", "OPENSHIFT_VERSION": "4.18", "RHEL_VERSION": "9.4",
        "PRETTY_NAME": "Red Hat Enterprise Linux CoreOS 418.94.202501221327-0"}, release=number, config_place="modules",
        cmdline=f"BOOT_IMAGE=(hd0,gpt3)/boot/ostree/rhcos-{DEPLOYMENT}/vmlinuz-{number} ostree=/ostree/boot.0/rhcos/{DEPLOYMENT}/0 "
                "ignition.platform.id=metal root=UUID=d0a4 rw rootflags=prjquota boot=UUID=b007 systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all psi=0",
        filesystems=["nodev\tselinuxfs", "\txfs"], sysctls={"net/ipv4/ip_forward": 1, "kernel/yama/ptrace_scope": 0},
        interfaces=("lo", "ens3", "ovn-k8s-mp0"),
        mounts=mounts(("rw,relatime", "xfs", "/dev/vda4", "rw,seclabel,prjquota"), same=("/", "/sysroot", "/etc", "/var", "/usr"), extra=[
            ("/usr", "ro,relatime", "xfs", "/dev/vda4", "rw,seclabel,prjquota"),
            (SECRET, "rw,relatime", "tmpfs", "tmpfs", "rw,seclabel,size=65536k")]))
    tree.file("sys/dev/block/252:4/partition", "4\n")
    selinux(tree)
    ostree(tree, "rhcos", number, prepare="[sysroot]\nreadonly = true\n")
    worker(tree, "crio")
    tree.directory_("var/lib/containers")
    tree.file("etc/ignition-machine-config-encapsulated.json.bak", "{}\n", 0o600)
    tree.file("etc/machine-config-daemon/currentconfig", "{}\n", 0o600)
    tree.file("etc/crio/crio.conf.d/00-default", "[crio.runtime]\nselinux = true\npids_limit = 0\n")
    tree.file("etc/chrony.conf", "pool 2.rhel.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\n")
    sockets(tree, tcp=[22, 10250], local=[10248])
    daemons(tree, "auditd", "chronyd", "sshd", "/usr/bin/machine-config-daemon", "/usr/lib/systemd/systemd-journald")
    return RHEL_ABOUT


def firmware(tree, level):
    tpm.efi(tree, secure_boot=1, platform_key=CERTIFICATE, dbx=HASHES, mok_disabled=0)
    tree.file("sys/kernel/boot_params/data", b"\0" * 0x1EC + b"\x03" + b"\0" * 100)
    shim = "605dab50-e046-4300-abb6-3dd810dd8b23"
    for name, data in (("MokListRT", CERTIFICATE), ("MokListXRT", HASHES), ("MokListTrustedRT", b"\x01"), ("SbatLevelRT", level.encode())):
        tree.file(f"sys/firmware/efi/efivars/{name}-{shim}", struct.pack("<I", 6) + data)
    tree.file("proc/keys", "".join(f"{serial:08x} I------     1 perm 1f0b0000     0     0 keyring   {text}\n" for serial, text in (
        (0x0B1E37D5, ".builtin_trusted_keys: 2"), (0x1290AA11, ".machine: 1"), (0x2A4C18F0, ".platform: 4"), (0x30F1C2AB, ".ima: 1"),
        (0x38D0007E, ".blacklist: 371"), (0x39A1E005, ".secondary_trusted_keys: empty"))))


def control_plane(tree, plugins):
    """An API server that has Secrets encrypted by plugins: (name, endpoint)."""
    tree.directory_("etc/kubernetes/manifests", 0o700)
    for name in ("ca", "apiserver"):
        tree.file(f"etc/kubernetes/pki/{name}.crt", input_file("certificates", f"{name}.crt"))
        tree.file(f"etc/kubernetes/pki/{name}.key", key(name), 0o600)
    tree.file("etc/kubernetes/encryption.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n"
              "- resources: [secrets]\n  providers:\n" + "".join(
                  f"  - kms: {{apiVersion: v2, name: {name}, endpoint: \"{endpoint}\"}}\n" for name, endpoint in plugins) + "  - identity: {}\n", 0o600)
    container(tree, 700, [
        "kube-apiserver", "--encryption-provider-config=/etc/kubernetes/encryption.yaml", "--client-ca-file=/etc/kubernetes/pki/ca.crt",
        "--authorization-mode=Node,RBAC", "--anonymous-auth=false", "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
        "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key", "--etcd-servers=https://10.0.0.20:2379"],
        "/usr/local/bin/kube-apiserver", "7" * 32, "7", mounts=["etc/kubernetes", "run/kms"], runtime="containerd",
        label="system_u:system_r:container_t:s0:c7,c700\0")


def hardened(tree):
    number = "6.17.7-300.fc43.x86_64"
    base(tree, name="coreos-cp", number=0xFC06, os_release=release(), release=number, config_place="modules",
         cmdline=FEDORA_LINE.format(DEPLOYMENT, number) + " ima_policy=tcb ima_hash=sha256 composefs=" + DEPLOYMENT,
         filesystems=["nodev\tselinuxfs", "\txfs", "nodev\tbinfmt_misc"], sysctls={"net/ipv4/ip_forward": 1, "kernel/yama/ptrace_scope": 1},
         mounts=mounts(composefs(verity=True), extra=[
             ("/var/log/audit", "rw,nosuid,nodev,noexec,relatime", "xfs", "/dev/vdb1", "rw"),
             ("/var/lib/containerd", "rw,relatime", "xfs", "/dev/vdb2", "rw"), ("/proc/sys/fs/binfmt_misc", "rw,nosuid,nodev,noexec,relatime",
                                                                                 "binfmt_misc", "binfmt_misc", "rw"),
             ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
             (SECRET, "rw,relatime", "tmpfs", "tmpfs", "rw,seclabel,size=65536k,noswap"),
             (TOKEN, "rw,relatime", "tmpfs", "tmpfs", "rw,seclabel,size=65536k,noswap")]))
    selinux(tree)
    firmware(tree, "sbat,1,2024040900\nshim,4\ngrub,4\ngrub.peimage,2\n")
    ostree(tree, "fedora-coreos", number, prepare="[composefs]\nenabled = verity\n[sysroot]\nreadonly = true\n")
    tree.file("etc/sysctl.d/60-node.conf", "kernel.yama.ptrace_scope = 1\nnet/ipv4/ip_forward = 1\n")
    tree.files("proc/sys/fs/binfmt_misc", {"status": "enabled", "register": "", "python3.12": "enabled\ninterpreter /usr/bin/python3.12\nflags: \noffset 0\nmagic cb0d0d0a"})
    tree.file("etc/ima/ima-policy", "measure func=BPRM_CHECK\nappraise func=MODULE_CHECK appraise_type=imasig\n", 0o600)
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": 4182, "violations": 12,
                                           "policy": "measure func=BPRM_CHECK\nappraise func=MODULE_CHECK appraise_type=imasig"})
    tree.file("sys/kernel/security/integrity/evm/evm", "2")
    worker(tree, "containerd")
    tree.file("run/kms/hsm.sock", "", 0o660, kind="socket")
    tree.directory_("run/kms", 0o700)
    tree.directory_("var/lib/containerd", 0o711)
    control_plane(tree, [("hsm", "unix:///run/kms/hsm.sock")])
    tree.file("proc/1/net/unix", unix_sockets("/run/systemd/private", "/run/kms/hsm.sock"))
    for path, text in (("usb1", ("1d6b", "0002")), ("1-2", ("1050", "0030")), ("1-3", ("046d", "c31c"))):
        tree.files(f"sys/bus/usb/devices/{path}", {"idVendor": text[0], "idProduct": text[1]})
    tree.file("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "ff\n")
    tree.file("etc/pkcs11/modules/yubihsm.module", "module: /usr/lib64/pkcs11/yubihsm_pkcs11.so\ncritical: yes\n")
    tree.file("usr/lib64/pkcs11/yubihsm_pkcs11.so", BINARY, 0o755)
    tree.file("etc/pki/tls/openssl.cnf", "[provider_sect]\npkcs11 = pkcs11_sect\n[pkcs11_sect]\nmodule = /usr/lib64/ossl-modules/pkcs11.so\n"
              "pkcs11-module-path = /usr/lib64/pkcs11/yubihsm_pkcs11.so\npkcs11-module-token-pin = file:/run/credentials/kms.service/pin # of the service\n")
    tree.file("dev/sev-guest", "", 0o600, kind="character device")
    for path in ("usr/lib/systemd/systemd", "usr/bin/kubelet"):
        tree.file(path, BINARY, 0o755, extra="verity=1")
    tree.file("run/systemd/timesync/synchronized", "")
    sockets(tree, tcp=[22, 6443, 10250], local=[10248])
    daemons(tree, "auditd", "sshd", "/usr/lib/systemd/systemd-timesyncd", "/usr/lib/systemd/systemd-journald")
    return HARDENED_ABOUT


def altered(tree):
    number = "6.17.7-300.fc43.x86_64"
    base(tree, name="coreos-old", number=0xFC07, os_release=release(), release=number, config_place="modules",
         cmdline=FEDORA_LINE.format(DEPLOYMENT, number) + " ostree.prepare-root.composefs=0 ima_hash=sha1 evm=fix",
         filesystems=["nodev\tselinuxfs", "\txfs", "nodev\tbinfmt_misc"], swaps=["/dev/vdc partition 2097148 0 -2"], interfaces=("lo", "ens3", "cni0"),
         sysctls={"net/ipv4/ip_forward": 1, "kernel/yama/ptrace_scope": 0, "kernel/keys/root_maxkeys": 200, "kernel/kptr_restrict": 0},
         mounts=mounts(("rw,relatime", "xfs", "/dev/vda4", "rw,seclabel"), sysroot="rw", same=("/", "/sysroot", "/etc", "/var"), extra=[
             ("/proc/sys/fs/binfmt_misc", "rw,nosuid,nodev,noexec,relatime", "binfmt_misc", "binfmt_misc", "rw"),
             ("/sys/firmware/efi/efivars", "rw,nosuid,nodev,noexec,relatime", "efivarfs", "efivarfs", "rw"),
             (SECRET, "rw,relatime", "xfs", "/dev/vdb1", "rw"), (TOKEN, "rw,relatime", "tmpfs", "tmpfs", "rw,size=65536k")]))
    tree.file("sys/class/block/vdc/size", "4194304\n")
    tree.file("sys/dev/block/252:4/partition", "4\n")
    selinux(tree, enforce=0)
    firmware(tree, "sbat,1,2021030218\n")
    ostree(tree, "fedora-coreos", number)
    tree.file("usr/lib/modules/6.17.12-300.fc43.x86_64/vmlinuz", BINARY)
    tree.file("etc/sysctl.d/60-node.conf", "kernel.kptr_restrict = 1\nkernel.keys.root_maxkeys = 1000000\nnet.ipv4.ip_forward = 1\n")
    tree.files("proc/sys/fs/binfmt_misc", {"status": "enabled", "register": "", "qemu-aarch64": "enabled\ninterpreter /usr/bin/qemu-aarch64-static\n"
                                           "flags: OCF\noffset 0\nmagic 7f454c46"})
    tree.file("etc/ima/ima-policy", "measure func=BPRM_CHECK\nmeasur func=FILE_MMAP\n", 0o600)
    tree.files("sys/kernel/security/ima", {"runtime_measurements_count": 1, "violations": 0})
    tree.file("sys/kernel/security/integrity/evm/evm", "0")
    worker(tree, "containerd")
    tree.directory_("run/kms", 0o755)
    tree.file("run/kms/old.sock", "", 0o666, kind="socket")
    tree.directory_("var/lib/containerd", 0o711)
    control_plane(tree, [("old", "unix:///run/kms/old.sock"), ("next", "unix:///@next")])
    tree.file("proc/1/net/unix", unix_sockets("/run/systemd/private", "@next"))
    tree.file("proc/1/net/if_inet6", "fd00000a0000000000000000000000a1 04 40 00 80     cni0\n")
    tree.file("etc/pkcs11/modules/token.module", "module: /opt/token/libtoken.so\n")
    tree.file("opt/token/libtoken.so", BINARY, 0o777)
    tree.file("etc/pkcs11/modules/gone.module", "module: libgone.so\n")
    tree.file("etc/pki/tls/openssl.cnf", f"[pkcs11_sect]\npkcs11-module-path = /opt/token/libtoken.so\npkcs11-module-token-pin = {MARK}-pin\n")
    tree.file("dev/sev-guest", "", 0o666, kind="character device")
    sockets(tree, tcp=[22, 6443, 10250], local=[10248])
    daemons(tree, "auditd", "sshd", "/usr/lib/systemd/systemd-timesyncd", "/usr/lib/systemd/systemd-journald")
    return ALTERED_ABOUT
