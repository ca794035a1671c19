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
#embed "../../profiles/catalogue/files.yaml"
};

static const unsigned char profile4[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/cis-kubernetes-1.12.yaml", profile0, sizeof profile0},
    {"benchmarks/node-baseline.yaml", profile1, sizeof profile1},
    {"catalogue/accounts.yaml", profile2, sizeof profile2},
    {"catalogue/files.yaml", profile3, sizeof profile3},
    {"catalogue/host.yaml", profile4, sizeof profile4},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
