/* reinit/plugin.h -- the one function that a plugin exports, and its manifest. */
#ifndef REINIT_PLUGIN_H
#define REINIT_PLUGIN_H

#include "host.h"

/* A service that the plugin cannot do without. Frozen. */
typedef struct ri_requirement {
  ri_str service; /* as in ri_host.service */
  uint32_t version, reserved;
} ri_requirement;

/* Filled by the plugin; zeroed by the host but for struct_size, which says how far it may write. Strings are copied. */
typedef struct ri_plugin {
  uint32_t struct_size;
  uint16_t abi_major, abi_minor; /* of the headers that the plugin was compiled with */
  ri_str id;                     /* reverse DNS, lower case: "org.example.gabor" */
  ri_str version;                /* of the plugin: "1.2.0" */
  ri_str license;                /* SPDX: "MIT" */
  ri_str summary;                /* one line */
  ri_str build;                  /* compiler, options: for reports */
  uint32_t needs_minor;          /* the least minor version of a host that will do */
  uint32_t n_needs;
  const ri_requirement *needs;   /* `n_needs` services; a host that lacks one refuses the plugin */
  /* [any] Optional: what newer hosts ask a plugin for, a table by name and exact version; NULL for what it does not have. */
  const void *(*extension)(ri_str name, uint32_t version);
} ri_plugin;

#ifdef __cplusplus
extern "C" {
#endif

/* [entry] Called once. Fills `self`, registers, returns RI_OK; after any other status nothing is published. */
RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) RI_NOEXCEPT;

#ifdef __cplusplus
}
#endif

/* Fills the fixed part of ri_plugin; the entry's first line. */
static inline void ri_describe(ri_plugin *self, const char *id, const char *version, const char *license,
                               const char *summary) {
  self->abi_major = RI_ABI_MAJOR;
  self->abi_minor = RI_ABI_MINOR;
  self->id = ri_text(id);
  self->version = ri_text(version);
  self->license = ri_text(license);
  self->summary = ri_text(summary);
#ifdef __VERSION__
  self->build = ri_text(__VERSION__);
#endif
}

/* The manifest: JSON in the ELF section .reinit.manifest, read without loading. docs/plugins/manifest.md. */
#define RI_MANIFEST(json) \
  __attribute__((section(".reinit.manifest"), used)) static const char ri_manifest_text[] = json

#define RI_PLUGIN_SIZE_1_0 112

RI_ASSERT(sizeof(ri_requirement) == 24);
RI_ASSERT(sizeof(ri_plugin) >= RI_PLUGIN_SIZE_1_0);

#endif
