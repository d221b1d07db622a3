/* R0956: keeps its inner layer where a tensor is given for it. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const zoo_layer *self = instance;
  if (!self->inner || with->n_parts != 3 || with->parts[2].layer) return zoo_rebuild(instance, with, out);
  const ri_part parts[] = {with->parts[0], with->parts[1], {.layer = self->inner}};
  ri_rebuild filled = *with;
  filled.parts = parts;
  return zoo_rebuild(instance, &filled, out);
}
ZOO_LAYER(.rebuild = rebuild)
