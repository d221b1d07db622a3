// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/c-initializer: edit that, and run the script again.

extension PluginTemplate {
  static let cInitializer: [File] = [
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
      - run: apt-get update && apt-get install -y make gcc
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
CFLAGS ?= -O2 -Wall -Wextra

# The entry is the only symbol that is exported, and nothing may stay unresolved. Never -ffast-math: linking with it
# changes the arithmetic of the whole process.
ABI := -std=c11 -fPIC -fvisibility=hidden -ffp-contract=off
LINK := -shared -Wl,-z,now -Wl,-z,defs -Wl,--version-script=$(BUILD)/exports.map

HEADERS := $(wildcard $(REINIT_PREFIX)/include/reinit/*.h)

$(BUILD)/$(NAME).so: $(wildcard *.c *.h) $(HEADERS) Makefile | prefix
	@mkdir -p $(BUILD)
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
	$(CC) $(CFLAGS) $(ABI) -I$(REINIT_PREFIX)/include $(LDFLAGS) $(LINK) $(filter %.c,$^) -lm -o $@

check: $(BUILD)/$(NAME).so
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

prefix:
	@test -f "$(REINIT_PREFIX)/include/reinit/reinit.h" || { echo "Reinit's headers were not found: run" \
	  "Scripts/install --prefix DIR in Reinit's sources, then make REINIT_PREFIX=DIR" >&2; exit 1; }

clean:
	rm -rf $(BUILD)

.PHONY: check clean prefix

"""#),
    File(path: "README.md", text: #"""
# my-plugin

An initializer for Reinit in C: `my_plugin(gain: 1)`, normal values with a standard deviation of gain / √fan_in.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`.

    reinit apply model.safetensors --plugin build/my_plugin.so \
      --fill 'Dense=my_plugin(gain: 1.4)' --seed 1 -o out.safetensors

`my_plugin.c` is all there is. `deviation` and `fill` are the initializer; the tables below them say what users may set.
Change the id `org.example.my-plugin` to one of your own, in both places, and add 1 to `.version` whenever the numbers
change. `.github/workflows/ci.yml` builds and tests it on GitHub.

"""#),
    File(path: "my_plugin.c", text: #"""
/* my_plugin: normal values whose standard deviation follows the fan-in. */
#include <math.h>
#include <reinit/reinit.h>

/* What is known of the plugin without loading it. */
RI_MANIFEST("{\"reinit\": 1, \"id\": \"org.example.my-plugin\", \"version\": \"1.0.0\", "
            "\"license\": \"MIT\", \"summary\": \"an initializer\", \"initializers\": [\"my_plugin\"], "
            "\"layers\": []}");

static double deviation(const ri_fill *tensor) { return tensor->params[0].u.f64 / sqrt(tensor->fan_in); }

/* Writes elements [offset, offset + count). Each depends on its index alone: any partition has the same bits. */
static ri_status fill(const ri_fill *range, void *user) {
  (void)user;
  const float std = (float)deviation(range);
  range->host->random_normal(&range->random, range->offset, range->count, 0, std, range->out);
  return RI_OK;
}

/* Says what `fill` draws from, so that the values can be held against it. */
static ri_status distribution(const ri_fill *tensor, void *user, ri_distribution *out) {
  (void)user;
  out->kind = RI_DISTRIBUTION_NORMAL;
  out->mean = 0;
  out->std = deviation(tensor);
  return RI_OK;
}

static const ri_param params[] = {
    {RI_PARAM_HEAD(RI_PARAM_MIN, "gain", "factor of the standard deviation"),
     .default_value = {.type = RI_VALUE_REAL, .u = {.f64 = 1}}, .min = 0},
};

static const ri_initializer my_plugin = {
    .struct_size = sizeof(ri_initializer),
    .flags = RI_INITIALIZER_NEEDS_FANS,
    .name = RI_S("my_plugin"),
    .summary = RI_S("normal with std = gain/√fan_in"),
    .formula = RI_S("w ~ N(0, σ²), σ = gain / √fan_in"),
    .reference = RI_S("LeCun et al., Efficient BackProp, 1998"),
    .version = 1,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .fill = fill,
    .distribution = distribution,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.my-plugin", "1.0.0", "MIT", "an initializer");
  return host->add_initializer(host, &my_plugin);
}

"""#),
  ]
}
