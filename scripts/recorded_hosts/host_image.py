"""Nodes as mounted images, which don't run: a control plane whose API server's files are hardened, one where they are loose, and a
worker."""

import base64

from host_control_plane import kubeconfig
from kernel import input_file
from system import DEBIAN_GROUPS, DEBIAN_USERS, accounts, identity
from tree import MARK, key

ABOUT = """
# {name}

Made up: a node's disk, mounted and not running, after what kubeadm 1.33 lays out. There is no proc/ and no sys/, so only
manifests and files speak. {what}
Keys and tokens are marked text; certificates have no living key.
"""


def manifest(name, flags, *, image, security="", pod=""):
    arguments = "".join(f"    - --{flag}\n" for flag in flags)
    return (f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: kube-system}}\nspec:\n  hostNetwork: true\n"
            f"  automountServiceAccountToken: false\n{pod}  containers:\n  - name: {name}\n    image: {image}\n{security}"
            f"    command:\n    - {name}\n{arguments}    volumeMounts:\n"
            "    - {name: kubernetes, mountPath: /etc/kubernetes, readOnly: true}\n  volumes:\n"
            "  - {name: kubernetes, hostPath: {path: /etc/kubernetes}}\n")


def common(tree, hostname, machine_id):
    identity(tree, hostname=hostname, machine_id=machine_id, os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian"})
    accounts(tree, DEBIAN_USERS, DEBIAN_GROUPS, {"root": "!*"})
    tree.directory_("etc/kubernetes/manifests", 0o700)
    for name in ("ca", "apiserver", "apiserver-etcd-client"):
        tree.file(f"etc/kubernetes/pki/{name}.crt", input_file("certificates", f"{name}.crt"))
        tree.file(f"etc/kubernetes/pki/{name}.key", key(name), 0o600)


SUITES = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
IDS = "NodeRestriction,EventRateLimit,ImagePolicyWebhook,AlwaysPullImages,DenyServiceExternalIPs"
CLOSED = ("    securityContext:\n      allowPrivilegeEscalation: false\n      readOnlyRootFilesystem: true\n      runAsUser: 2000\n"
          "      capabilities: {drop: [ALL]}\n")
SECCOMP = "  securityContext: {seccompProfile: {type: RuntimeDefault}}\n"


ADMISSION = """\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
"""


def image(name):
    return f"registry.k8s.io/{name}:v1.33.2@sha256:{'5f' * 32}"


def hardened(tree):
    common(tree, "image-hardened", "3c0f6a1be2d94f579a8e61d2b7c4f035")
    tree.file("etc/kubernetes/manifests/kube-apiserver.yaml", manifest("kube-apiserver", [
        "admission-control-config-file=/etc/kubernetes/admission/admission.yaml", "anonymous-auth=false",
        "audit-log-path=/var/log/audit.log", "audit-policy-file=/etc/kubernetes/audit.yaml",
        "authentication-config=/etc/kubernetes/authentication.yaml", "authorization-mode=Node,RBAC",
        "client-ca-file=/etc/kubernetes/pki/ca.crt", f"enable-admission-plugins={IDS}",
        "encryption-provider-config=/etc/kubernetes/encryption.yaml", f"tls-cipher-suites={SUITES}", "tls-min-version=VersionTLS12",
        "tls-cert-file=/etc/kubernetes/pki/apiserver.crt"], image=image("kube-apiserver"), security=CLOSED, pod=SECCOMP), 0o600)
    for name in ("kube-controller-manager", "kube-scheduler"):
        tree.file(f"etc/kubernetes/manifests/{name}.yaml", manifest(
            name, [f"tls-cipher-suites={SUITES}", "profiling=false"], image=image(name), security=CLOSED, pod=SECCOMP), 0o600)
    tree.file("etc/kubernetes/manifests/etcd.yaml", manifest(
        "etcd", [f"cipher-suites={SUITES}", "client-cert-auth=true"], image=image("etcd"), security=CLOSED, pod=SECCOMP), 0o600)
    tree.file("etc/kubernetes/manifests/health.yaml",
              "apiVersion: v1\nkind: Pod\nmetadata: {name: health, namespace: kube-system}\nspec:\n  automountServiceAccountToken: false\n"
              f"{SECCOMP}  containers:\n  - name: health\n    image: {image('pause')}\n{CLOSED}", 0o600)
    tree.file("etc/kubernetes/audit.yaml", """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: ["system:kube-proxy"], verbs: [watch]}
- level: Metadata
  resources:
  - {group: "", resources: [secrets, configmaps, serviceaccounts/token]}
  - {group: authentication.k8s.io, resources: [tokenreviews]}
- {level: RequestResponse, resources: [{group: rbac.authorization.k8s.io}]}
- level: Metadata
""", 0o600)
    tree.file("etc/kubernetes/admission/admission.yaml", ADMISSION + """\
    defaults: {enforce: baseline, enforce-version: latest, warn: restricted}
    exemptions: {namespaces: [kube-system]}
- {name: EventRateLimit, path: limits.yaml}
- {name: ImagePolicyWebhook, path: images.yaml}
""", 0o600)
    tree.file("etc/kubernetes/admission/limits.yaml", "apiVersion: eventratelimit.admission.k8s.io/v1alpha1\nkind: Configuration\n"
              "limits:\n- {type: Server, qps: 50, burst: 100}\n- {type: Namespace, qps: 10, burst: 50}\n", 0o600)
    tree.file("etc/kubernetes/admission/images.yaml", "imagePolicy: {kubeConfigFile: /etc/kubernetes/images.conf, defaultAllow: false}\n", 0o600)
    tree.file("etc/kubernetes/authentication.yaml", """\
apiVersion: apiserver.config.k8s.io/v1beta1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: https://login.example.org
    audiences: [cluster-a, cluster-a-cli]
    audienceMatchPolicy: MatchAny
  claimValidationRules:
  - {claim: hd, requiredValue: example.org}
  claimMappings:
    username: {claim: email, prefix: "login:"}
    groups: {claim: groups, prefix: "login:"}
- issuer:
    url: https://ci.example.org
    discoveryURL: https://ci.internal.example.org/.well-known/openid-configuration
    audiences: [cluster-a]
  claimMappings:
    username: {expression: "'ci:' + claims.sub"}
  userValidationRules:
  - {expression: "!user.username.startsWith('system:')", message: names of the system are not for issuers}
""", 0o600)
    tree.file("etc/kubernetes/encryption.yaml", """\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - kms: {apiVersion: v2, name: hsm, endpoint: "unix:///run/kms.sock"}
  - identity: {}
""", 0o600)
    tree.file("etc/cni/net.d/05-cilium.conflist", '{"cniVersion": "0.3.1", "name": "cilium", "plugins": [{"type": "cilium-cni"}]}\n', 0o600)
    return ABOUT.format(name="image-hardened", what="Everything that its API server reads beyond flags is set well.")


def loose(tree):
    common(tree, "image-loose", "91b27cd04e6f4a8db35c7f0e12a86d49")
    tree.file("etc/kubernetes/pki/apiserver-kubelet-client.crt", input_file("certificates", "ended.crt"))
    tree.file("etc/kubernetes/pki/metrics.crt", input_file("certificates", "weak.crt"))
    tree.file("etc/kubernetes/manifests/kube-apiserver.yaml", manifest("kube-apiserver", [
        "admission-control-config-file=/etc/kubernetes/admission.yaml", "audit-log-path=/var/log/audit.log",
        "audit-policy-file=/etc/kubernetes/audit.yaml", "authentication-config=/etc/kubernetes/authentication.yaml",
        "authorization-config=/etc/kubernetes/authorization.yaml",
        "client-ca-file=/etc/kubernetes/pki/ca.crt", "disable-admission-plugins=PodSecurity,ResourceQuota",
        "enable-admission-plugins=EventRateLimit,ImagePolicyWebhook", "encryption-provider-config=/etc/kubernetes/encryption.yaml",
        "tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA", "tls-min-version=VersionTLS10"], image="registry.k8s.io/kube-apiserver:v1.33.2"),
        0o644)
    for name in ("kube-controller-manager", "kube-scheduler"):
        tree.file(f"etc/kubernetes/manifests/{name}.yaml", manifest(
            name, ["tls-min-version=VersionTLS11"], image=f"registry.k8s.io/{name}:v1.33.2"), 0o644)
    tree.file("etc/systemd/system/kubelet.service",
              "[Service]\nExecStart=/usr/bin/kubelet --tls-min-version=VersionTLS10 --client-ca-file=/etc/kubernetes/pki/ca.crt\n")
    tree.file("etc/kubernetes/authentication.yaml", """\
apiVersion: apiserver.config.k8s.io/v1beta1
kind: AuthenticationConfiguration
jwt:
- issuer: {url: "http://login.example.org", audiences: []}
  claimMappings:
    username: {claim: sub, prefix: ""}
    groups: {claim: groups, prefix: ""}
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /api}]
""")
    tree.file("etc/kubernetes/authorization.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n"
              "authorizers:\n- {type: RBAC, name: rbac}\n- {type: AlwaysAllow, name: rest}\n")
    tree.file("etc/kubernetes/audit.yaml", """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseComplete]
rules:
- {level: None, resources: [{group: "", resources: [pods/exec, pods/portforward]}]}
- {level: RequestResponse, resources: [{group: "", resources: [secrets]}, {group: apps}]}
""")
    tree.file("etc/kubernetes/admission.yaml", ADMISSION + """\
    defaults: {enforce: privileged}
    exemptions: {namespaces: [kube-system, ci], usernames: [builder]}
- name: EventRateLimit
  configuration: {apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: []}
- name: ImagePolicyWebhook
  configuration: {imagePolicy: {kubeConfigFile: /etc/kubernetes/images.conf, defaultAllow: true}}
""")
    tree.file("etc/kubernetes/encryption.yaml", """\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - kms: {name: old, endpoint: "unix:///run/kms.sock", timeout: 3s}
  - identity: {}
""")
    certificate = base64.b64encode(input_file("certificates", "super-admin.crt")).decode()
    tree.file("root/.kube/config", "apiVersion: v1\nkind: Config\nclusters:\n- cluster: {server: \"https://10.0.0.9:6443\","
              " insecure-skip-tls-verify: true}\n  name: old\nusers:\n- name: boss\n  user:\n    username: boss\n"
              f"    password: {MARK}-boss\n    client-certificate-data: {certificate}\n    client-key-data: {MARK}-boss\n", 0o600)
    tree.file("etc/cni/net.d/10-flannel.conflist", '{"cniVersion": "1.0.0", "name": "cbr0", "plugins": [{"type": "flannel", "delegate":'
              ' {"hairpinMode": true}}, {"type": "portmap"}]}\n')
    return ABOUT.format(name="image-loose", what="Its API server's flags look well in places; the files they name undo it.")


def worker(tree):
    identity(tree, hostname="image-worker", machine_id="5ad1e80b7c3246f9a0be4d92f6137c58", os_release={
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "NAME": "Debian GNU/Linux", "VERSION_ID": "12", "ID": "debian"})
    accounts(tree, DEBIAN_USERS, DEBIAN_GROUPS, {"root": "!*"})
    tree.file("etc/kubernetes/pki/ca.crt", input_file("certificates", "ca.crt"))
    tree.file("etc/kubernetes/kubelet.conf", kubeconfig("system:node:worker-7", "https://10.0.0.10:6443"), 0o600)
    tree.file("etc/systemd/system/kubelet.service",
              "[Service]\nExecStart=/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml\n")
    tree.file("var/lib/kubelet/config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
              "authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\nserverTLSBootstrap: true\nrotateCertificates: true\n"
              f"protectKernelDefaults: true\nseccompDefault: true\ntlsMinVersion: VersionTLS12\ntlsCipherSuites: [{SUITES.replace(',', ', ')}]\n",
              0o600)
    return ABOUT.format(name="image-worker", what="A worker with its own credential and no other.")
