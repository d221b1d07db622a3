/* foreign_function.h -- plain C functions with declared signatures, called through libffi.
 *
 * Types are RI_TYPE_... of reinit/function.h. The caller lays out one cell of 8 bytes for each argument and keeps a
 * frame of its own on each thread; signatures are immutable and shared.
 */
#ifndef REINIT_FOREIGN_FUNCTION_H
#define REINIT_FOREIGN_FUNCTION_H

#include "guarded_call.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { RP_MAX_ARGUMENTS = 32 };

/* A prepared signature. Kept for ever: equal signatures are the same object. */
typedef struct rp_function rp_function;

/* Any code; cast to its type by the one who knows it. */
typedef void (*rp_code)(void);

/* NULL, with a text in `error`, for a number that is no type, too many arguments, or a refusal of libffi's. */
const rp_function *rp_function_prepare(const uint32_t *types, size_t n, uint32_t result_type, char *error,
                                       size_t error_size);

/* Writes a number into a cell as the type has it; false, and nothing is written, where the type cannot hold it: out
 * of range, a fraction or NaN for an integer, a pointer type. Rounding to f32 is allowed, overflow is not. */
bool rp_store_number(uint32_t type, double value, void *cell);
bool rp_store_integer(uint32_t type, int64_t value, void *cell);
bool rp_store_unsigned(uint32_t type, uint64_t value, void *cell);

/* Reads a result of an integer type, narrowed to what the function returned. */
int64_t rp_load_integer(uint32_t type, const void *result);

/* Calls `code`. `cells[i]` points to argument i; `result` has 8 bytes or more, and is read as the result's type, an
 * integer by rp_load_integer. outcome->status is 0, or RI_INTERNAL after an exception. */
ri_status rp_function_call(const rp_function *function, const rp_site *site, rp_code code, void **cells, void *result,
                           rp_outcome *outcome);

/* The loop of an elementwise function within one guard: out[k] = (float)code(... first + k ...), the index in the
 * argument `index`. An index that its type cannot hold is refused with RI_INVALID before anything is called. */
ri_status rp_function_elements(const rp_function *function, const rp_site *site, rp_code code, void **cells,
                               size_t index, uint64_t first, uint64_t count, float *out, rp_outcome *outcome);

#ifdef __cplusplus
}
#endif
#endif
