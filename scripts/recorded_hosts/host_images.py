"""microk8s and openshift."""

import json

from common import KUBELET_HEAD, UBUNTU_24, container, service, system
from host_control_plane import kubeconfig
from kernel import input_file
from tree import MARK, key

MICROK8S_ABOUT = """
# microk8s

Made from MicroK8s' sources and documentation for 1.33 (classic confinement, Ubuntu 24.04), not recorded: one process, kubelite, is
everything but the datastore, which is k8s-dqlite. Each part has its file of arguments in var/snap/microk8s/current/args, with the
snap's variables, comments and quotes as the snap ships them; RBAC is not enabled, so that the API server allows everything.
Certificates are the same few throughout; keys and tokens are marked text.
"""

OPENSHIFT_ABOUT = """
# openshift

Made from the sources of OpenShift's operators for 4.16, not recorded: a control plane node on RHEL CoreOS. Static pod manifests
are JSON and start the components from a shell script; each process is told most of its flags by a file (--openshift-config), which
the manifest mounts from etc/kubernetes/static-pod-resources. CRI-O is the runtime; each etcd has a grpc-proxy beside it, which is no
member. Each container's root is a copy of what its manifest mounts. Certificates are the same few throughout; keys are marked text.
"""


def snap_args(*lines):
    return "\n".join(lines) + "\n"


def microk8s(tree):
    system(tree, "mk8s", 0x6d6b, UBUNTU_24, "6.8.0-51-generic", interfaces=("lo", "ens3", "vxlan.calico"))
    data, revision = "var/snap/microk8s/8148", "8148"
    tree.link("var/snap/microk8s/current", revision)
    tree.link("snap/microk8s/current", revision)
    tree.file(f"snap/microk8s/{revision}/meta/snap.yaml", "name: microk8s\nversion: v1.33.1\nsummary: Kubernetes for workstations and appliances\n"
              "confinement: classic\nbase: core20\n")
    for name in ("kubelite", "bin/containerd", "bin/k8s-dqlite", "bin/containerd-shim-runc-v2"):
        tree.file(f"snap/microk8s/{revision}/{name}", "\x7fELF recorded\n", 0o755)
    for name in ("kubelite", "containerd", "k8s-dqlite"):
        tree.file(f"etc/systemd/system/snap.microk8s.daemon-{name}.service", f"[Unit]\nDescription=Service for snap application microk8s.daemon-{name}\n"
                  f"[Service]\nExecStart=/usr/bin/snap run microk8s.daemon-{name}\nRestart=always\nWorkingDirectory=/{data}\nType=simple\n")
    arguments = {
        "kubelite": ["--scheduler-args-file=$SNAP_DATA/args/kube-scheduler", "--controller-manager-args-file=$SNAP_DATA/args/kube-controller-manager",
                     "--proxy-args-file=$SNAP_DATA/args/kube-proxy", "--kubelet-args-file=$SNAP_DATA/args/kubelet",
                     "--apiserver-args-file=$SNAP_DATA/args/kube-apiserver", "--kubeconfig-file=$SNAP_DATA/credentials/client.config",
                     "--start-control-plane=true"],
        "kubelet": ["--kubeconfig=${SNAP_DATA}/credentials/kubelet.config", "--cert-dir=${SNAP_DATA}/certs",
                    "--client-ca-file=${SNAP_DATA}/certs/ca.crt", "--anonymous-auth=false", "--root-dir=${SNAP_COMMON}/var/lib/kubelet",
                    "--fail-swap-on=false", "--eviction-hard=\"memory.available<100Mi,nodefs.available<1Gi,imagefs.available<1Gi\"",
                    "--container-runtime-endpoint=${SNAP_COMMON}/run/containerd.sock", "--containerd=${SNAP_COMMON}/run/containerd.sock",
                    "--node-labels=\"microk8s.io/cluster=true,node.kubernetes.io/microk8s-controlplane=microk8s-controlplane\"",
                    "--authentication-token-webhook=true", "--read-only-port=0", "--serialize-image-pulls=false",
                    "--cluster-domain=cluster.local", "--cluster-dns=10.152.183.10"],
        "kube-apiserver": ["--cert-dir=${SNAP_DATA}/certs", "--service-cluster-ip-range=10.152.183.0/24", "--authorization-mode=AlwaysAllow",
                           "--service-account-key-file=${SNAP_DATA}/certs/serviceaccount.key", "--client-ca-file=${SNAP_DATA}/certs/ca.crt",
                           "--tls-cert-file=${SNAP_DATA}/certs/server.crt", "--tls-private-key-file=${SNAP_DATA}/certs/server.key",
                           "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                           "--kubelet-client-certificate=${SNAP_DATA}/certs/apiserver-kubelet-client.crt",
                           "--kubelet-client-key=${SNAP_DATA}/certs/apiserver-kubelet-client.key", "--secure-port=16443",
                           "--etcd-servers=\"unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:12379\"", "--allow-privileged=true",
                           "--service-account-issuer='https://kubernetes.default.svc'",
                           "--service-account-signing-key-file=${SNAP_DATA}/certs/serviceaccount.key", "--event-ttl=5m", "--profiling=false",
                           "", "# Enable the aggregation layer", "--requestheader-client-ca-file=${SNAP_DATA}/certs/front-proxy-ca.crt",
                           "--requestheader-allowed-names=front-proxy-client", "--proxy-client-cert-file=${SNAP_DATA}/certs/front-proxy-client.crt",
                           "--proxy-client-key-file=${SNAP_DATA}/certs/front-proxy-client.key", "#~Enable the aggregation layer",
                           "--enable-admission-plugins=EventRateLimit",
                           "--admission-control-config-file=${SNAP_DATA}/args/admission-control-config-file.yaml",
                           "--kubelet-certificate-authority=${SNAP_DATA}/certs/ca.crt", "--anonymous-auth=false"],
        "kube-controller-manager": ["--kubeconfig=${SNAP_DATA}/credentials/controller.config",
                                    "--service-account-private-key-file=${SNAP_DATA}/certs/serviceaccount.key",
                                    "--root-ca-file=${SNAP_DATA}/certs/ca.crt", "--cluster-signing-cert-file=${SNAP_DATA}/certs/ca.crt",
                                    "--cluster-signing-key-file=${SNAP_DATA}/certs/ca.key", "--use-service-account-credentials", "--profiling=false"],
        "kube-scheduler": ["--kubeconfig=${SNAP_DATA}/credentials/scheduler.config", "--profiling=false"],
        "kube-proxy": ["--kubeconfig=${SNAP_DATA}/credentials/proxy.config", "--cluster-cidr=10.1.0.0/16", "--healthz-bind-address=127.0.0.1"],
        "k8s-dqlite": ["--storage-dir=${SNAP_DATA}/var/kubernetes/backend/", "--listen=unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:12379"],
    }
    for name, lines in arguments.items():
        tree.file(f"{data}/args/{name}", snap_args(*lines), 0o660)
    tree.file(f"{data}/args/admission-control-config-file.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n"
              "- name: EventRateLimit\n  path: eventconfig.yaml\n", 0o660)
    for name, source in {"ca": "ca", "server": "apiserver", "front-proxy-ca": "front-proxy-ca", "front-proxy-client": "front-proxy-client",
                         "apiserver-kubelet-client": "apiserver-kubelet-client", "kubelet": "kubelet-client"}.items():
        tree.file(f"{data}/certs/{name}.crt", input_file("certificates", f"{source}.crt"), 0o660)
        tree.file(f"{data}/certs/{name}.key", key(name), 0o660)
    tree.file(f"{data}/certs/serviceaccount.key", key("service-accounts"), 0o660)
    for name in ("kubelet", "controller", "scheduler", "proxy", "client"):
        tree.file(f"{data}/credentials/{name}.config", kubeconfig(f"system:{name}", "https://127.0.0.1:16443"), 0o660)
    tree.file(f"{data}/credentials/cluster-tokens.txt", f"{MARK}-cluster\n", 0o660)
    tree.directory_(f"{data}/var/kubernetes/backend", 0o770)
    tree.file("var/snap/microk8s/common/run/containerd.sock", "", 0o660, kind="socket")
    tree.directory_("var/snap/microk8s/common/var/lib/kubelet", 0o755)
    place = f"/{data}/args"
    service(tree, 1021, [
        f"/snap/microk8s/{revision}/kubelite", f"--scheduler-args-file={place}/kube-scheduler",
        f"--controller-manager-args-file={place}/kube-controller-manager", f"--proxy-args-file={place}/kube-proxy",
        f"--kubelet-args-file={place}/kubelet", f"--apiserver-args-file={place}/kube-apiserver",
        f"--kubeconfig-file=/{data}/credentials/client.config", "--start-control-plane=true"],
        f"/snap/microk8s/{revision}/kubelite", "snap.microk8s.daemon-kubelite.service")
    service(tree, 1002, [f"/snap/microk8s/{revision}/bin/k8s-dqlite", f"--storage-dir=/{data}/var/kubernetes/backend/"],
            f"/snap/microk8s/{revision}/bin/k8s-dqlite", "snap.microk8s.daemon-k8s-dqlite.service")
    service(tree, 1003, [f"/snap/microk8s/{revision}/bin/containerd", "--config", f"{place}/containerd.toml"],
            f"/snap/microk8s/{revision}/bin/containerd", "snap.microk8s.daemon-containerd.service")
    return MICROK8S_ABOUT


API_CONFIG = {
    "kind": "KubeAPIServerConfig", "apiVersion": "kubecontrolplane.config.openshift.io/v1",
    "apiServerArguments": {
        "allow-privileged": ["true"], "anonymous-auth": ["true"], "authorization-mode": ["Scope", "SystemMasters", "RBAC", "Node"],
        "audit-log-format": ["json"], "audit-log-maxbackup": ["10"], "audit-log-maxsize": ["200"],
        "audit-log-path": ["/var/log/kube-apiserver/audit.log"],
        "audit-policy-file": ["/etc/kubernetes/static-pod-resources/configmaps/kube-apiserver-audit-policies/policy.yaml"],
        "client-ca-file": ["/etc/kubernetes/static-pod-certs/configmaps/client-ca/ca-bundle.crt"],
        "enable-admission-plugins": ["NodeRestriction", "ServiceAccount", "security.openshift.io/SecurityContextConstraint"],
        "etcd-cafile": ["/etc/kubernetes/static-pod-resources/configmaps/etcd-serving-ca/ca-bundle.crt"],
        "etcd-certfile": ["/etc/kubernetes/static-pod-resources/secrets/etcd-client/tls.crt"],
        "etcd-keyfile": ["/etc/kubernetes/static-pod-resources/secrets/etcd-client/tls.key"],
        "etcd-servers": ["https://10.0.0.21:2379", "https://localhost:2379"], "event-ttl": ["3h"],
        "kubelet-certificate-authority": ["/etc/kubernetes/static-pod-resources/configmaps/kubelet-serving-ca/ca-bundle.crt"],
        "kubelet-client-certificate": ["/etc/kubernetes/static-pod-certs/secrets/kubelet-client/tls.crt"],
        "kubelet-client-key": ["/etc/kubernetes/static-pod-certs/secrets/kubelet-client/tls.key"], "service-account-lookup": ["true"],
        "tls-cert-file": ["/etc/kubernetes/static-pod-certs/secrets/service-network-serving-certkey/tls.crt"],
        "tls-private-key-file": ["/etc/kubernetes/static-pod-certs/secrets/service-network-serving-certkey/tls.key"]},
    "servingInfo": {"bindAddress": "0.0.0.0:6443", "minTLSVersion": "VersionTLS12",
                    "cipherSuites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}}
MANAGER_CONFIG = {
    "kind": "KubeControllerManagerConfig", "apiVersion": "kubecontrolplane.config.openshift.io/v1",
    "extendedArguments": {"cluster-signing-duration": ["720h"], "controllers": ["*", "-ttl", "-bootstrapsigner", "-tokencleaner"],
                          "root-ca-file": ["/etc/kubernetes/static-pod-resources/configmaps/serviceaccount-ca/ca-bundle.crt"],
                          "secure-port": ["10257"], "use-service-account-credentials": ["true"],
                          "service-account-private-key-file": ["/etc/kubernetes/static-pod-resources/secrets/service-account-private-key/service-account.key"]},
    "serviceServingCert": {"certFile": ""}}
SCHEDULER_CONFIG = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nclientConnection:\n  kubeconfig: /etc/kubernetes/static-pod-resources/configmaps/scheduler-kubeconfig/kubeconfig\nleaderElection:\n  leaderElect: true\n"


def openshift_pod(name, container_name, script, resources):
    return json.dumps({
        "kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": f"openshift-{name}", "labels": {"revision": "7"}},
        "spec": {"hostNetwork": True, "priorityClassName": "system-node-critical", "containers": [
            {"name": container_name, "image": "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:" + "5e" * 32,
             "command": ["/bin/bash", "-ec"], "args": [script], "securityContext": {"privileged": True},
             "volumeMounts": [{"name": "resource-dir", "mountPath": "/etc/kubernetes/static-pod-resources"},
                              {"name": "cert-dir", "mountPath": "/etc/kubernetes/static-pod-certs"}]}],
            "volumes": [{"name": "resource-dir", "hostPath": {"path": f"/etc/kubernetes/static-pod-resources/{resources}-pod-7"}},
                        {"name": "cert-dir", "hostPath": {"path": f"/etc/kubernetes/static-pod-resources/{resources}-certs"}}]}})


def openshift(tree):
    system(tree, "master-0", 0x0c, {
        "NAME": "Red Hat Enterprise Linux CoreOS", "ID": "rhcos", "ID_LIKE": "rhel fedora", "VERSION": "416.94.202410211619-0",
        "VERSION_ID": "4.16", "VARIANT": "CoreOS", "VARIANT_ID": "coreos", "OPENSHIFT_VERSION": "4.16", "RHEL_VERSION": "9.4",
        "PRETTY_NAME": "Red Hat Enterprise Linux CoreOS 416.94.202410211619-0"}, "5.14.0-427.40.1.el9_4.x86_64", lsm="selinux",
        interfaces=("lo", "ens3", "ovn-k8s-mp0"))
    resources = "etc/kubernetes/static-pod-resources"
    api = f"{resources}/kube-apiserver-pod-7"
    tree.file(f"{api}/configmaps/config/config.yaml", json.dumps(API_CONFIG), 0o600)
    tree.file(f"{api}/configmaps/kube-apiserver-audit-policies/policy.yaml", '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","omitStages":["RequestReceived"],'
              '"rules":[{"level":"Metadata"}]}', 0o600)
    for place in ("configmaps/etcd-serving-ca/ca-bundle.crt", "configmaps/kubelet-serving-ca/ca-bundle.crt", "secrets/etcd-client/tls.crt"):
        tree.file(f"{api}/{place}", input_file("certificates", "etcd-ca.crt"), 0o600)
    tree.file(f"{api}/secrets/etcd-client/tls.key", key("etcd-client"), 0o600)
    certs = f"{resources}/kube-apiserver-certs"
    tree.file(f"{certs}/configmaps/client-ca/ca-bundle.crt", input_file("certificates", "ca.crt"), 0o600)
    for name in ("kubelet-client", "service-network-serving-certkey"):
        tree.file(f"{certs}/secrets/{name}/tls.crt", input_file("certificates", "apiserver.crt"), 0o600)
        tree.file(f"{certs}/secrets/{name}/tls.key", key(name), 0o600)
    manager = f"{resources}/kube-controller-manager-pod-7"
    tree.file(f"{manager}/configmaps/config/config.yaml", json.dumps(MANAGER_CONFIG), 0o600)
    tree.file(f"{manager}/configmaps/controller-manager-kubeconfig/kubeconfig", kubeconfig("system:kube-controller-manager"), 0o600)
    tree.directory_(f"{resources}/kube-controller-manager-certs")
    scheduler = f"{resources}/kube-scheduler-pod-7"
    tree.file(f"{scheduler}/configmaps/config/config.yaml", SCHEDULER_CONFIG, 0o600)
    tree.file(f"{scheduler}/configmaps/scheduler-kubeconfig/kubeconfig", kubeconfig("system:kube-scheduler"), 0o600)
    etcd = f"{resources}/etcd-certs/secrets/etcd-all-certs"
    for name, source in (("etcd-serving-master-0", "etcd-server"), ("etcd-peer-master-0", "etcd-peer")):
        tree.file(f"{etcd}/{name}.crt", input_file("certificates", f"{source}.crt"), 0o600)
        tree.file(f"{etcd}/{name}.key", key(name), 0o600)
    for name in ("etcd-serving-ca", "etcd-peer-client-ca"):
        tree.file(f"{resources}/etcd-certs/configmaps/{name}/ca-bundle.crt", input_file("certificates", "etcd-ca.crt"), 0o600)
    tree.file("var/lib/etcd/member/snap/db", f"{MARK}-every-secret\n", 0o600)
    tree.directory_("var/lib/etcd", 0o700)
    config = "--openshift-config=/etc/kubernetes/static-pod-resources/configmaps/config/config.yaml"
    base = "/etc/kubernetes/static-pod-resources/configmaps"
    scripts = {
        "kube-apiserver": "LOCK=/var/log/kube-apiserver/.lock\nexec {LOCK_FD}>${LOCK} && flock --verbose -w 30 \"${LOCK_FD}\"\nexec watch-termination "
                          "--termination-touch-file=/var/log/kube-apiserver/.terminating --graceful-termination-duration=194s -- hyperkube "
                          f"kube-apiserver {config} --advertise-address=${{HOST_IP}} -v=2 --permit-address-sharing\n",
        "kube-controller-manager": f"timeout 3m /bin/bash -exuo pipefail -c 'while ss -Htanop; do sleep 1; done'\nexec hyperkube kube-controller-manager {config} "
                                   f"--kubeconfig={base}/controller-manager-kubeconfig/kubeconfig -v=2\n",
        "etcd": "#!/bin/sh\nset -euo pipefail\nexec nice -n -19 ionice -c2 -n0 etcd --logger=zap --client-cert-auth=true --data-dir=/var/lib/etcd\n",
    }
    for name, script in scripts.items():
        tree.file(f"etc/kubernetes/manifests/{name}-pod.yaml", openshift_pod(name, name, script, name), 0o600)
    tree.file("etc/kubernetes/kubelet.conf", KUBELET_HEAD + """authentication:
  x509:
    clientCAFile: /etc/kubernetes/kubelet-ca.crt
  anonymous:
    enabled: false
cgroupDriver: systemd
cgroupRoot: /
clusterDomain: cluster.local
containerLogMaxSize: 50Mi
kubeAPIBurst: 100
protectKernelDefaults: true
rotateCertificates: true
serializeImagePulls: false
serverTLSBootstrap: true
staticPodPath: /etc/kubernetes/manifests
systemCgroups: /system.slice
featureGates:
  RotateKubeletServerCertificate: true
tlsMinVersion: VersionTLS12
tlsCipherSuites:
  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
""", 0o644)
    tree.file("etc/kubernetes/kubelet-ca.crt", input_file("certificates", "ca.crt"))
    tree.file("etc/kubernetes/kubeconfig", kubeconfig("kubelet-bootstrap"), 0o600)
    tree.file("var/lib/kubelet/kubeconfig", kubeconfig("system:node:master-0"), 0o600)
    tree.directory_("var/lib/kubelet", 0o755)
    tree.file("etc/machine-config-daemon/currentconfig", "{}\n", 0o600)
    tree.file("run/crio/crio.sock", "", 0o660, kind="socket")
    tree.file("etc/systemd/system/kubelet.service", "[Service]\nType=notify\nEnvironmentFile=/etc/os-release\nEnvironmentFile=-/etc/kubernetes/kubelet-env\n"
              "ExecStart=/usr/bin/kubenswrapper \\\n    /usr/bin/kubelet \\\n      --config=/etc/kubernetes/kubelet.conf \\\n"
              "      --kubeconfig=/var/lib/kubelet/kubeconfig \\\n      --container-runtime-endpoint=/var/run/crio/crio.sock\n")
    for name in ("kubelet", "crio", "runc", "crun"):
        tree.file(f"usr/bin/{name}", "\x7fELF recorded\n", 0o755)
    tree.file("etc/crio/crio.conf.d/00-default", """[crio]
log_dir = "/var/log/pods"
[crio.runtime]
selinux = true
seccomp_profile = ""
default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "KILL"]
cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"]
[crio.image]
signature_policy = "/etc/containers/policy.json"
""")
    tree.file("etc/containers/policy.json", '{"default":[{"type":"reject"}],"transports":{"docker":{"quay.io/openshift-release-dev":'
              '[{"type":"sigstoreSigned","keyPath":"/etc/pki/release.pub"}]}}}\n')
    tree.file("etc/containers/registries.conf", 'unqualified-search-registries = ["registry.access.redhat.com"]\nshort-name-mode = ""\n')
    label = "system_u:system_r:container_t:s0:c1,c2\0"
    service(tree, 2101, ["/usr/bin/crio"], "/usr/bin/crio", "crio.service", label="system_u:system_r:container_runtime_t:s0\0")
    service(tree, 2150, [
        "/usr/bin/kubelet", "--config=/etc/kubernetes/kubelet.conf", "--bootstrap-kubeconfig=/etc/kubernetes/kubeconfig",
        "--kubeconfig=/var/lib/kubelet/kubeconfig", "--container-runtime-endpoint=/var/run/crio/crio.sock",
        "--node-labels=node-role.kubernetes.io/control-plane,node.openshift.io/os_id=rhcos", "--node-ip=10.0.0.21", "--hostname-override=",
        "--register-with-taints=node-role.kubernetes.io/master=:NoSchedule", "--cloud-provider=external", "-v=2"],
        "/usr/bin/kubelet", "kubelet.service", label="system_u:system_r:kubelet_t:s0\0")
    hosted = {"runtime": "crio", "label": label, "capabilities": 0x1FFFFFFFFFF, "seccomp": 0}
    dirs = [f"{api}:etc/kubernetes/static-pod-resources", f"{certs}:etc/kubernetes/static-pod-certs"]
    container(tree, 3001, ["kube-apiserver", config, "--advertise-address=10.0.0.21", "-v=2", "--permit-address-sharing"],
              "/usr/bin/kube-apiserver", "a" * 32, "a", mounts=dirs, **hosted)
    container(tree, 3002, ["kube-controller-manager", config, f"--kubeconfig={base}/controller-manager-kubeconfig/kubeconfig", "-v=2"],
              "/usr/bin/kube-controller-manager", "b" * 32, "b", mounts=[f"{manager}:etc/kubernetes/static-pod-resources"], **hosted)
    container(tree, 3003, ["kube-scheduler", f"--config={base}/config/config.yaml", "--cert-dir=/var/run/kubernetes", "-v=2",
                           f"--authentication-kubeconfig={base}/scheduler-kubeconfig/kubeconfig"],
              "/usr/bin/kube-scheduler", "c" * 32, "c", mounts=[f"{scheduler}:etc/kubernetes/static-pod-resources"], **hosted)
    all_certs = "/etc/kubernetes/static-pod-certs"
    container(tree, 3004, [
        "etcd", "--logger=zap", "--log-level=info", "--initial-advertise-peer-urls=https://10.0.0.21:2380", "--data-dir=/var/lib/etcd",
        f"--cert-file={all_certs}/secrets/etcd-all-certs/etcd-serving-master-0.crt", f"--key-file={all_certs}/secrets/etcd-all-certs/etcd-serving-master-0.key",
        f"--trusted-ca-file={all_certs}/configmaps/etcd-serving-ca/ca-bundle.crt", "--client-cert-auth=true",
        f"--peer-cert-file={all_certs}/secrets/etcd-all-certs/etcd-peer-master-0.crt", f"--peer-key-file={all_certs}/secrets/etcd-all-certs/etcd-peer-master-0.key",
        f"--peer-trusted-ca-file={all_certs}/configmaps/etcd-peer-client-ca/ca-bundle.crt", "--peer-client-cert-auth=true",
        "--listen-client-urls=https://0.0.0.0:2379", "--listen-peer-urls=https://0.0.0.0:2380", "--listen-metrics-urls=https://0.0.0.0:9978"],
        "/usr/bin/etcd", "d" * 32, "d", mounts=["var/lib/etcd", f"{resources}/etcd-certs:etc/kubernetes/static-pod-certs"], **hosted)
    container(tree, 3005, ["etcd", "grpc-proxy", "start", "--endpoints", "https://10.0.0.21:9978", "--metrics-addr", "https://0.0.0.0:9979",
                           "--listen-addr", "127.0.0.1:9977", "--advertise-client-url="], "/usr/bin/etcd", "d" * 32, "e", **hosted)
    return OPENSHIFT_ABOUT
