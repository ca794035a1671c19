// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.12.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/catalogue/accounts.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/catalogue/apiserver.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/apparmor.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/boot.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/capabilities.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/catalogue/certificate.yaml"
};

static const unsigned char profile8[] = {
#embed "../../profiles/catalogue/cni.yaml"
};

static const unsigned char profile9[] = {
#embed "../../profiles/catalogue/component.yaml"
};

static const unsigned char profile10[] = {
#embed "../../profiles/catalogue/controller-manager.yaml"
};

static const unsigned char profile11[] = {
#embed "../../profiles/catalogue/cpu.yaml"
};

static const unsigned char profile12[] = {
#embed "../../profiles/catalogue/etcd.yaml"
};

static const unsigned char profile13[] = {
#embed "../../profiles/catalogue/files.yaml"
};

static const unsigned char profile14[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile15[] = {
#embed "../../profiles/catalogue/kernel.yaml"
};

static const unsigned char profile16[] = {
#embed "../../profiles/catalogue/kubeconfig.yaml"
};

static const unsigned char profile17[] = {
#embed "../../profiles/catalogue/kubelet.yaml"
};

static const unsigned char profile18[] = {
#embed "../../profiles/catalogue/lsm.yaml"
};

static const unsigned char profile19[] = {
#embed "../../profiles/catalogue/process.yaml"
};

static const unsigned char profile20[] = {
#embed "../../profiles/catalogue/proxy.yaml"
};

static const unsigned char profile21[] = {
#embed "../../profiles/catalogue/scheduler.yaml"
};

static const unsigned char profile22[] = {
#embed "../../profiles/catalogue/seccomp.yaml"
};

static const unsigned char profile23[] = {
#embed "../../profiles/catalogue/selinux.yaml"
};

static const unsigned char profile24[] = {
#embed "../../profiles/catalogue/static-pod.yaml"
};

static const unsigned char profile25[] = {
#embed "../../profiles/catalogue/sysctl.yaml"
};

static const unsigned char profile26[] = {
#embed "../../profiles/catalogue/tpm.yaml"
};

static const unsigned char profile27[] = {
#embed "../../profiles/defaults/etcd.yaml"
};

static const unsigned char profile28[] = {
#embed "../../profiles/defaults/kube-apiserver.yaml"
};

static const unsigned char profile29[] = {
#embed "../../profiles/defaults/kube-controller-manager.yaml"
};

static const unsigned char profile30[] = {
#embed "../../profiles/defaults/kube-proxy.yaml"
};

static const unsigned char profile31[] = {
#embed "../../profiles/defaults/kube-scheduler.yaml"
};

static const unsigned char profile32[] = {
#embed "../../profiles/defaults/kubelet.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/cis-kubernetes-1.12.yaml", profile0, sizeof profile0},
    {"benchmarks/node-baseline.yaml", profile1, sizeof profile1},
    {"catalogue/accounts.yaml", profile2, sizeof profile2},
    {"catalogue/apiserver.yaml", profile3, sizeof profile3},
    {"catalogue/apparmor.yaml", profile4, sizeof profile4},
    {"catalogue/boot.yaml", profile5, sizeof profile5},
    {"catalogue/capabilities.yaml", profile6, sizeof profile6},
    {"catalogue/certificate.yaml", profile7, sizeof profile7},
    {"catalogue/cni.yaml", profile8, sizeof profile8},
    {"catalogue/component.yaml", profile9, sizeof profile9},
    {"catalogue/controller-manager.yaml", profile10, sizeof profile10},
    {"catalogue/cpu.yaml", profile11, sizeof profile11},
    {"catalogue/etcd.yaml", profile12, sizeof profile12},
    {"catalogue/files.yaml", profile13, sizeof profile13},
    {"catalogue/host.yaml", profile14, sizeof profile14},
    {"catalogue/kernel.yaml", profile15, sizeof profile15},
    {"catalogue/kubeconfig.yaml", profile16, sizeof profile16},
    {"catalogue/kubelet.yaml", profile17, sizeof profile17},
    {"catalogue/lsm.yaml", profile18, sizeof profile18},
    {"catalogue/process.yaml", profile19, sizeof profile19},
    {"catalogue/proxy.yaml", profile20, sizeof profile20},
    {"catalogue/scheduler.yaml", profile21, sizeof profile21},
    {"catalogue/seccomp.yaml", profile22, sizeof profile22},
    {"catalogue/selinux.yaml", profile23, sizeof profile23},
    {"catalogue/static-pod.yaml", profile24, sizeof profile24},
    {"catalogue/sysctl.yaml", profile25, sizeof profile25},
    {"catalogue/tpm.yaml", profile26, sizeof profile26},
    {"defaults/etcd.yaml", profile27, sizeof profile27},
    {"defaults/kube-apiserver.yaml", profile28, sizeof profile28},
    {"defaults/kube-controller-manager.yaml", profile29, sizeof profile29},
    {"defaults/kube-proxy.yaml", profile30, sizeof profile30},
    {"defaults/kube-scheduler.yaml", profile31, sizeof profile31},
    {"defaults/kubelet.yaml", profile32, sizeof profile32},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
