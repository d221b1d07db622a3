# How a plugin is built. Its Makefile says NAME and LANGUAGE, finds the installation, and includes this from share/reinit.
#
#     make                               builds build/NAME.so
#     make check                         tests it: `reinit plugin test`; make check TIER=5 asks for everything
#     make clean                         removes what was built
#     make REINIT_PREFIX=DIR BUILD=DIR   another installation, another place for products
#
# NAME      the shared object's name
# LANGUAGE  c, c++, rust or swift
# LIBRARY   of Rust and Swift: what Cargo.toml or Package.swift calls the library, where it is not NAME
BUILD ?= build
TIER ?= 3
LIBRARY ?= $(NAME)
PLUGIN := $(BUILD)/$(NAME).so
RULES := $(MAKEFILE_LIST)
# The installation that this file is part of; Package.swift reads it.
override REINIT_PREFIX := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
export REINIT_PREFIX
REINIT ?= $(firstword $(wildcard $(REINIT_PREFIX)/bin/reinit) $(shell command -v reinit 2>/dev/null))
INCLUDE := $(REINIT_PREFIX)/include

all: $(PLUGIN)

# The entry is the only symbol that is exported, none of a standard library's either, and nothing may stay unresolved.
# Never -ffast-math: linking with it changes the arithmetic of the whole process.
define write_exports
@mkdir -p $(BUILD)
@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
endef
ABI := -fPIC -fvisibility=hidden -ffp-contract=off -I$(INCLUDE)
LINK := -shared -Wl,-z,now -Wl,-z,defs -Wl,--version-script=$(BUILD)/exports.map

ifeq ($(LANGUAGE),c)
CFLAGS ?= -O2 -Wall -Wextra

$(PLUGIN): $(wildcard *.c *.h $(INCLUDE)/reinit/*.h) $(RULES)
	$(write_exports)
	$(CC) -std=c11 $(CFLAGS) $(ABI) $(LDFLAGS) $(LINK) $(filter %.c,$^) -lm -o $@

else ifeq ($(LANGUAGE),c++)
CXXFLAGS ?= -O2 -Wall -Wextra

$(PLUGIN): $(wildcard *.cpp *.hpp $(INCLUDE)/reinit/*.h $(INCLUDE)/reinit/*.hpp $(INCLUDE)/reinit/cxx/*.hpp) $(RULES)
	$(write_exports)
	$(CXX) -std=c++20 $(CXXFLAGS) $(ABI) $(filter %.cpp,$^) $(LDFLAGS) $(LINK) -o $@

else ifeq ($(LANGUAGE),rust)
CARGO ?= cargo

# Cargo knows what is up to date. Only the entry is exported, as from any cdylib. Cargo.toml finds the kit by the link, so
# that cargo works without make from then on.
$(PLUGIN): FORCE
	@mkdir -p build $(BUILD)
	@ln -sfn $(REINIT_PREFIX)/share/reinit/rust build/reinit-plugin
	$(CARGO) build --release --offline --target-dir $(BUILD)/cargo
	@cmp -s $(BUILD)/cargo/release/lib$(LIBRARY).so $@ || install $(BUILD)/cargo/release/lib$(LIBRARY).so $@

else ifeq ($(LANGUAGE),swift)
SWIFT ?= swift
OBJCOPY ?= $(firstword $(shell command -v llvm-objcopy objcopy))
KIT := $(REINIT_PREFIX)/share/reinit/swift/Sources
# The compiler's own linker, as others leave traces of the kit among the exported symbols.
SWIFT_LINK := -Xswiftc -use-ld=lld -Xlinker --version-script=$(abspath $(BUILD))/exports.map \
  -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker now -Xlinker -lm

# The runtime is found where the compiler has it (RUNPATH), unless the process has it already. The manifest becomes a
# section of the file, which is read without loading it.
$(PLUGIN): $(wildcard Sources/*.swift $(KIT)/CReinit/include/reinit/*.h $(KIT)/PluginKit/*/*.swift) \
  Package.swift manifest.json $(RULES)
	$(write_exports)
	$(SWIFT) build -c release --scratch-path $(BUILD)/swift --product $(LIBRARY) $(SWIFT_LINK)
	$(OBJCOPY) --add-section .reinit.manifest=manifest.json --set-section-flags .reinit.manifest=noload,readonly \
	  $(BUILD)/swift/release/lib$(LIBRARY).so $@

else
$(error LANGUAGE is '$(LANGUAGE)'; say c, c++, rust or swift)
endif

check: $(PLUGIN)
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

clean:
	rm -rf $(BUILD) build/reinit-plugin

FORCE:
.PHONY: all check clean FORCE
