// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/catalogue/boot.yaml"
};

static const unsigned char profile2[] = {
#embed "../../profiles/catalogue/cpu.yaml"
};

static const unsigned char profile3[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/kernel.yaml"
};

static const unsigned char profile5[] = {
#embed "../../profiles/catalogue/sysctl.yaml"
};

static const unsigned char profile6[] = {
#embed "../../profiles/catalogue/tpm.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/node-baseline.yaml", profile0, sizeof profile0},
    {"catalogue/boot.yaml", profile1, sizeof profile1},
    {"catalogue/cpu.yaml", profile2, sizeof profile2},
    {"catalogue/host.yaml", profile3, sizeof profile3},
    {"catalogue/kernel.yaml", profile4, sizeof profile4},
    {"catalogue/sysctl.yaml", profile5, sizeof profile5},
    {"catalogue/tpm.yaml", profile6, sizeof profile6},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
