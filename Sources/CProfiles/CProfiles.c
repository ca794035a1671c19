// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/catalogue/apparmor.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/catalogue/capabilities.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/lsm.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/process.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/seccomp.yaml"
};

static const unsigned char profile7[] = {
#embed "../../profiles/catalogue/selinux.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/node-baseline.yaml", profile0, sizeof profile0},
    {"catalogue/apparmor.yaml", profile1, sizeof profile1},
    {"catalogue/capabilities.yaml", profile2, sizeof profile2},
    {"catalogue/host.yaml", profile3, sizeof profile3},
    {"catalogue/lsm.yaml", profile4, sizeof profile4},
    {"catalogue/process.yaml", profile5, sizeof profile5},
    {"catalogue/seccomp.yaml", profile6, sizeof profile6},
    {"catalogue/selinux.yaml", profile7, sizeof profile7},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
