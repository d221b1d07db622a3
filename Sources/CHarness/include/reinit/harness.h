/* reinit/harness.h -- the tests of a plugin, for a test suite in any language that calls C.
 *
 *     static void said(void *context, const ri_harness_test *test) {
 *       if (test->outcome == RI_HARNESS_FAILED) printf("%s %s: %s\n", test->id, test->code, test->message);
 *     }
 *     ri_harness_options options = {.struct_size = sizeof options, .tier = 5};
 *     assert(ri_harness_run("build/gabor.so", &options, said, NULL) == 0);
 *
 * Link with -lreinit-harness. The plugin is never loaded into the calling process: each test is a process of the
 * program `reinit`.
 */
#ifndef REINIT_HARNESS_H
#define REINIT_HARNESS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RI_HARNESS_PASSED = 0,
  RI_HARNESS_FAILED = 1,
  RI_HARNESS_EXPECTED = 2, /* found, and in the file of expected findings */
  RI_HARNESS_SKIPPED = 3   /* nothing to test, or it stands on a test that has failed: `message` says which */
};

/* Zeroed but for struct_size, it asks for the usual tests. Strings are UTF-8 and end with NUL; NULL: none. */
typedef struct ri_harness_options {
  uint32_t struct_size;
  int32_t tier;             /* 1 to 5; 0: 3 */
  uint64_t seed;            /* of all random choices */
  double call_seconds;      /* how long one call may take; 0: 10 */
  const char *only;         /* names of tests, with spaces between: "init.shards layer.rebuild:Gate" */
  const char *expectations; /* a file of expected findings */
  const char *reinit;       /* the program; NULL: the one on PATH */
  /* Lists, each with NULL behind the last element; NULL: none. They end the struct of version 1.0. */
  const char *const *with;    /* how a layer or initializer is meant to be made: "Gate(size: 8)" */
  const char *const *input;   /* shapes of a layer's inputs, or of tensors for an initializer: "Gate=[2, 8] [2, 3]" */
  const char *const *plugins; /* files of other plugins whose layers this one is made of */
} ri_harness_options;

/* What came of one test; alive until the function that is given it returns. */
typedef struct ri_harness_test {
  uint32_t struct_size;
  int32_t tier, outcome, milliseconds;
  const char *id;      /* "init.shards:gabor" */
  const char *code;    /* "R0935"; empty where nothing was found */
  const char *message; /* what was found, or why it was skipped; empty where it passed */
  const char *command; /* repeats just this test */
} ri_harness_test;

/* Runs the tests; `said`, which may be NULL, is told of each in their order, on this thread.
 *
 * Gives the number of findings that are not expected: 0 is a pass. A negative number is an exit code of `reinit plugin
 * test` with a minus sign, told with a text through `said` as a test without an id: -64 nothing was tested, -66 no such
 * file, -70 the harness failed. */
int32_t ri_harness_run(const char *plugin, const ri_harness_options *options,
                       void (*said)(void *context, const ri_harness_test *test), void *context);

#ifdef __cplusplus
}
#endif
#endif
