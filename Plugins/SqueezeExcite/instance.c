/* A layer's life: made, asked for its children, made again with others, destroyed. */
#include <stdio.h>
#include <stdlib.h>

#include "squeeze_excite.h"

enum { FC1, FC2, CHILDREN };

static int is_word(const ri_value *value, const char *word) {
  return value->count == strlen(word) && memcmp(value->u.word, word, value->count) == 0;
}

/* Makes an instance like `parts`, which retains its layers. */
static ri_status keep(const squeeze_excite *parts, ri_call *call, void **out) {
  squeeze_excite *self = malloc(sizeof *self);
  if (!self) return se_fail(parts->host, call, RI_NO_MEMORY, "no memory for an instance");
  *self = *parts;
  self->host->layer_retain(self->fc1);
  self->host->layer_retain(self->fc2);
  *out = self;
  return RI_OK;
}

static ri_status new_conv(const ri_build *build, int64_t in, int64_t out, ri_layer **layer) {
  char text[96];
  snprintf(text, sizeof text, "Conv(in: %lld, out: %lld, kernel: [1, 1])", (long long)in, (long long)out);
  return build->host->layer_new(build->call, ri_text(text), NULL, 0, layer);
}

ri_status se_create(const ri_build *build, void *user, void **out) {
  (void)user;
  const ri_host *host = build->host;
  const ri_value *values = build->params;
  squeeze_excite parts = {
      .host = host,
      .channels = values[0].u.i64,
      .activation = is_word(&values[2], "silu") ? SILU : RELU,
      .gate = is_word(&values[3], "hardsigmoid") ? HARDSIGMOID : SIGMOID,
  };
  int64_t squeeze = values[1].u.i64;
  if (squeeze == 0) squeeze = parts.channels < 16 ? 1 : parts.channels / 16;
  ri_status status = new_conv(build, parts.channels, squeeze, &parts.fc1);
  if (status) return status;
  status = new_conv(build, squeeze, parts.channels, &parts.fc2);
  if (!status) {
    status = keep(&parts, build->call, out);
    host->layer_release(parts.fc2);
  }
  host->layer_release(parts.fc1);
  return status;
}

void se_destroy(void *instance) {
  squeeze_excite *self = instance;
  self->host->layer_release(self->fc1);
  self->host->layer_release(self->fc2);
  free(self);
}

uint64_t se_child_count(const void *instance) {
  (void)instance;
  return CHILDREN;
}

ri_status se_child_at(const void *instance, uint64_t index, ri_child *out) {
  const squeeze_excite *self = instance;
  const uint32_t size = out->struct_size; /* the host's: it may be older than these headers */
  const ri_child all[CHILDREN] = {
      [FC1] = {.struct_size = size, .kind = RI_CHILD_LAYER, .name = RI_S("fc1"), .layer = self->fc1},
      [FC2] = {.struct_size = size, .kind = RI_CHILD_LAYER, .name = RI_S("fc2"), .layer = self->fc2},
  };
  if (index >= CHILDREN) return RI_INVALID;
  memcpy(out, &all[index], size < sizeof *out ? size : sizeof *out);
  return RI_OK;
}

/* Any layers will do; whether their shapes fit is seen when they are applied. */
ri_status se_rebuild(const void *instance, const ri_rebuild *with, void **out) {
  squeeze_excite parts = *(const squeeze_excite *)instance;
  if (with->n_parts != CHILDREN)
    return se_fail(with->host, with->call, RI_INVALID, "wrong number of parts: expected %d, found %llu",
                   CHILDREN, (unsigned long long)with->n_parts);
  parts.fc1 = with->parts[FC1].layer;
  parts.fc2 = with->parts[FC2].layer;
  if (!parts.fc1 || !parts.fc2)
    return se_fail(with->host, with->call, RI_INVALID, "'%s' is absent: a layer is expected",
                   parts.fc1 ? "fc2" : "fc1");
  return keep(&parts, with->call, out);
}
