/* images.h -- which addresses are code of which plugin. */
#ifndef REINIT_CALLS_IMAGES_H
#define REINIT_CALLS_IMAGES_H

#include "include/fatal_report.h"

struct rp_image {
  const rp_site *site;
  uintptr_t start, end;
  uintptr_t base; /* what the file's own addresses are moved by */
};

/* NULL for addresses of no plugin. Safe in signal handlers. */
const struct rp_image *rp_image_at(uintptr_t address);

#endif
