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
#embed "../../profiles/catalogue/apparmor.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/boot.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/capabilities.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/cpu.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/catalogue/files.yaml"
};

static const unsigned char profile8[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile9[] = {
#embed "../../profiles/catalogue/kernel.yaml"
};

static const unsigned char profile10[] = {
#embed "../../profiles/catalogue/lsm.yaml"
};

static const unsigned char profile11[] = {
#embed "../../profiles/catalogue/process.yaml"
};

static const unsigned char profile12[] = {
#embed "../../profiles/catalogue/seccomp.yaml"
};

static const unsigned char profile13[] = {
#embed "../../profiles/catalogue/selinux.yaml"
};

static const unsigned char profile14[] = {
#embed "../../profiles/catalogue/sysctl.yaml"
};

static const unsigned char profile15[] = {
#embed "../../profiles/catalogue/tpm.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/cis-kubernetes-1.12.yaml", profile0, sizeof profile0},
    {"benchmarks/node-baseline.yaml", profile1, sizeof profile1},
    {"catalogue/accounts.yaml", profile2, sizeof profile2},
    {"catalogue/apparmor.yaml", profile3, sizeof profile3},
    {"catalogue/boot.yaml", profile4, sizeof profile4},
    {"catalogue/capabilities.yaml", profile5, sizeof profile5},
    {"catalogue/cpu.yaml", profile6, sizeof profile6},
    {"catalogue/files.yaml", profile7, sizeof profile7},
    {"catalogue/host.yaml", profile8, sizeof profile8},
    {"catalogue/kernel.yaml", profile9, sizeof profile9},
    {"catalogue/lsm.yaml", profile10, sizeof profile10},
    {"catalogue/process.yaml", profile11, sizeof profile11},
    {"catalogue/seccomp.yaml", profile12, sizeof profile12},
    {"catalogue/selinux.yaml", profile13, sizeof profile13},
    {"catalogue/sysctl.yaml", profile14, sizeof profile14},
    {"catalogue/tpm.yaml", profile15, sizeof profile15},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
