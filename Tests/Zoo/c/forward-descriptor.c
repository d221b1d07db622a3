/* R0910: opens a file in each pass, and does not close it. */
#include "layer.h"
#include <fcntl.h>

static ri_status forward(const void *instance, const ri_forward *pass) {
  if (open("/dev/null", O_RDONLY) < 0) return zoo_refuse(pass->host, pass->call, RI_INTERNAL, "too many open files");
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
