/* reinit/distribution.h -- what the elements of a tensor are drawn from. */
#ifndef REINIT_DISTRIBUTION_H
#define REINIT_DISTRIBUTION_H

#include "base.h"

enum {
  RI_DISTRIBUTION_UNKNOWN = 0,
  RI_DISTRIBUTION_CONSTANT = 1,        /* mean */
  RI_DISTRIBUTION_UNIFORM = 2,         /* [low, high) */
  RI_DISTRIBUTION_NORMAL = 3,          /* mean, std */
  RI_DISTRIBUTION_TRUNCATED_NORMAL = 4 /* mean and std before truncation; low, high absolute */
};

/* What the elements are drawn from, all independent and alike. */
typedef struct ri_distribution {
  uint32_t struct_size, kind;
  double mean, std, low, high;
} ri_distribution;

#define RI_DISTRIBUTION_SIZE_1_0 40

RI_ASSERT(sizeof(ri_distribution) >= RI_DISTRIBUTION_SIZE_1_0);

#endif
