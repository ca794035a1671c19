// The profiles that are built into the program.
#pragma once
#include <stddef.h>

struct embedded_profile {
  const char *path;  // below profiles/: "catalogue/kubelet.yaml"
  const unsigned char *bytes;
  size_t count;
};

// The i-th profile; the one after the last has a null path.
const struct embedded_profile *embedded_profile(size_t index);
