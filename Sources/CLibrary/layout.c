/* The header is the module; compiling this file proves that it stands by itself. */
#include "include/reinit/library.h"
