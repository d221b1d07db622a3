/* The function that the host calls, so that authors in Swift write none with pointers. */
#include "plugin_entry.h"

#include <reinit/reinit.h>

#pragma weak reinit_plugin

/* In PluginKit. */
ri_status reinit_kit_enter(const ri_host *host, ri_plugin *self, ri_call *call, void (*body)(void));

__attribute__((weak)) ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  return reinit_kit_enter(host, self, call, reinit_plugin);
}
