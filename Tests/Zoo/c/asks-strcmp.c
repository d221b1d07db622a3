/* R0927: compares the name that a host asks for as if it ended with NUL. */
#include "zoo.h"

static const void *extension(ri_str name, uint32_t version) {
  static const uint32_t table[2] = {sizeof table, 1};
  return name.len && !strcmp(name.ptr, "org.reinit.of-nobody-of-all") && version == 1 ? table : NULL;
}
ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; self->extension = extension;
          return host->add_initializer(host, &zoo);)
