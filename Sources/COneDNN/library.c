#include "include/onednn.h"
#include "library.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

#ifdef RD_HAS_DNNL
rd_functions rd_dnnl;
static const char *reason;
static char text[300];
static void (*set_threads)(int);

static void load(void) {
  void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(text, sizeof text, "%s", dlerror());
    reason = text;
    return;
  }
#define RD_FIND(name) \
  if (!(rd_dnnl.name = (__typeof__(&name))dlsym(library, #name))) { reason = "it lacks " #name; return; }
  RD_FUNCTIONS(RD_FIND)
#undef RD_FIND
  /* The library that oneDNN's own threads come from is loaded with it. */
  set_threads = (void (*)(int))dlsym(library, "omp_set_num_threads");
  if (rd_dnnl.dnnl_engine_create(&rd_dnnl.engine, dnnl_cpu, 0) != dnnl_success)
    reason = "it finds no processor to work on";
}

const char *rd_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return reason;
}

dnnl_stream_t rd_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (!stream) rd_dnnl.dnnl_stream_create(&stream, rd_dnnl.engine, dnnl_stream_default_flags);
  return stream;
}

void rd_use_threads(int count) {
  if (set_threads) set_threads(count);
}
#else
const char *rd_load(void) { return "this was built without the header of oneDNN 2 (libdnnl-dev)"; }
void rd_use_threads(int count) { (void)count; }
#endif
