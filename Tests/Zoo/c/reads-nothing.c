/* R0969: declares a source, and does not look at it. */
#include "zoo.h"

static const ri_source sources[] = {{.struct_size = sizeof(ri_source), .kind = RI_SOURCE_OLD, .name = RI_S("old")}};
ZOO_INITIALIZER(.distribution = NULL, .sources = sources, .n_sources = 1)
