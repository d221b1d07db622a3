/* The headers are the module; compiling this file proves their layout. */
#include <reinit/draft/blas.h>
#include <reinit/draft/dlpack.h>
#include <reinit/kit.h>
#include <reinit/reinit.h>
