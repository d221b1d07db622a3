/* R0916: does not look whether an optional service is there. */
#include "layer.h"
#include <reinit/draft/blas.h>

static ri_status forward(const void *instance, const ri_forward *pass) {
  const ri_draft_blas *blas = pass->host->service(pass->host, ri_text(RI_DRAFT_BLAS), 1);
  return blas->version == 1 ? zoo_forward(instance, pass) : RI_UNSUPPORTED;
}
ZOO_LAYER(.forward = forward)
