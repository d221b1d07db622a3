/* R0371: its manifest has another version. */
#include "zoo.h"

RI_MANIFEST("{\"reinit\": 1, \"id\": \"org.example.zoo.manifest-differs\", \"version\": \"2.0.0\", \"license\": \"MIT\", "
            "\"summary\": \"\", \"initializers\": [\"zoo\"], \"layers\": []}");
ZOO_INITIALIZER(.version = 1)
