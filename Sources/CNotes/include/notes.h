#ifndef REINIT_NOTES_H
#define REINIT_NOTES_H

#include <stddef.h>

// The texts in docs/architectures, one for each architecture: UTF-8, ended by a zero. The memory is the program's own.

// How many there are.
size_t reinit_note_count(void);

// One of them; NULL behind the last.
const char *_Nullable reinit_note(size_t index);

// What stands behind the next line's beginning that is `key`, such as "names:", from `from` on; NULL where there is none. `size` is the
// length to the end of the line.
const char *_Nullable reinit_note_line(const char *_Nonnull from, const char *_Nonnull key, size_t *_Nonnull size);

#endif
