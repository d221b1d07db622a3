/* The entry, which looks at the table before it registers anything. */
#include "probe.h"

#include <stdatomic.h>
#include <stdio.h>

RI_MANIFEST("{\"reinit\": 1, \"id\": \"org.reinit.probe\", \"version\": \"1.0.0\", \"license\": \"MIT\", "
            "\"summary\": \"tests its host\", "
            "\"initializers\": [\"probe\", \"probe_whole\", \"probe_exclusive\", \"probe_drawn\", "
            "\"probe_reads\"], "
            "\"layers\": [\"Probe\", \"ProbeExclusive\"]}");

static bool probe_plugin(const ri_plugin *self) {
  if (!PROMISE(self && self->struct_size >= RI_PLUGIN_SIZE_1_0, "ri_plugin is shorter than in version 1.0")) return false;
  return PROMISE(self->abi_major == 0 && self->id.ptr == NULL && self->build.len == 0, "ri_plugin is not zeroed");
}

/* Every host that is met once in a process calls once; one that is met again has to be another one. */
static bool probe_once(const ri_host *host) {
  static _Atomic(const ri_host *) last;
  return PROMISE(atomic_exchange(&last, host) != host, "the entry is called twice with one table");
}

/* A host without layers refuses each, and takes everything else. */
static ri_status add_layers(const ri_host *host, ri_call *call) {
  const ri_layer_type *const layers[] = {&probe_layer, &probe_exclusive_layer};
  for (int i = 0; i < 2; i++) {
    const ri_status status = host->add_layer(host, layers[i]);
    if (RI_HAS_LAYERS(host) && status) return status;
    if (!RI_HAS_LAYERS(host) && !PROMISE(status == RI_UNSUPPORTED, "a host without layers does not say so of one"))
      return probe_verdict(host, call);
  }
  return RI_OK;
}

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  if (!probe_table(host) || !PROMISE(call != NULL, "the entry has no ri_call")) {
    fprintf(stderr, "%s\n", probe_breach());
    return call && host && RI_HAS(host, ri_host, fail) && host->fail ? probe_verdict(host, call) : RI_INTERNAL;
  }
  if (!probe_plugin(self) || !probe_once(host)) return probe_verdict(host, call);
  ri_describe(self, "org.reinit.probe", "1.0.0", "MIT", "tests its host");
  ri_status status = add_layers(host, call);
  for (uint64_t i = 0; !status && i < probe_initializer_count; i++)
    status = host->add_initializer(host, &probe_initializers[i]);
  if (status) return status;
  const ri_status reads = host->add_initializer(host, &probe_reads);
  if (RI_HAS_LAYERS(host)) return reads;
  PROMISE(reads == RI_UNSUPPORTED, "a host without tensors does not say RI_UNSUPPORTED of an initializer that reads");
  return probe_verdict(host, call);
}
