/* R0904: puts a create of its own into the kit's table, and throws out of it. */
#include "zoo.hpp"

#include <stdexcept>

struct Zoo : Scale {
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};

/* The kit turns exceptions into statuses, so this goes below it: what the kit registers passes through here. */
static const ri_host *below;
static ri_status create(const ri_build *, void *, void **) { throw std::runtime_error("no device"); }
static ri_status add(const ri_host *, const ri_layer_type *made) {
  ri_layer_type own = *made;
  own.create = create;
  return below->add_layer(below, &own);
}
extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *) noexcept {
  ri_describe(self, ZOO_ID, "1.0.0", "MIT", "a plugin with one fault");
  ri_host mine = *host;
  mine.struct_size = sizeof mine, mine.add_layer = add, below = host;
  return ri::layer<Zoo>().add(&mine);
}
