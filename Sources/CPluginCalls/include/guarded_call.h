/* guarded_call.h -- one function for each signature of the plugin ABI: the plugin's function, called within a guard.
 *
 * A guard announces the call (so that a crash knows whom to name), catches C++ exceptions, and puts the
 * floating-point mode back. Calls nest: plugin -> host -> other plugin. It costs about 15 nanoseconds (x86-64, -O2).
 */
#ifndef REINIT_GUARDED_CALL_H
#define REINIT_GUARDED_CALL_H

#include <reinit/reinit.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names for reports. The struct must outlive the call; its strings should live as long as the plugin is loaded. */
typedef struct rp_site {
  const char *plugin;  /* the id; where it is not known yet, the file's name */
  const char *file;    /* the path, for the hint */
  const char *call;    /* "fill", "rebuild" */
  const char *subject; /* the initializer or layer; NULL or empty where there is none, as in an entry */
} rp_site;

enum {
  RP_EXCEPTION = 1u << 0,  /* an exception came out; status is RI_INTERNAL, message says which */
  RP_FP_CHANGED = 1u << 1, /* rounding, flushing of subnormals or traps were changed, and have been put back */
  RP_LATE = 1u << 2        /* longer than the time limit, and back just before the watchdog noticed */
};

/* What came of a call: always written as a whole, but for the bytes of `message` behind its NUL. */
typedef struct rp_outcome {
  int32_t status; /* as returned; 0 for functions that return nothing */
  uint32_t flags; /* RP_... */
  char message[496]; /* of an exception: "std::runtime_error: what()"; else empty. Ends with NUL, perhaps not UTF-8 */
} rp_outcome;

/* The message, for languages to which an array in a struct is not a string. */
const char *rp_outcome_message(const rp_outcome *outcome);

/* The innermost plugin call that is active on this thread; NULL if none is. */
const rp_site *rp_active_site(void);

/* Without noexcept: a guard around a function that promises not to throw would be optimized away. */
typedef ri_status (*rp_entry_function)(const ri_host *, ri_plugin *, ri_call *);
typedef ri_status (*rp_fill_function)(const ri_fill *, void *);
typedef ri_status (*rp_distribution_function)(const ri_fill *, void *, ri_distribution *);
typedef ri_status (*rp_create_function)(const ri_build *, void *, void **);
typedef void (*rp_destroy_function)(void *);
typedef uint64_t (*rp_child_count_function)(const void *);
typedef ri_status (*rp_child_at_function)(const void *, uint64_t, ri_child *);
typedef ri_status (*rp_rebuild_function)(const void *, const ri_rebuild *, void **);
typedef ri_status (*rp_forward_function)(const void *, const ri_forward *);
typedef ri_status (*rp_config_function)(const void *, ri_value *, uint64_t);
typedef const void *(*rp_extension_function)(ri_str, uint32_t);
typedef ri_status (*rp_body_function)(uint64_t, uint64_t, void *);
typedef void *(*rp_load_function)(void *);

/* Each returns outcome->status. The site comes first, then the function, its arguments, the outcome. */
ri_status rp_entry(const rp_site *site, rp_entry_function function, const ri_host *host, ri_plugin *self, ri_call *call,
                   rp_outcome *outcome);
/* `fill` and `check`. */
ri_status rp_fill(const rp_site *site, rp_fill_function function, const ri_fill *range, void *user,
                  rp_outcome *outcome);
ri_status rp_distribution(const rp_site *site, rp_distribution_function function, const ri_fill *tensor, void *user,
                          ri_distribution *out, rp_outcome *outcome);
ri_status rp_create(const rp_site *site, rp_create_function function, const ri_build *build, void *user, void **self,
                    rp_outcome *outcome);
ri_status rp_destroy(const rp_site *site, rp_destroy_function function, void *self, rp_outcome *outcome);
/* `count` is 0 after an exception. */
ri_status rp_child_count(const rp_site *site, rp_child_count_function function, const void *self, uint64_t *count,
                         rp_outcome *outcome);
ri_status rp_child_at(const rp_site *site, rp_child_at_function function, const void *self, uint64_t index,
                      ri_child *out, rp_outcome *outcome);
ri_status rp_rebuild(const rp_site *site, rp_rebuild_function function, const void *self, const ri_rebuild *rebuild,
                     void **new_self, rp_outcome *outcome);
ri_status rp_extension(const rp_site *site, rp_extension_function function, ri_str name, uint32_t version,
                       const void **table, rp_outcome *outcome);
/* `forward` and `infer`. */
ri_status rp_forward(const rp_site *site, rp_forward_function function, const void *self, const ri_forward *pass,
                     rp_outcome *outcome);
ri_status rp_config(const rp_site *site, rp_config_function function, const void *self, ri_value *out, uint64_t n,
                    rp_outcome *outcome);
/* One piece of ri_host.parallel, on whichever thread runs it: a plugin's code too, and no frame of the plugin
 * around it to catch what it throws. */
ri_status rp_body(const rp_site *site, rp_body_function body, uint64_t first, uint64_t end, void *argument,
                  rp_outcome *outcome);
/* Anything else that runs a plugin's code, above all dlopen with its constructors: *result = function(argument). */
ri_status rp_load(const rp_site *site, rp_load_function function, void *argument, void **result, rp_outcome *outcome);

#ifdef __cplusplus
}
#endif
#endif
