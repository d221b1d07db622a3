/* probe.h -- a plugin that tests its host: each promise of the ABI is looked at where it is made.
 *
 * A broken promise refuses the call with a text that begins with "host: ". In calls that have no ri_call it is kept,
 * and told by the next one that has.
 */
#ifndef PROBE_H
#define PROBE_H

#include <reinit/reinit.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

/* The first promise that was broken, as a text; NULL while none is. */
const char *probe_breach(void);
/* Notes a broken promise; only the first one is kept. False. */
bool probe_break(const char *text);
/* How many promises have been looked at. */
uint64_t probe_checks(void);
/* Counts a promise, and notes it where it is broken; whether it is kept. */
bool probe_check(bool is_kept, const char *text);

#define PROMISE(condition, text) probe_check((condition), "host: " text)

/* RI_OK, or the refusal with the first breach. */
ri_status probe_verdict(const ri_host *host, ri_call *call);

/* Each looks at one thing that the host gives; whether all promises are kept. */
bool probe_table(const ri_host *host);
bool probe_call(const ri_host *host, ri_call *call);
bool probe_str(ri_str text);
bool probe_shape(uint32_t rank, const int64_t *shape, uint64_t count);
bool probe_geometry(const ri_geometry *geometry, uint32_t rank, const int64_t *shape);
bool probe_view(const ri_view *view, bool is_inferring);

/* Services, each used and held against what its header says. */
bool probe_random(const ri_host *host, const ri_random *random);
bool probe_known_answers(const ri_host *host);
bool probe_scratch(const ri_host *host, ri_call *call);
bool probe_parallel(const ri_host *host, ri_call *call);
/* Whether `parallel` has two threads. Waits for that so many milliseconds at most. */
bool probe_threads(const ri_host *host, ri_call *call, int64_t patience);
/* Waits until the call is asked to come back; what the call is to return. */
ri_status probe_cancel(const ri_host *host, ri_call *call, int64_t patience);
bool probe_tensors(const ri_host *host, ri_call *call);
bool probe_statuses(const ri_host *host, ri_call *call);
bool probe_output_statuses(const ri_host *host, ri_call *call);
bool probe_layers(const ri_host *host, ri_call *call);
bool probe_registration(const ri_host *host);

/* Around each call of what is declared exclusive: whoever is let in while another call is, breaks the promise. */
typedef struct probe_gate {
  atomic_uint is_busy;
  const char *text;
} probe_gate;
void probe_enter(probe_gate *gate);
void probe_leave(probe_gate *gate);

/* Whether a parameter is that word. */
static inline bool probe_is(const ri_value *value, const char *word) {
  return value->type == RI_VALUE_WORD && value->count == strlen(word) && memcmp(value->u.word, word, value->count) == 0;
}

/* How long is waited for what has to come. */
#define PROBE_PATIENCE                                                                                              \
  {RI_PARAM_HEAD(RI_PARAM_MIN | RI_PARAM_MAX | RI_PARAM_MAY_HAVE_NO_EFFECT, "patience", "milliseconds that `act` waits"), \
   .default_value = {.type = RI_VALUE_INT, .u = {.i64 = 30000}}, .min = 1, .max = 60000}

/* What the value of element `index` is: another one for each of 2^24 in a row. */
static inline float probe_value(uint64_t index) { return (float)(index & 0xFFFFFF) / 16777216.0f; }

extern const ri_initializer probe_initializers[];
extern const uint64_t probe_initializer_count;
extern const ri_initializer probe_reads;
extern const ri_layer_type probe_layer, probe_exclusive_layer;

#endif
