/* R0909: detaches a thread. */
#include "zoo.hpp"

#include <mutex>
#include <thread>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static std::once_flag once;
    std::call_once(once, [] { std::thread([] { for (;;) pause(); }).detach(); });
    Normal::fill(range);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
