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
static char text[300], version_text[40];
static void (*set_threads)(int);
static int (*get_threads)(void), (*thread_number)(void);
static void (*run_team)(void (*)(void *), void *, unsigned, unsigned);

#define RD_TEXT(number) #number
#define RD_SONAME(number) "libdnnl.so." RD_TEXT(number)

static void fail(const char *format, const char *detail) {
  snprintf(text, sizeof text, format, detail);
  reason = text;
}

static void load(void) {
  void *library = dlopen(RD_SONAME(RD_HAS_DNNL), RTLD_NOW | RTLD_LOCAL);
  if (!library) return fail("%s", dlerror());
#define RD_FIND(name) \
  if (!(rd_dnnl.name = (__typeof__(&name))dlsym(library, #name))) return fail("it lacks %s", #name);
  RD_FUNCTIONS(RD_FIND)
#undef RD_FIND
  const dnnl_version_t *version = rd_dnnl.dnnl_version();
  snprintf(version_text, sizeof version_text, "%d.%d.%d", version->major, version->minor, version->patch);
  if (version->major != RD_HAS_DNNL) return fail("%s", "it is of another version than its name says");
  if (version->cpu_runtime & DNNL_RUNTIME_SYCL) return fail("%s", "it is built for SYCL");
  /* The library that oneDNN's own threads come from is loaded with it. */
  set_threads = (void (*)(int))dlsym(library, "omp_set_num_threads");
  get_threads = (int (*)(void))dlsym(library, "omp_get_max_threads");
  thread_number = (int (*)(void))dlsym(library, "omp_get_thread_num");
  run_team = (void (*)(void (*)(void *), void *, unsigned, unsigned))dlsym(library, "GOMP_parallel");
  if (rd_dnnl.dnnl_engine_create(&rd_dnnl.engine, dnnl_cpu, 0) != dnnl_success)
    fail("%s", "it finds no processor to work on");
}

const char *rd_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return reason;
}

const char *rd_version(void) { return reason || !version_text[0] ? NULL : version_text; }

/* How many passes of the calling thread are under way. */
static _Thread_local int passes;

typedef struct binding {
  int count;
  int processors[CPU_SETSIZE];
} binding;

/* Puts each thread of the team but the caller on a processor of its own, or back on those that it had: threads that
 * wander cost a quarter of a pass. */
static void bind_thread(void *data) {
  static _Thread_local cpu_set_t before;
  static _Thread_local bool is_bound;
  const binding *to = data;
  int index = thread_number();
  if (index == 0) return;
  if (to && !is_bound && sched_getaffinity(0, sizeof before, &before) == 0) {
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(to->processors[index % to->count], &own);
    is_bound = sched_setaffinity(0, sizeof own, &own) == 0;
  } else if (!to && is_bound) {
    sched_setaffinity(0, sizeof before, &before);
    is_bound = false;
  }
}

/* What the user says about it stands. */
static bool is_told(void) { return getenv("OMP_PROC_BIND") || getenv("OMP_PLACES") || getenv("GOMP_CPU_AFFINITY"); }

static void bind_team(bool is_start) {
  if (!run_team || !thread_number || is_told()) return;
  if (!is_start) return run_team(bind_thread, NULL, 0, 0);
  cpu_set_t own;
  binding to = {0};
  if (sched_getaffinity(0, sizeof own, &own) != 0) return;
  for (int i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, &own)) to.processors[to.count++] = i;
  if (to.count > 0) run_team(bind_thread, &to, 0, 0);
}

static void nothing(void *data) { (void)data; }

/* Starts the calling thread's team. Where OpenMP is told to bind threads, it binds the caller to one processor as well,
 * and threads that it starts later would inherit that: it gets its own choice of processors back. */
static void start_team(void) {
  cpu_set_t own;
  if (!run_team || !is_told() || sched_getaffinity(0, sizeof own, &own) != 0) return;
  run_team(nothing, NULL, 0, 0);
  sched_setaffinity(0, sizeof own, &own);
}

dnnl_stream_t rd_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (!stream) rd_dnnl.dnnl_stream_create(&stream, rd_dnnl.engine, dnnl_stream_default_flags);
  return stream;
}

int rd_begin(int threads) {
  int before = get_threads ? get_threads() : 0;
  if (set_threads && threads != before) set_threads(threads);
  if (passes++ == 0) {
    start_team();
    bind_team(true);
  }
  return before;
}

void rd_end(int before) {
  if (--passes == 0) bind_team(false);
  if (set_threads && before > 0) set_threads(before);
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
  if (run_team && count > 1)
    run_team(work, &shared, 0, 0);
  else
    work(&shared);
}
#else
const char *rd_load(void) { return "this was built without the headers of oneDNN 2 or 3 (libdnnl-dev)"; }
const char *rd_version(void) { return NULL; }
int rd_begin(int threads) { (void)threads; return 0; }
void rd_end(int before) { (void)before; }
void rd_spread(int count, void (*body)(void *context, int index), void *context) {
  for (int index = 0; index < count; index++) body(context, index);
}
#endif
