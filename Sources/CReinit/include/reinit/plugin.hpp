/* reinit/plugin.hpp -- the C++20 kit: plugins of structs and lambdas, failures by exceptions. docs/plugins/cxx.md
 *
 *   #include <reinit/plugin.hpp>
 *   namespace ri = reinit::plugin;
 *
 *   struct Lecun {
 *     double gain = 1;
 *     static constexpr ri::InitializerInfo about{.name = "lecun", .summary = "normal with std = gain/√fan_in",
 *                                                .flags = RI_INITIALIZER_NEEDS_FANS};
 *     static constexpr auto parameters() { return std::tuple(ri::param("gain", &Lecun::gain, "factor").min(0)); }
 *     void fill(const ri::Fill &range) const { range.normal(0, gain / std::sqrt(range.fan_in())); }
 *   };
 *   REINIT_PLUGIN("org.example.lecun", "1.0.0", "MIT", "an initializer", ri::initializer<Lecun>());
 *
 * Header only, over the C headers; no static state, and no symbol but the entry for a linker to see.
 */
#ifndef REINIT_PLUGIN_HPP
#define REINIT_PLUGIN_HPP

#include "cxx/children.hpp"
#include "cxx/core.hpp"
#include "cxx/entry.hpp"
#include "cxx/handles.hpp"
#include "cxx/initializer.hpp"
#include "cxx/layer.hpp"
#include "cxx/needs.hpp"
#include "cxx/parameters.hpp"
#include "cxx/rows.hpp"
#include "cxx/sources.hpp"

#endif
