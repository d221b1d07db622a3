/* reinit/function.h -- a plain C function as an initializer, without glue: the host calls it through libffi.
 *
 *   float  f(int64_t i, double scale)                              elementwise: has RI_ARG_INDEX, returns the element
 *   void   f(float *out, int64_t n, uint64_t seed, double std)     bulk, the whole tensor at once: no RI_ARG_OFFSET
 *   int    f(float *out, int64_t n, int64_t offset, float a)       bulk by ranges; an integer result is a status
 *
 * Arguments in any order, hyper-parameters of any scalar type. Not possible: variadic functions, structs by value,
 * long double, more than 32 arguments.
 */
#ifndef REINIT_FUNCTION_H
#define REINIT_FUNCTION_H

#include "value.h"

enum {
  RI_TYPE_VOID = 0,
  RI_TYPE_I8 = 1,
  RI_TYPE_U8 = 2,
  RI_TYPE_I16 = 3,
  RI_TYPE_U16 = 4,
  RI_TYPE_I32 = 5,
  RI_TYPE_U32 = 6,
  RI_TYPE_I64 = 7,
  RI_TYPE_U64 = 8,
  RI_TYPE_F32 = 9,
  RI_TYPE_F64 = 10,
  RI_TYPE_POINTER = 11
};

enum {
  RI_ARG_RESULT = 0,      /* of `result` only: the element, a status, or nothing (RI_TYPE_VOID) */
  RI_ARG_OUT_F32 = 1,     /* float *: where elements go */
  RI_ARG_OUT_F64 = 2,     /* double *: likewise; rounded by the host */
  RI_ARG_INDEX = 3,       /* integer: the element, in an elementwise function */
  RI_ARG_COUNT = 4,       /* integer: how many to write */
  RI_ARG_OFFSET = 5,      /* integer: the first one's index in the tensor */
  RI_ARG_TOTAL = 6,       /* integer: elements of the whole tensor */
  RI_ARG_RANK = 7,        /* integer */
  RI_ARG_SHAPE = 8,       /* const int64_t * */
  RI_ARG_FAN_IN = 9,      /* number; makes the initializer one that needs fans */
  RI_ARG_FAN_OUT = 10,    /* likewise */
  RI_ARG_SEED = 11,       /* u64, made of the user's seed and the path, never the seed itself */
  RI_ARG_PARAM = 12,      /* number: the parameter `param` */
  RI_ARG_BLOCK_INDEX = 13, /* integer, from 0 */
  RI_ARG_BLOCK_COUNT = 14, /* integer, 0 where unknown */
  RI_ARG_USER = 15        /* void *: ri_function.user */
};

/* Frozen. */
typedef struct ri_arg {
  uint32_t type, role;
  uint32_t param; /* for RI_ARG_PARAM: the index in `params` */
  uint32_t reserved;
} ri_arg;

typedef struct ri_function {
  uint32_t struct_size;
  uint32_t flags; /* RI_INITIALIZER_EXCLUSIVE, _EVERY_ROLE, _NON_FINITE */
  ri_str name, summary, formula, reference; /* as in ri_initializer */
  uint32_t version, reserved;
  double tolerance;
  const ri_arg *args;
  uint64_t n_args;
  ri_arg result;
  const ri_param *params;
  uint64_t n_params;
  void *user;
  void (*function)(void); /* [any] cast to this; called with the declared arguments */
} ri_function;

#define RI_FUNCTION_SIZE_1_0 152

RI_ASSERT(sizeof(ri_arg) == 16);
RI_ASSERT(sizeof(ri_function) >= RI_FUNCTION_SIZE_1_0);

#endif
