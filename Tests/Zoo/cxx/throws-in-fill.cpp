/* R0904: throws out of a function of its own, below the kit. */
#include "zoo.hpp"

#include <stdexcept>


static ri_status fill(const ri_fill *f, void *) {
  if (f->rank > 2) throw std::runtime_error("a convolution");
  f->host->random_normal(&f->random, f->offset, f->count, 0, 1, static_cast<float *>(f->out));
  return RI_OK;
}
extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *) noexcept {
  ri_describe(self, ZOO_ID, "1.0.0", "MIT", "a plugin with one fault");
  ri_initializer zoo = {};
  zoo.struct_size = sizeof zoo;
  zoo.name = ri_text("zoo"), zoo.summary = ri_text("normal values"), zoo.formula = ri_text("z"), zoo.version = 1;
  zoo.fill = fill;
  return host->add_initializer(host, &zoo);
}
