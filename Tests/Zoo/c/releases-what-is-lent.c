/* R0922: releases parts that it was lent. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_rebuild(instance, with, out);
  if (!status) with->host->tensor_release(with->parts[0].tensor), with->host->tensor_release(with->parts[0].tensor);
  return status;
}
ZOO_LAYER(.rebuild = rebuild)
