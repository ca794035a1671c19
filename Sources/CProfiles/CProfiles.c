// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/cis-kubernetes-1.12.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/catalogue/apiserver.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/catalogue/component.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/controller-manager.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/etcd.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/catalogue/kubelet.yaml"
};

static const unsigned char profile8[] = {
#embed "../../profiles/catalogue/proxy.yaml"
};

static const unsigned char profile9[] = {
#embed "../../profiles/catalogue/scheduler.yaml"
};

static const unsigned char profile10[] = {
#embed "../../profiles/defaults/etcd.yaml"
};

static const unsigned char profile11[] = {
#embed "../../profiles/defaults/kube-apiserver.yaml"
};

static const unsigned char profile12[] = {
#embed "../../profiles/defaults/kube-controller-manager.yaml"
};

static const unsigned char profile13[] = {
#embed "../../profiles/defaults/kube-proxy.yaml"
};

static const unsigned char profile14[] = {
#embed "../../profiles/defaults/kube-scheduler.yaml"
};

static const unsigned char profile15[] = {
#embed "../../profiles/defaults/kubelet.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/cis-kubernetes-1.12.yaml", profile0, sizeof profile0},
    {"benchmarks/node-baseline.yaml", profile1, sizeof profile1},
    {"catalogue/apiserver.yaml", profile2, sizeof profile2},
    {"catalogue/component.yaml", profile3, sizeof profile3},
    {"catalogue/controller-manager.yaml", profile4, sizeof profile4},
    {"catalogue/etcd.yaml", profile5, sizeof profile5},
    {"catalogue/host.yaml", profile6, sizeof profile6},
    {"catalogue/kubelet.yaml", profile7, sizeof profile7},
    {"catalogue/proxy.yaml", profile8, sizeof profile8},
    {"catalogue/scheduler.yaml", profile9, sizeof profile9},
    {"defaults/etcd.yaml", profile10, sizeof profile10},
    {"defaults/kube-apiserver.yaml", profile11, sizeof profile11},
    {"defaults/kube-controller-manager.yaml", profile12, sizeof profile12},
    {"defaults/kube-proxy.yaml", profile13, sizeof profile13},
    {"defaults/kube-scheduler.yaml", profile14, sizeof profile14},
    {"defaults/kubelet.yaml", profile15, sizeof profile15},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
