/* reinit/draft/blas.h -- a draft: may change or go with any release. Matrix products by the host's library.
 *
 *   const ri_draft_blas *blas = host->service(host, ri_text(RI_DRAFT_BLAS), 1);    NULL where the host has none
 */
#ifndef REINIT_DRAFT_BLAS_H
#define REINIT_DRAFT_BLAS_H

#include "../base.h"

#define RI_DRAFT_BLAS "draft.blas"

typedef struct ri_draft_blas {
  uint32_t struct_size, version;
  /* [any] c[m,n] = alpha * op(a)[m,k] * op(b)[k,n] + beta * c, row-major, strides of rows in elements. RI_UNSUPPORTED for
   * sizes that the library does not have, RI_NO_MEMORY where it cannot work; `c` is as it was after a failure. */
  ri_status (*sgemm)(int32_t transpose_a, int32_t transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                int64_t a_stride, const float *b, int64_t b_stride, float beta, float *c, int64_t c_stride);
} ri_draft_blas;

RI_ASSERT(sizeof(ri_draft_blas) == 16);

#endif
