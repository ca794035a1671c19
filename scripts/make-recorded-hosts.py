#!/usr/bin/env python3
"""Writes Tests/Hosts/NAME/{root,attributes.tsv,ABOUT.md}: the hosts that the recorded-host tests audit.

    scripts/make-recorded-hosts.py [NAME ...]

The trees are committed. What a test records of them (facts.tsv, verdicts/) stays as it is. Python's standard library only.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "recorded_hosts"))
sys.dont_write_bytecode = True

import host_cloud  # noqa: E402
import host_containers  # noqa: E402
import host_control_plane  # noqa: E402
import host_coreos  # noqa: E402
import host_hardened  # noqa: E402
import host_image  # noqa: E402
import host_images  # noqa: E402
import host_kubelets  # noqa: E402
import host_managed  # noqa: E402
import host_neglected  # noqa: E402
import host_open  # noqa: E402
import host_plain  # noqa: E402
import host_rancher  # noqa: E402
import host_servers  # noqa: E402
import host_worker  # noqa: E402
import tpm  # noqa: E402
from tree import Tree  # noqa: E402

HOSTS = {
    "aks-node": host_cloud.aks,
    "amazon-linux": host_servers.amazon_linux,
    "apparmor-tpm": host_plain.apparmor_tpm,
    "azure-linux": host_servers.azure_linux,
    "bottlerocket": host_cloud.bottlerocket,
    "bottlerocket-altered": host_servers.bottlerocket_altered,
    "containers": host_containers.containers,
    "containers-confined": host_containers.confined,
    "coreos-altered": host_coreos.altered,
    "coreos-hardened": host_coreos.hardened,
    "cos": host_servers.container_optimized,
    "debian": host_plain.debian,
    "debian-oddities": host_neglected.debian_oddities,
    "eks-worker": host_managed.eks,
    "fedora-coreos": host_coreos.fedora,
    "flatcar": host_servers.flatcar,
    "gke-node": host_cloud.gke,
    "hardened-control-plane": host_hardened.control_plane,
    "hardened-worker": host_hardened.worker,
    "image-hardened": host_image.hardened,
    "image-loose": host_image.loose,
    "image-worker": host_image.worker,
    "k3s-server": host_rancher.k3s,
    "kubeadm-control-plane": host_control_plane.make,
    "kubeadm-dropins": host_kubelets.dropins,
    "kubeadm-worker": host_worker.make,
    "microk8s": host_images.microk8s,
    "open-control-plane": host_open.make,
    "openshift": host_images.openshift,
    "permissive-worker": host_hardened.permissive_worker,
    "rhel-coreos": host_coreos.rhel,
    "rhel-neglected": host_neglected.rhel_neglected,
    "rke2-server": host_rancher.rke2,
    "selinux": host_plain.selinux,
    "server-hardened": host_servers.hardened,
    "server-neglected": host_servers.neglected,
    "spoofed-kubelet": host_kubelets.spoofed,
    "stale-control-plane": host_kubelets.stale_control_plane,
    "stale-kubelet": host_kubelets.stale,
    "talos": host_managed.talos,
    "tampered-log": tpm.tampered,
    "ubuntu-bare": host_neglected.ubuntu_bare,
}


def main(names):
    unknown = [name for name in names if name not in HOSTS]
    if unknown:
        sys.exit(f"unknown host {unknown[0]}; known are {', '.join(HOSTS)}")
    for name in names or HOSTS:
        tree = Tree(os.path.join(HERE, "..", "Tests", "Hosts", name))
        tree.finish(HOSTS[name](tree))


main(sys.argv[1:])
