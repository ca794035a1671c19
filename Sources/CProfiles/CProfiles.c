// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/cis-aks-1.8.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/benchmarks/cis-eks-1.8.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/benchmarks/cis-gke-1.9.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/benchmarks/cis-k3s-1.9.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.10.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.11.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.12.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.24.yaml"
};

static const unsigned char profile8[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.7.yaml"
};

static const unsigned char profile9[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.8.yaml"
};

static const unsigned char profile10[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.9.yaml"
};

static const unsigned char profile11[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-2.0.yaml"
};

static const unsigned char profile12[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-2.1.yaml"
};

static const unsigned char profile13[] = {
#embed "../../profiles/benchmarks/cis-microk8s-1.24.yaml"
};

static const unsigned char profile14[] = {
#embed "../../profiles/benchmarks/cis-openshift-1.8.yaml"
};

static const unsigned char profile15[] = {
#embed "../../profiles/benchmarks/cis-rke2-1.8.yaml"
};

static const unsigned char profile16[] = {
#embed "../../profiles/benchmarks/eks-stig-v1r6.yaml"
};

static const unsigned char profile17[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile18[] = {
#embed "../../profiles/catalogue/accounts.yaml"
};

static const unsigned char profile19[] = {
#embed "../../profiles/catalogue/apiserver.yaml"
};

static const unsigned char profile20[] = {
#embed "../../profiles/catalogue/apparmor.yaml"
};

static const unsigned char profile21[] = {
#embed "../../profiles/catalogue/audit.yaml"
};

static const unsigned char profile22[] = {
#embed "../../profiles/catalogue/authentication.yaml"
};

static const unsigned char profile23[] = {
#embed "../../profiles/catalogue/boot.yaml"
};

static const unsigned char profile24[] = {
#embed "../../profiles/catalogue/capabilities.yaml"
};

static const unsigned char profile25[] = {
#embed "../../profiles/catalogue/certificate.yaml"
};

static const unsigned char profile26[] = {
#embed "../../profiles/catalogue/cni.yaml"
};

static const unsigned char profile27[] = {
#embed "../../profiles/catalogue/component.yaml"
};

static const unsigned char profile28[] = {
#embed "../../profiles/catalogue/container.yaml"
};

static const unsigned char profile29[] = {
#embed "../../profiles/catalogue/controller-manager.yaml"
};

static const unsigned char profile30[] = {
#embed "../../profiles/catalogue/cpu.yaml"
};

static const unsigned char profile31[] = {
#embed "../../profiles/catalogue/detection.yaml"
};

static const unsigned char profile32[] = {
#embed "../../profiles/catalogue/disk.yaml"
};

static const unsigned char profile33[] = {
#embed "../../profiles/catalogue/etcd.yaml"
};

static const unsigned char profile34[] = {
#embed "../../profiles/catalogue/files.yaml"
};

static const unsigned char profile35[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile36[] = {
#embed "../../profiles/catalogue/kernel.yaml"
};

static const unsigned char profile37[] = {
#embed "../../profiles/catalogue/kubeconfig.yaml"
};

static const unsigned char profile38[] = {
#embed "../../profiles/catalogue/kubelet.yaml"
};

static const unsigned char profile39[] = {
#embed "../../profiles/catalogue/lsm.yaml"
};

static const unsigned char profile40[] = {
#embed "../../profiles/catalogue/managed.yaml"
};

static const unsigned char profile41[] = {
#embed "../../profiles/catalogue/modprobe.yaml"
};

static const unsigned char profile42[] = {
#embed "../../profiles/catalogue/mounts.yaml"
};

static const unsigned char profile43[] = {
#embed "../../profiles/catalogue/network.yaml"
};

static const unsigned char profile44[] = {
#embed "../../profiles/catalogue/packages.yaml"
};

static const unsigned char profile45[] = {
#embed "../../profiles/catalogue/process.yaml"
};

static const unsigned char profile46[] = {
#embed "../../profiles/catalogue/proxy.yaml"
};

static const unsigned char profile47[] = {
#embed "../../profiles/catalogue/runtime.yaml"
};

static const unsigned char profile48[] = {
#embed "../../profiles/catalogue/scheduler.yaml"
};

static const unsigned char profile49[] = {
#embed "../../profiles/catalogue/seccomp-profile.yaml"
};

static const unsigned char profile50[] = {
#embed "../../profiles/catalogue/seccomp.yaml"
};

static const unsigned char profile51[] = {
#embed "../../profiles/catalogue/selinux.yaml"
};

static const unsigned char profile52[] = {
#embed "../../profiles/catalogue/services.yaml"
};

static const unsigned char profile53[] = {
#embed "../../profiles/catalogue/sshd.yaml"
};

static const unsigned char profile54[] = {
#embed "../../profiles/catalogue/static-pod.yaml"
};

static const unsigned char profile55[] = {
#embed "../../profiles/catalogue/sysctl.yaml"
};

static const unsigned char profile56[] = {
#embed "../../profiles/catalogue/system.yaml"
};

static const unsigned char profile57[] = {
#embed "../../profiles/catalogue/tpm.yaml"
};

static const unsigned char profile58[] = {
#embed "../../profiles/confinement/syscalls.txt"
};

static const unsigned char profile59[] = {
#embed "../../profiles/defaults/etcd.yaml"
};

static const unsigned char profile60[] = {
#embed "../../profiles/defaults/kube-apiserver.yaml"
};

static const unsigned char profile61[] = {
#embed "../../profiles/defaults/kube-controller-manager.yaml"
};

static const unsigned char profile62[] = {
#embed "../../profiles/defaults/kube-proxy.yaml"
};

static const unsigned char profile63[] = {
#embed "../../profiles/defaults/kube-scheduler.yaml"
};

static const unsigned char profile64[] = {
#embed "../../profiles/defaults/kubelet.yaml"
};

static const unsigned char profile65[] = {
#embed "../../profiles/defaults/sshd.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/cis-aks-1.8.yaml", profile0, sizeof profile0},
    {"benchmarks/cis-eks-1.8.yaml", profile1, sizeof profile1},
    {"benchmarks/cis-gke-1.9.yaml", profile2, sizeof profile2},
    {"benchmarks/cis-k3s-1.9.yaml", profile3, sizeof profile3},
    {"benchmarks/cis-kubernetes-1.10.yaml", profile4, sizeof profile4},
    {"benchmarks/cis-kubernetes-1.11.yaml", profile5, sizeof profile5},
    {"benchmarks/cis-kubernetes-1.12.yaml", profile6, sizeof profile6},
    {"benchmarks/cis-kubernetes-1.24.yaml", profile7, sizeof profile7},
    {"benchmarks/cis-kubernetes-1.7.yaml", profile8, sizeof profile8},
    {"benchmarks/cis-kubernetes-1.8.yaml", profile9, sizeof profile9},
    {"benchmarks/cis-kubernetes-1.9.yaml", profile10, sizeof profile10},
    {"benchmarks/cis-kubernetes-2.0.yaml", profile11, sizeof profile11},
    {"benchmarks/cis-kubernetes-2.1.yaml", profile12, sizeof profile12},
    {"benchmarks/cis-microk8s-1.24.yaml", profile13, sizeof profile13},
    {"benchmarks/cis-openshift-1.8.yaml", profile14, sizeof profile14},
    {"benchmarks/cis-rke2-1.8.yaml", profile15, sizeof profile15},
    {"benchmarks/eks-stig-v1r6.yaml", profile16, sizeof profile16},
    {"benchmarks/node-baseline.yaml", profile17, sizeof profile17},
    {"catalogue/accounts.yaml", profile18, sizeof profile18},
    {"catalogue/apiserver.yaml", profile19, sizeof profile19},
    {"catalogue/apparmor.yaml", profile20, sizeof profile20},
    {"catalogue/audit.yaml", profile21, sizeof profile21},
    {"catalogue/authentication.yaml", profile22, sizeof profile22},
    {"catalogue/boot.yaml", profile23, sizeof profile23},
    {"catalogue/capabilities.yaml", profile24, sizeof profile24},
    {"catalogue/certificate.yaml", profile25, sizeof profile25},
    {"catalogue/cni.yaml", profile26, sizeof profile26},
    {"catalogue/component.yaml", profile27, sizeof profile27},
    {"catalogue/container.yaml", profile28, sizeof profile28},
    {"catalogue/controller-manager.yaml", profile29, sizeof profile29},
    {"catalogue/cpu.yaml", profile30, sizeof profile30},
    {"catalogue/detection.yaml", profile31, sizeof profile31},
    {"catalogue/disk.yaml", profile32, sizeof profile32},
    {"catalogue/etcd.yaml", profile33, sizeof profile33},
    {"catalogue/files.yaml", profile34, sizeof profile34},
    {"catalogue/host.yaml", profile35, sizeof profile35},
    {"catalogue/kernel.yaml", profile36, sizeof profile36},
    {"catalogue/kubeconfig.yaml", profile37, sizeof profile37},
    {"catalogue/kubelet.yaml", profile38, sizeof profile38},
    {"catalogue/lsm.yaml", profile39, sizeof profile39},
    {"catalogue/managed.yaml", profile40, sizeof profile40},
    {"catalogue/modprobe.yaml", profile41, sizeof profile41},
    {"catalogue/mounts.yaml", profile42, sizeof profile42},
    {"catalogue/network.yaml", profile43, sizeof profile43},
    {"catalogue/packages.yaml", profile44, sizeof profile44},
    {"catalogue/process.yaml", profile45, sizeof profile45},
    {"catalogue/proxy.yaml", profile46, sizeof profile46},
    {"catalogue/runtime.yaml", profile47, sizeof profile47},
    {"catalogue/scheduler.yaml", profile48, sizeof profile48},
    {"catalogue/seccomp-profile.yaml", profile49, sizeof profile49},
    {"catalogue/seccomp.yaml", profile50, sizeof profile50},
    {"catalogue/selinux.yaml", profile51, sizeof profile51},
    {"catalogue/services.yaml", profile52, sizeof profile52},
    {"catalogue/sshd.yaml", profile53, sizeof profile53},
    {"catalogue/static-pod.yaml", profile54, sizeof profile54},
    {"catalogue/sysctl.yaml", profile55, sizeof profile55},
    {"catalogue/system.yaml", profile56, sizeof profile56},
    {"catalogue/tpm.yaml", profile57, sizeof profile57},
    {"confinement/syscalls.txt", profile58, sizeof profile58},
    {"defaults/etcd.yaml", profile59, sizeof profile59},
    {"defaults/kube-apiserver.yaml", profile60, sizeof profile60},
    {"defaults/kube-controller-manager.yaml", profile61, sizeof profile61},
    {"defaults/kube-proxy.yaml", profile62, sizeof profile62},
    {"defaults/kube-scheduler.yaml", profile63, sizeof profile63},
    {"defaults/kubelet.yaml", profile64, sizeof profile64},
    {"defaults/sshd.yaml", profile65, sizeof profile65},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
