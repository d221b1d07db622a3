#include "include/reinit/harness.h"
