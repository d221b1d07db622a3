/* The good layer, which looks at its weight by the service `draft.dlpack` where the host has it. */
#ifndef ZOO_EXCHANGE_H
#define ZOO_EXCHANGE_H

#include "layer.h"
#include <reinit/draft/dlpack.h>

#define ZOO_EXCHANGE(statements_)                                                                                  \
  static ri_status forward(const void *instance, const ri_forward *pass) {                                        \
    const zoo_layer *self = instance;                                                                              \
    const ri_draft_dlpack *dlpack = pass->host->service(pass->host, ri_text(RI_DRAFT_DLPACK), 1);                  \
    ri_dl_managed *weight = NULL;                                                                                  \
    if (!dlpack) return zoo_forward(instance, pass);                                                               \
    ri_status status = dlpack->to_dlpack(pass->call, self->weight, &weight);                                       \
    if (status) return status;                                                                                     \
    statements_                                                                                                    \
    return status ? status : zoo_forward(instance, pass);                                                          \
  }                                                                                                                \
  ZOO_LAYER(.forward = forward)

#endif
