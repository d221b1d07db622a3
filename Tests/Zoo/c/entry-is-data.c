/* R0314: exports data under the entry's name. */
#include "zoo.h"

#define ri_plugin_entry_v1 other
#undef ri_plugin_entry_v1
__asm__(".globl ri_plugin_entry_v1\n.data\n.type ri_plugin_entry_v1, @object\n.size ri_plugin_entry_v1, 8\n"
        "ri_plugin_entry_v1: .quad 0\n.text");
