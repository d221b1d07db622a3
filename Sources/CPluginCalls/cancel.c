#include "include/fatal_report.h"

#include "thread.h"

#include <errno.h>
#include <poll.h>

static uint32_t cancelled;

bool rp_cancel_calls(void) {
  const int saved = errno;
  __atomic_store_n(&cancelled, 1, __ATOMIC_SEQ_CST);
  // A call that ends now looks at this afterwards: by then it sees it, or we see that it has ended.
  poll(NULL, 0, 1);
  errno = saved;
  return rp_any_call();
}

bool rp_calls_cancelled(void) { return __atomic_load_n(&cancelled, __ATOMIC_RELAXED); }
