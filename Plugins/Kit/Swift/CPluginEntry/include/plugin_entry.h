/* The entry of plugins in Swift. A plugin that exports one of its own takes its place. */
#ifndef REINIT_PLUGIN_ENTRY_H
#define REINIT_PLUGIN_ENTRY_H

/* Written by the plugin: registers what it has, by Plugin.register. */
void reinit_plugin(void);

#endif
