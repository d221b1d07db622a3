// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/cxx-initializer: edit that, and run the script again.

extension PluginTemplate {
  static let cxxInitializer: [File] = [
    File(path: ".github/workflows/ci.yml", text: #"""
# Expects Reinit's sources in the repository that the variable REINIT_REPOSITORY names: "owner/name".
name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    container: swift:6.3
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
        with:
          repository: ${{ vars.REINIT_REPOSITORY }}
          path: .reinit
      - run: apt-get update && apt-get install -y make g++
      - run: .reinit/Scripts/install --prefix "$PWD/.prefix"
      - run: make REINIT_PREFIX="$PWD/.prefix"
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5 --format junit > junit.xml
        if: always()
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: junit
          path: junit.xml

"""#),
    File(path: ".gitignore", text: #"""
build/

"""#),
    File(path: "Makefile", text: #"""
# make                                 builds build/my_plugin.so against the installed Reinit
# make check                           tests it: `reinit plugin test`; make check TIER=5 asks for everything
# make REINIT_PREFIX=DIR BUILD=DIR     another installation, another place for products
NAME := my_plugin
BUILD ?= build
REINIT_PREFIX ?= $(shell pkg-config --variable=prefix reinit 2>/dev/null)
REINIT ?= $(firstword $(wildcard $(REINIT_PREFIX)/bin/reinit) $(shell command -v reinit 2>/dev/null))
TIER ?= 3
CXXFLAGS ?= -O2 -Wall -Wextra

# The entry is the only symbol that is exported, none of the standard library's either, and nothing may stay
# unresolved. Never -ffast-math: linking with it changes the arithmetic of the whole process.
ABI := -std=c++20 -fPIC -fvisibility=hidden -ffp-contract=off
LINK = -shared -Wl,-z,now -Wl,-z,defs -Wl,--version-script=$(BUILD)/exports.map

KIT := $(REINIT_PREFIX)/include/reinit
HEADERS := $(wildcard $(KIT)/*.h $(KIT)/*.hpp $(KIT)/cxx/*.hpp)

$(BUILD)/$(NAME).so: $(wildcard *.cpp *.hpp) $(HEADERS) Makefile | prefix
	@mkdir -p $(BUILD)
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
	$(CXX) $(CXXFLAGS) $(ABI) -I$(REINIT_PREFIX)/include $(filter %.cpp,$^) $(LDFLAGS) $(LINK) -o $@

check: $(BUILD)/$(NAME).so
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

prefix:
	@test -f "$(REINIT_PREFIX)/include/reinit/plugin.hpp" || { echo "Reinit's headers were not found: run" \
	  "Scripts/install --prefix DIR in Reinit's sources, then make REINIT_PREFIX=DIR" >&2; exit 1; }

clean:
	rm -rf $(BUILD)

.PHONY: check clean prefix

"""#),
    File(path: "README.md", text: #"""
# my-plugin

An initializer for Reinit in C++20: `my_plugin(gain: 1)`, normal values with a standard deviation of gain / √fan_in.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`.

    reinit apply model.safetensors --plugin build/my_plugin.so \
      --fill '**.weight=my_plugin(gain: 1.4)' --seed 1 -o out.safetensors

`my_plugin.cpp` is all there is: a struct whose members are what users may set, `fill` and `distribution`, and below
them the words and ranges. Set `.version` in `about`, and add 1 to it, whenever the numbers change. Throw
`ri::Error(RI_INVALID, "…")` to refuse something; no exception leaves the plugin.

Change the id `org.example.my-plugin` to one of your own. `.github/workflows/ci.yml` builds and tests it on GitHub.

"""#),
    File(path: "my_plugin.cpp", text: #"""
/* my_plugin: normal values whose standard deviation follows the fan-in. */
#include <reinit/plugin.hpp>

#include <cmath>

namespace ri = reinit::plugin;

struct MyPlugin {
  double gain = 1;

  /* Writes one range. Element i depends on its index alone, so any partition has the same bits. */
  void fill(const ri::Fill &range) const { range.normal(0, deviation(range)); }
  /* Says what `fill` draws from, so that the values can be held against it. */
  ri::Distribution distribution(const ri::Fill &tensor) const { return ri::normal(0, deviation(tensor)); }
  double deviation(const ri::Fill &tensor) const { return gain / std::sqrt(tensor.fan_in()); }

  static constexpr ri::InitializerInfo about{.name = "my_plugin",
                                             .summary = "normal with std = gain/√fan_in",
                                             .formula = "w ~ N(0, σ²), σ = gain / √fan_in",
                                             .reference = "LeCun et al., Efficient BackProp, 1998",
                                             .flags = RI_INITIALIZER_NEEDS_FANS};
  static constexpr auto parameters() {
    return std::tuple(ri::param("gain", &MyPlugin::gain, "factor of the standard deviation").min(0));
  }
};

REINIT_PLUGIN("org.example.my-plugin", "1.0.0", "MIT", "an initializer", ri::initializer<MyPlugin>());

"""#),
  ]
}
