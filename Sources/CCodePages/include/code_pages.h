#ifndef REINIT_CODE_PAGES_H
#define REINIT_CODE_PAGES_H

#include <stddef.h>

// The page of an error's code in docs/codes, such as "R0203": UTF-8, from its title to its last line. NULL if there is
// none. The memory is the program's own.
const char *_Nullable reinit_code_page(const char *_Nonnull id, size_t *_Nonnull size);

#endif
