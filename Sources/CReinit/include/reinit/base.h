/* reinit/base.h -- what every other header stands on: versions, status codes, strings, handles.
 *
 * The plugin ABI of Reinit, major version 1: C11 and C++20 on 64-bit little-endian ELF systems. docs/abi.md says
 * what is promised, and for how long. Tags used in all headers:
 *
 *   [entry]      only inside of ri_plugin_entry_v1, on its thread
 *   [any]        any thread, at any time, several at once
 *   [call]       only inside of the call that the `ri_call` belongs to: on its thread, or in the body of `parallel`
 *   [borrowed]   valid until the call returns; copy what you keep
 *   [owned]      one reference is yours; release it, or hand it on where the text says so
 *
 * Fields named `reserved` are 0 in what either side writes, and are not read. Of flags, bits 0 to 15 are critical: who
 * does not know one refuses what has it. Bits 16 to 31 are ancillary: who does not know one ignores it.
 *
 * RI_..._SIZE_1_0 is a struct's size in version 1.0, the least that either side may say. Compare with it, or with RI_HAS,
 * and never with the sizeof of the headers that you happen to have.
 */
#ifndef REINIT_BASE_H
#define REINIT_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
#define RI_NOEXCEPT noexcept
#define RI_ASSERT(condition) static_assert(condition, "layout of the Reinit ABI: " #condition)
#else
#define RI_NOEXCEPT
#define RI_ASSERT(condition) _Static_assert(condition, "layout of the Reinit ABI: " #condition)
#endif

#define RI_EXPORT __attribute__((visibility("default")))

/* The version of these headers. A change of the major one gets a new entry symbol. */
#define RI_ABI_MAJOR 1
#define RI_ABI_MINOR 0

/* Whether the other side's `*p` reaches the field: ordered, never by equality of sizes. */
#define RI_HAS(p, type, field) ((p)->struct_size >= offsetof(type, field) + sizeof(((type *)0)->field))

/* 0 is success; every other value is a failure, unknown ones too. */
typedef int32_t ri_status;
enum {
  RI_OK = 0,
  RI_INVALID = 1,     /* an argument, a parameter or a combination of them */
  RI_UNSUPPORTED = 2, /* right, but not offered */
  RI_SHAPE = 3,
  RI_DTYPE = 4,
  RI_NO_MEMORY = 5,
  RI_CANCELLED = 6, /* the host asked to stop: see ri_host.cancelled */
  RI_DUPLICATE = 7,
  RI_ABI = 8, /* a struct_size, version or flag that cannot be right */
  RI_INTERNAL = 9
};

/* Frozen. UTF-8, no NUL needed. As an argument [borrowed]; in a descriptor the host copies it. `ptr` may be NULL if len is 0. */
typedef struct ri_str {
  const char *ptr;
  uint64_t len;
} ri_str;

/* A string of a literal: RI_S in initializers, ri_text in expressions. */
#define RI_S(literal) {(literal), sizeof(literal) - 1}
static inline ri_str ri_text(const char *text) {
  ri_str s;
  s.ptr = text;
  s.len = text ? (uint64_t)strlen(text) : 0;
  return s;
}

/* Types of elements. The numbers never change and are never used again; a mask has bit 1u << dtype. */
typedef uint32_t ri_dtype;
enum {
  RI_F32 = 1,
  RI_F64 = 2,
  RI_F16 = 3,
  RI_BF16 = 4,
  RI_I64 = 5,
  RI_I32 = 6,
  RI_I16 = 7,
  RI_I8 = 8,
  RI_U64 = 9,
  RI_U32 = 10,
  RI_U16 = 11,
  RI_U8 = 12,
  RI_BOOL8 = 13,   /* one byte, 0 or 1 */
  RI_F8_E4M3 = 14, /* 8-bit floats, as in safetensors: no infinity */
  RI_F8_E5M2 = 15
};

/* What a parameter is for. Rules are typed by it: a scheme for weights never reaches a norm's scale. */
typedef uint32_t ri_role;
enum {
  RI_ROLE_NONE = 0,
  RI_ROLE_WEIGHT = 1,
  RI_ROLE_BIAS = 2,
  RI_ROLE_SCALE = 3,
  RI_ROLE_BUFFER = 4,
  RI_ROLE_OTHER = 5 /* trained, and no scheme's business: a decay, a temperature. It has to say how it begins */
};

typedef struct ri_host ri_host;     /* the host's functions; lives as long as the process */
typedef struct ri_call ri_call;     /* one call from host to plugin; dead when it returns */
typedef struct ri_tensor ri_tensor; /* a host's tensor, reference counted; immutable */
typedef struct ri_layer ri_layer;   /* a host's layer, built in or of any plugin, reference counted; immutable */

RI_ASSERT(sizeof(void *) == 8);
RI_ASSERT(sizeof(ri_str) == 16);

#endif
