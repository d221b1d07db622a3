#define _GNU_SOURCE
#include "include/onednn.h"
#include "library.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef RD_HAS_DNNL
rd_functions rd_dnnl;
static const char *reason;
static char text[300];
static void (*set_threads)(int);
static void (*run_team)(void (*)(void *), void *, unsigned, unsigned);

/* GNU's OpenMP keeps its threads each on a processor of its own only where it is told so before it starts; threads that
 * wander cost a third of a pass. What the user says about it stands. */
static void *open_library(void) {
  bool is_told = getenv("OMP_PROC_BIND") || getenv("OMP_PLACES") || getenv("GOMP_CPU_AFFINITY");
  if (!is_told) setenv("OMP_PROC_BIND", "true", 0);
  void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!is_told) unsetenv("OMP_PROC_BIND");
  return library;
}

static void load(void) {
  void *library = open_library();
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
  run_team = (void (*)(void (*)(void *), void *, unsigned, unsigned))dlsym(library, "GOMP_parallel");
  if (rd_dnnl.dnnl_engine_create(&rd_dnnl.engine, dnnl_cpu, 0) != dnnl_success)
    reason = "it finds no processor to work on";
}

const char *rd_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return reason;
}

static void nothing(void *data) { (void)data; }

/* Starts the calling thread's team. OpenMP binds the caller to one processor as well, and threads that it starts later
 * would inherit that: it gets its own choice of processors back. */
static void start_team(void) {
  cpu_set_t own;
  if (!run_team || sched_getaffinity(0, sizeof own, &own) != 0) return;
  run_team(nothing, NULL, 0, 0);
  sched_setaffinity(0, sizeof own, &own);
}

dnnl_stream_t rd_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (stream) return stream;
  start_team();
  rd_dnnl.dnnl_stream_create(&stream, rd_dnnl.engine, dnnl_stream_default_flags);
  return stream;
}

typedef struct job {
  atomic_int next;
  int count;
  void (*body)(void *context, int index);
  void *context;
} job;

static void work(void *data) {
  job *shared = data;
  for (int index; (index = atomic_fetch_add(&shared->next, 1)) < shared->count;)
    shared->body(shared->context, index);
}

void rd_spread(int count, void (*body)(void *context, int index), void *context) {
  job shared = {.count = count, .body = body, .context = context};
  rd_stream();
  if (run_team && count > 1)
    run_team(work, &shared, 0, 0);
  else
    work(&shared);
}

void rd_use_threads(int count) {
  if (set_threads) set_threads(count);
}
#else
const char *rd_load(void) { return "this was built without the header of oneDNN 2 (libdnnl-dev)"; }
void rd_use_threads(int count) { (void)count; }
void rd_spread(int count, void (*body)(void *context, int index), void *context) {
  for (int index = 0; index < count; index++) body(context, index);
}
#endif
