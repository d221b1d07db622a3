/* reinit/draft/dlpack.h -- a draft: may change or go with any release. Tensors to and from other libraries, by DLPack 1.
 *
 *   const ri_draft_dlpack *dlpack = host->service(host, ri_text(RI_DRAFT_DLPACK), 1);
 *
 * The structs are those of dlpack.h 1.x (https://github.com/dmlc/dlpack), so that an `ri_dl_managed *` is a
 * `DLManagedTensorVersioned *`: cast where both headers are at hand.
 */
#ifndef REINIT_DRAFT_DLPACK_H
#define REINIT_DRAFT_DLPACK_H

#include "../base.h"

#define RI_DRAFT_DLPACK "draft.dlpack"

/* The version that is written; what has the same major one is read. */
#define RI_DL_MAJOR 1
#define RI_DL_MINOR 1

enum { RI_DL_CPU = 1 }; /* DLDeviceType: the host has no other */

enum { /* DLDataTypeCode, of the types that ri_dtype has */
  RI_DL_INT = 0,
  RI_DL_UINT = 1,
  RI_DL_FLOAT = 2,
  RI_DL_BFLOAT = 4,
  RI_DL_BOOL = 6,
  RI_DL_FLOAT8_E4M3FN = 10, /* RI_F8_E4M3 */
  RI_DL_FLOAT8_E5M2 = 12
};

enum { RI_DL_READ_ONLY = 1u << 0, RI_DL_COPIED = 1u << 1 }; /* of ri_dl_managed.flags */

/* DLPackVersion */
typedef struct ri_dl_version {
  uint32_t major, minor;
} ri_dl_version;

/* DLDevice */
typedef struct ri_dl_device {
  int32_t device_type, device_id;
} ri_dl_device;

/* DLDataType */
typedef struct ri_dl_type {
  uint8_t code, bits;
  uint16_t lanes;
} ri_dl_type;

/* DLTensor */
typedef struct ri_dl_tensor {
  void *data;
  ri_dl_device device;
  int32_t ndim;
  ri_dl_type dtype;
  int64_t *shape;
  int64_t *strides; /* in elements; NULL in older producers: row-major and compact */
  uint64_t byte_offset;
} ri_dl_tensor;

/* DLManagedTensorVersioned */
typedef struct ri_dl_managed {
  ri_dl_version version;
  void *manager_ctx;
  void (*deleter)(struct ri_dl_managed *self); /* NULL: nothing to do */
  uint64_t flags;
  ri_dl_tensor dl_tensor;
} ri_dl_managed;

typedef struct ri_draft_dlpack {
  uint32_t struct_size, version;
  /* [call] A tensor for another library, read only, without a copy. The tensor is retained until the deleter is called, once,
   * on any thread, also after the call. RI_INVALID for one without contents, as while shapes are inferred. */
  ri_status (*to_dlpack)(ri_call *, ri_tensor *, ri_dl_managed **out);
  /* [call] A copy of what another library has, whatever its strides. Its deleter is called once, before this returns, also
   * after a failure. RI_UNSUPPORTED for another major version or device; RI_DTYPE for a type that ri_dtype does not have, or
   * more than one lane; RI_SHAPE for a shape or strides that cannot be; RI_INVALID for no data. [owned] */
  ri_status (*from_dlpack)(ri_call *, ri_dl_managed *, ri_tensor **out);
} ri_draft_dlpack;

RI_ASSERT(sizeof(ri_dl_version) == 8);
RI_ASSERT(sizeof(ri_dl_device) == 8);
RI_ASSERT(sizeof(ri_dl_type) == 4);
RI_ASSERT(sizeof(ri_dl_tensor) == 48);
RI_ASSERT(offsetof(ri_dl_tensor, device) == 8);
RI_ASSERT(offsetof(ri_dl_tensor, ndim) == 16);
RI_ASSERT(offsetof(ri_dl_tensor, dtype) == 20);
RI_ASSERT(offsetof(ri_dl_tensor, shape) == 24);
RI_ASSERT(offsetof(ri_dl_tensor, strides) == 32);
RI_ASSERT(offsetof(ri_dl_tensor, byte_offset) == 40);
RI_ASSERT(sizeof(ri_dl_managed) == 80);
RI_ASSERT(offsetof(ri_dl_managed, manager_ctx) == 8);
RI_ASSERT(offsetof(ri_dl_managed, deleter) == 16);
RI_ASSERT(offsetof(ri_dl_managed, flags) == 24);
RI_ASSERT(offsetof(ri_dl_managed, dl_tensor) == 32);
RI_ASSERT(sizeof(ri_draft_dlpack) == 24);

#endif
