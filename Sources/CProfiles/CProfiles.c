// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/catalogue/apparmor.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/catalogue/boot.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/catalogue/capabilities.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/cpu.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/kernel.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/catalogue/lsm.yaml"
};

static const unsigned char profile8[] = {
#embed "../../profiles/catalogue/process.yaml"
};

static const unsigned char profile9[] = {
#embed "../../profiles/catalogue/seccomp.yaml"
};

static const unsigned char profile10[] = {
#embed "../../profiles/catalogue/selinux.yaml"
};

static const unsigned char profile11[] = {
#embed "../../profiles/catalogue/sysctl.yaml"
};

static const unsigned char profile12[] = {
#embed "../../profiles/catalogue/tpm.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/node-baseline.yaml", profile0, sizeof profile0},
    {"catalogue/apparmor.yaml", profile1, sizeof profile1},
    {"catalogue/boot.yaml", profile2, sizeof profile2},
    {"catalogue/capabilities.yaml", profile3, sizeof profile3},
    {"catalogue/cpu.yaml", profile4, sizeof profile4},
    {"catalogue/host.yaml", profile5, sizeof profile5},
    {"catalogue/kernel.yaml", profile6, sizeof profile6},
    {"catalogue/lsm.yaml", profile7, sizeof profile7},
    {"catalogue/process.yaml", profile8, sizeof profile8},
    {"catalogue/seccomp.yaml", profile9, sizeof profile9},
    {"catalogue/selinux.yaml", profile10, sizeof profile10},
    {"catalogue/sysctl.yaml", profile11, sizeof profile11},
    {"catalogue/tpm.yaml", profile12, sizeof profile12},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
