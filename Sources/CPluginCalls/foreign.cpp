#include "guard.hpp"
#include "include/foreign_function.h"

#include <cfloat>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ffi.h>
#include <pthread.h>

struct rp_function {
  ffi_cif cif;
  ffi_type *arguments[RP_MAX_ARGUMENTS];
  uint32_t types[RP_MAX_ARGUMENTS];
  size_t count;
  uint32_t result;
  rp_function *next;
};

namespace {

rp_function *functions;
pthread_mutex_t preparing = PTHREAD_MUTEX_INITIALIZER;

ffi_type *ffi_type_of(uint32_t type) {
  switch (type) {
    case RI_TYPE_VOID: return &ffi_type_void;
    case RI_TYPE_I8: return &ffi_type_sint8;
    case RI_TYPE_U8: return &ffi_type_uint8;
    case RI_TYPE_I16: return &ffi_type_sint16;
    case RI_TYPE_U16: return &ffi_type_uint16;
    case RI_TYPE_I32: return &ffi_type_sint32;
    case RI_TYPE_U32: return &ffi_type_uint32;
    case RI_TYPE_I64: return &ffi_type_sint64;
    case RI_TYPE_U64: return &ffi_type_uint64;
    case RI_TYPE_F32: return &ffi_type_float;
    case RI_TYPE_F64: return &ffi_type_double;
    case RI_TYPE_POINTER: return &ffi_type_pointer;
    default: return nullptr;
  }
}

/// The range of an integer type; whether it is one.
struct Range {
  bool is_integer;
  int64_t low;
  uint64_t high;
};

Range range_of(uint32_t type) {
  switch (type) {
    case RI_TYPE_I8: return {true, INT8_MIN, INT8_MAX};
    case RI_TYPE_U8: return {true, 0, UINT8_MAX};
    case RI_TYPE_I16: return {true, INT16_MIN, INT16_MAX};
    case RI_TYPE_U16: return {true, 0, UINT16_MAX};
    case RI_TYPE_I32: return {true, INT32_MIN, INT32_MAX};
    case RI_TYPE_U32: return {true, 0, UINT32_MAX};
    case RI_TYPE_I64: return {true, INT64_MIN, INT64_MAX};
    case RI_TYPE_U64: return {true, 0, UINT64_MAX};
    default: return {false, 0, 0};
  }
}

/// The low bytes of a little-endian cell are the value in every narrower type.
bool store_bits(uint64_t bits, void *cell) {
  memcpy(cell, &bits, sizeof bits);
  return true;
}

template <class Number>
bool store_float(uint32_t type, Number value, void *cell) {
  const double wide = static_cast<double>(value);
  const float narrow = static_cast<float>(value);
  if (type == RI_TYPE_F64) return memcpy(cell, &wide, sizeof wide), true;
  const bool overflows = wide - wide == 0 && narrow - narrow != 0;
  if (type != RI_TYPE_F32 || overflows) return false;
  return memcpy(cell, &narrow, sizeof narrow), true;
}

const rp_function *fail(char *error, size_t size, const char *text, unsigned number) {
  if (size) snprintf(error, size, text, number);
  return nullptr;
}

bool is_same(const rp_function &a, const uint32_t *types, size_t n, uint32_t result) {
  return a.count == n && a.result == result && (n == 0 || memcmp(a.types, types, n * sizeof *types) == 0);
}

/// Under the lock.
const rp_function *prepare(const uint32_t *types, size_t n, uint32_t result, char *error, size_t size) {
  for (const rp_function *known = functions; known; known = known->next)
    if (is_same(*known, types, n, result)) return known;
  rp_function *function = static_cast<rp_function *>(calloc(1, sizeof *function));
  if (!function) return fail(error, size, "no memory for a signature of %u arguments", static_cast<unsigned>(n));
  function->count = n;
  function->result = result;
  for (size_t i = 0; i < n; i++) {
    function->types[i] = types[i];
    function->arguments[i] = ffi_type_of(types[i]);
  }
  const ffi_status status = ffi_prep_cif(&function->cif, FFI_DEFAULT_ABI, static_cast<unsigned>(n),
                                         ffi_type_of(result), function->arguments);
  if (status != FFI_OK) {
    free(function);
    return fail(error, size, "libffi refuses the signature: status %u", status);
  }
  function->next = functions;
  functions = function;
  return function;
}

/// What a function may return: libffi widens integers to a whole register.
union Result {
  ffi_arg word;
  float f32;
  double f64;
};

float element_of(uint32_t type, const Result &result) {
  if (type == RI_TYPE_F32) return result.f32;
  if (type == RI_TYPE_F64) return static_cast<float>(result.f64);
  if (type == RI_TYPE_U64) return static_cast<float>(static_cast<uint64_t>(result.word));
  return static_cast<float>(rp_load_integer(type, &result));
}

ri_status refuse_index(rp_outcome *outcome, uint64_t last) {
  *outcome = {RI_INVALID, 0, ""};
  snprintf(outcome->message, sizeof outcome->message, "the index argument cannot hold %llu",
           static_cast<unsigned long long>(last));
  return outcome->status;
}

}  // namespace

extern "C" {

const rp_function *rp_function_prepare(const uint32_t *types, size_t n, uint32_t result_type, char *error,
                                       size_t error_size) {
  if (n > RP_MAX_ARGUMENTS) return fail(error, error_size, "%u arguments are too many", static_cast<unsigned>(n));
  if (!ffi_type_of(result_type)) return fail(error, error_size, "%u is no type of a result", result_type);
  for (size_t i = 0; i < n; i++)
    if (types[i] == RI_TYPE_VOID || !ffi_type_of(types[i]))
      return fail(error, error_size, "%u is no type of an argument", types[i]);
  pthread_mutex_lock(&preparing);
  const rp_function *function = prepare(types, n, result_type, error, error_size);
  pthread_mutex_unlock(&preparing);
  return function;
}

bool rp_store_number(uint32_t type, double value, void *cell) {
  const Range range = range_of(type);
  if (!range.is_integer) return store_float(type, value, cell);
  const double two_to_63 = 9223372036854775808.0;
  if (!(value >= -two_to_63 && value < 2 * two_to_63) || value != __builtin_trunc(value)) return false;
  return value < 0 ? rp_store_integer(type, static_cast<int64_t>(value), cell)
                   : rp_store_unsigned(type, static_cast<uint64_t>(value), cell);
}

bool rp_store_integer(uint32_t type, int64_t value, void *cell) {
  const Range range = range_of(type);
  if (!range.is_integer) return store_float(type, value, cell);
  if (value >= 0) return rp_store_unsigned(type, static_cast<uint64_t>(value), cell);
  return value >= range.low && store_bits(static_cast<uint64_t>(value), cell);
}

bool rp_store_unsigned(uint32_t type, uint64_t value, void *cell) {
  const Range range = range_of(type);
  if (!range.is_integer) return store_float(type, value, cell);
  return value <= range.high && store_bits(value, cell);
}

int64_t rp_load_integer(uint32_t type, const void *result) {
  uint64_t word;
  memcpy(&word, result, sizeof word);
  switch (type) {
    case RI_TYPE_I8: return static_cast<int8_t>(word);
    case RI_TYPE_U8: return static_cast<uint8_t>(word);
    case RI_TYPE_I16: return static_cast<int16_t>(word);
    case RI_TYPE_U16: return static_cast<uint16_t>(word);
    case RI_TYPE_I32: return static_cast<int32_t>(word);
    case RI_TYPE_U32: return static_cast<uint32_t>(word);
    default: return static_cast<int64_t>(word);
  }
}

ri_status rp_function_call(const rp_function *function, const rp_site *site, rp_code code, void **cells, void *result,
                           rp_outcome *outcome) {
  // libffi does not change what it is given, and says so nowhere in its types.
  ffi_cif *cif = const_cast<ffi_cif *>(&function->cif);
  return rp::guarded(site, outcome, [&] { return ffi_call(cif, code, result, cells), RI_OK; });
}

ri_status rp_function_elements(const rp_function *function, const rp_site *site, rp_code code, void **cells,
                               size_t index, uint64_t first, uint64_t count, float *out, rp_outcome *outcome) {
  ffi_cif *cif = const_cast<ffi_cif *>(&function->cif);
  const uint32_t type = function->result;
  const uint64_t last = first + (count ? count - 1 : 0);
  uint64_t cell = 0;
  const bool is_index = index < function->count && range_of(function->types[index]).is_integer;
  if (last < first || !is_index || !rp_store_unsigned(function->types[index], last, &cell))
    return refuse_index(outcome, last);
  void *frame[RP_MAX_ARGUMENTS];
  memcpy(frame, cells, function->count * sizeof *frame);
  frame[index] = &cell;
  return rp::guarded(site, outcome, [&] {
    Result result;
    for (uint64_t k = 0; k < count; k++) {
      cell = first + k;
      ffi_call(cif, code, &result, frame);
      out[k] = element_of(type, result);
    }
    return RI_OK;
  });
}

}  // extern "C"
