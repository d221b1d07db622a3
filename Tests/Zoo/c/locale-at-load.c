/* R0908: changes the locale. */
#include "zoo.h"
#include <locale.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; setlocale(LC_ALL, "C.UTF-8"); return host->add_initializer(host, &zoo);)
