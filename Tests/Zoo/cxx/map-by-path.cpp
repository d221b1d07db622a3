/* R0921: keeps deviations in a map by path. */
#include "zoo.hpp"

#include <map>
#include <mutex>
#include <string>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static std::mutex lock;
    static std::map<std::string, double> kept;
    const std::scoped_lock held(lock);
    const auto [entry, is_new] = kept.try_emplace(std::string(range.path()) + std::to_string(range.fan_in()), 0);
    if (is_new) entry->second = deviation(range);
    range.normal(0, entry->second);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
