/* What the files of this plugin share. */
#ifndef SQUEEZE_EXCITE_H
#define SQUEEZE_EXCITE_H

#include <reinit/reinit.h>

typedef enum activation { RELU, SILU } activation;
typedef enum gate { SIGMOID, HARDSIGMOID } gate;

/* An instance. It never changes: rebuild makes another one. */
typedef struct squeeze_excite {
  const ri_host *host;
  int64_t channels;
  activation activation;
  gate gate;
  ri_layer *fc1, *fc2;
} squeeze_excite;

/* instance.c: a layer's life. */
ri_status se_create(const ri_build *build, void *user, void **out);
void se_destroy(void *instance);
uint64_t se_child_count(const void *instance);
ri_status se_child_at(const void *instance, uint64_t index, ri_child *out);
ri_status se_rebuild(const void *instance, const ri_rebuild *with, void **out);

/* forward.c */
ri_status se_forward(const void *instance, const ri_forward *pass);
ri_status se_infer(const void *instance, const ri_forward *pass);

/* pointwise.c: the functions, from `in` to `out`, which may be the same. */
void se_activate(activation kind, const float *in, float *out, uint64_t count);
void se_gate(gate kind, const float *in, float *out, uint64_t count);

/* fail.c: says why a call fails, as printf does, and returns `code`. */
__attribute__((format(printf, 4, 5))) ri_status se_fail(const ri_host *host, ri_call *call, ri_status code,
                                                        const char *format, ...);

#endif
