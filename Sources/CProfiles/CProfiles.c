// Made by scripts/embed-profiles.sh (make generate). Do not edit.
#include "CProfiles.h"

static const unsigned char profile0[] = {
#embed "../../profiles/benchmarks/node-baseline.yaml"
};

static const unsigned char profile1[] = {
#embed "../../profiles/catalogue/host.yaml"
};

static const struct embedded_profile profiles[] = {
    {"benchmarks/node-baseline.yaml", profile0, sizeof profile0},
    {"catalogue/host.yaml", profile1, sizeof profile1},
    {NULL, NULL, 0},
};

const struct embedded_profile *embedded_profile(size_t index) {
  const size_t last = sizeof profiles / sizeof profiles[0] - 1;
  return &profiles[index < last ? index : last];
}
