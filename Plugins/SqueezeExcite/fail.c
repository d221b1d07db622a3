#include <stdarg.h>
#include <stdio.h>

#include "squeeze_excite.h"

ri_status se_fail(const ri_host *host, ri_call *call, ri_status code, const char *format, ...) {
  char text[240];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return host->fail(call, code, ri_text(text));
}
