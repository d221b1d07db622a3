/* R0916: does not look whether an optional service is there. */
#include "zoo.h"
#include <reinit/draft/blas.h>

static ri_status fill(const ri_fill *f, void *user) {
  const ri_draft_blas *blas = f->host->service(f->host, ri_text(RI_DRAFT_BLAS), 1);
  return blas->version == 1 ? zoo_fill(f, user) : RI_UNSUPPORTED;
}
ZOO_INITIALIZER(.fill = fill)
