/* reinit/library.h -- Reinit in other programs: a model is described, planned for by rules, and filled in the caller's memory.
 *
 *     reinit_tree *tree = NULL;
 *     reinit_plan *plan = NULL;
 *     reinit_error *error = NULL;
 *     if (reinit_tree_open(NULL, description, strlen(description), &tree, &error) ||
 *         reinit_plan_make(tree, rules, strlen(rules), NULL, 0, &plan, &error) ||
 *         reinit_fill(plan, memory, count, 0, &error))
 *       fprintf(stderr, "%s\n", reinit_error_text(error));
 *
 * Link with -lreinit (pkg-config: libreinit). docs/library.md has the texts that describe trees and rules.
 *
 * Laws. A value depends on seed, name and index alone: any range, by any thread, in any order, gives the bits that the
 * command line writes for the same names, shapes, layers, rules and seed. Nothing of the process is changed: no signal
 * handler, no environment, no output, no locale. Threads that help are made when they are first needed, and idle after that.
 *
 * Every function may be called from any thread at any time; handles do not change once they are made. A function that can
 * fail gives 0, or the exit status that the command line would end with (64 usage, 65 data, 66 no such file, 69 plugin, 70
 * memory, 74 reading), and then sets *error, if `error` is not NULL, to what the caller frees with reinit_error_free. What else
 * it would give is NULL then. A handle or pointer that has to be there and is NULL is an error (R0701).
 *
 * Texts are UTF-8. Those that are given have a length; those that are got end with NUL. Freeing NULL does nothing.
 */
#ifndef REINIT_LIBRARY_H
#define REINIT_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version that these declarations are of. Within a major version, functions are added, and none is changed. */
#define REINIT_LIBRARY_MAJOR 0
#define REINIT_LIBRARY_MINOR 1

typedef struct reinit_session reinit_session; /* which plugins there are */
typedef struct reinit_tree reinit_tree;       /* a described model */
typedef struct reinit_plan reinit_plan;       /* who gets what, with every number resolved */
typedef struct reinit_error reinit_error;

/* ---- version ---- */

/* The library's version: "0.1.0". */
const char *reinit_version(void);
/* The version of these functions that the library has: major * 1000 + minor. */
uint32_t reinit_library_version(void);

/* ---- errors ---- */

/* All of an error, as the command line prints it. */
const char *reinit_error_text(const reinit_error *error);
/* The same as JSON, reinit.error/1. */
const char *reinit_error_json(const reinit_error *error);
/* Its parts: the code ("R0203"), what happened, where, what would have been right, what was there. NULL where there is none. */
const char *reinit_error_code(const reinit_error *error);
const char *reinit_error_message(const reinit_error *error);
const char *reinit_error_place(const reinit_error *error);
const char *reinit_error_expected(const reinit_error *error);
const char *reinit_error_found(const reinit_error *error);
/* What can be typed next; NULL from the last one on. */
const char *reinit_error_hint(const reinit_error *error, size_t index);
void reinit_error_free(reinit_error *error);

/* A text that a function below gave. */
void reinit_text_free(char *text);

/* ---- sessions ---- */

/* Opens a session with plugins from files. Plugins have all rights of the process: load what you trust. */
int32_t reinit_session_open(const char *const *plugins, size_t count, reinit_session **session, reinit_error **error);
/* What can be named: of "initializers", "presets", "layers", "recipes" or "plugins", as JSON. NULL is a session without plugins. */
int32_t reinit_session_list(const reinit_session *session, const char *what, char **json, reinit_error **error);
void reinit_session_free(reinit_session *session);

/* ---- trees ---- */

/* Opens a tree from its description, reinit.tree/1. Tensors are numbered from 0 in the order of the description. */
int32_t reinit_tree_open(const reinit_session *session, const char *json, size_t length, reinit_tree **tree,
                         reinit_error **error);
/* What was understood: for each tensor its name, shape, type, role, layer, fans. */
int32_t reinit_tree_json(const reinit_tree *tree, char **json, reinit_error **error);
/* How many tensors there are. */
size_t reinit_tree_count(const reinit_tree *tree);
void reinit_tree_free(reinit_tree *tree);

/* ---- plans ---- */

/* Holds rules, reinit.rules/1, against a tree. Everything that can be wrong with them is an error here.
 *
 * `present` has, for each of `count` tensors, all its present elements, or NULL; it may be NULL with a count of 0. Rules that
 * look at values read them: now where a part is chosen by them, and later where new values are made of old ones. That memory
 * has to stay readable as long as the plan lives, and unchanged until what is made of it is written. */
int32_t reinit_plan_make(const reinit_tree *tree, const char *json, size_t length, const void *const *present, size_t count,
                         reinit_plan **plan, reinit_error **error);
/* The plan as `reinit apply --dry-run --format json` gives it, reinit.apply/1. */
int32_t reinit_plan_json(const reinit_plan *plan, char **json, reinit_error **error);
/* How many elements of a tensor are filled: 0 for none. */
uint64_t reinit_plan_filled(const reinit_plan *plan, size_t tensor);
/* Whether values are made of present ones: 1 or 0. */
int32_t reinit_plan_reads(const reinit_plan *plan);
/* Writes the values of `elements` elements of a tensor from the element `first` on, in the tensor's type, in row-major order. Of a
 * tensor that is filled in part, what is not filled is left as it is. Nothing is written of one that is not filled. */
int32_t reinit_plan_values(const reinit_plan *plan, size_t tensor, uint64_t first, uint64_t elements, void *memory,
                           reinit_error **error);
/* Fills tensors with up to `threads` threads; 0 for all processors. `memory` has, for each of `count` tensors, all its elements one
 * behind the other in row-major order, or NULL for one that is to be left out; tied tensors may have the same. Where making
 * values can fail (plugins, matrices, memory), that is before anything is written. */
int32_t reinit_fill(const reinit_plan *plan, void *const *memory, size_t count, uint32_t threads, reinit_error **error);
/* The receipt, for the metadata `reinit.receipt` of a safetensors file. With `memory`, as for reinit_fill, it has the hashes of what
 * is there, which `reinit verify` compares. */
int32_t reinit_plan_receipt(const reinit_plan *plan, const void *const *memory, size_t count, char **json,
                            reinit_error **error);
void reinit_plan_free(reinit_plan *plan);

#ifdef __cplusplus
}
#endif
#endif
