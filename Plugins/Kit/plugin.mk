# How a plugin is built. Its Makefile says NAME and LANGUAGE, finds the installation, and includes this from share/reinit.
#
#     make                               builds build/NAME.so
#     make check                         tests it: `reinit plugin test`; make check TIER=3 asks for less
#     make asan                          tests another build, with the sanitizers of addresses and undefined behavior
#     make tsan                          tests another build, with the sanitizer of threads
#     make clean                         removes what was built
#     make REINIT_PREFIX=DIR BUILD=DIR   another installation, another place for products
#
# NAME      the shared object's name
# LANGUAGE  c, c++, rust or swift
# FUNCTIONS plain C functions that manifest.json declares, of a plugin that is nothing else
# SEAL      yes: the manifest is written from what the plugin registers, by `reinit plugin seal`; MODULE is the Swift module
#           that is in it
# LIBRARY   of Rust and Swift: what Cargo.toml or Package.swift calls the library, where it is not NAME
BUILD ?= build
TIER ?= 5
LIBRARY ?= $(NAME)
PLUGIN := $(BUILD)/$(NAME).so
RULES := $(MAKEFILE_LIST)
# The installation that this file is part of; Package.swift reads it.
override REINIT_PREFIX := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
export REINIT_PREFIX
REINIT ?= $(firstword $(wildcard $(REINIT_PREFIX)/bin/reinit) $(shell command -v reinit 2>/dev/null))
INCLUDE := $(REINIT_PREFIX)/include

all: $(PLUGIN)

# The entry is the only symbol that is exported, none of a standard library's either, and nothing may stay unresolved. FUNCTIONS
# are plain C functions that a manifest declares.
# Never -ffast-math: linking with it changes the arithmetic of the whole process.
define write_exports
@mkdir -p $(BUILD)
@echo '{ global: $(if $(FUNCTIONS),$(FUNCTIONS:%=%;),ri_plugin_entry_v1;) local: *; };' > $(BUILD)/exports.map
endef
ABI := -fPIC -fvisibility=hidden -ffp-contract=off -I$(INCLUDE)
# A sanitizer's own functions are the process's.
LINK := -shared -Wl,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE),-Wl,-z,defs) -Wl,--version-script=$(BUILD)/exports.map

SANITIZER_asan := address,undefined
SANITIZER_tsan := thread
SANITIZED := $(if $(SANITIZE),-g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all)

# A manifest that is written by hand becomes a section of the file. Without one, `reinit plugin seal` writes it from what the
# plugin registers, where the Makefile says SEAL := yes; a file without one works as well, and tells less before it is loaded.
OBJCOPY ?= $(firstword $(shell command -v llvm-objcopy objcopy))
SECTION := --add-section .reinit.manifest=manifest.json --set-section-flags .reinit.manifest=noload,readonly
SEALING = $(if $(REINIT),$(REINIT) plugin seal $(if $(MODULE),--module $(MODULE)) $@,@echo "$@ has no manifest: reinit was not found" >&2)
attach = $(if $(FUNCTIONS),$(OBJCOPY) $(SECTION) $@,$(if $(SANITIZE),,$(if $(SEAL),$(SEALING))))

ifeq ($(LANGUAGE),c)
CFLAGS ?= -O2 -Wall -Wextra

$(PLUGIN): $(wildcard *.c *.h $(INCLUDE)/reinit/*.h) $(if $(FUNCTIONS),manifest.json) $(RULES)
	$(write_exports)
	$(CC) -std=c11 $(CFLAGS) $(SANITIZED) $(ABI) $(LDFLAGS) $(LINK) $(filter %.c,$^) -lm -o $@
	$(attach)

else ifeq ($(LANGUAGE),c++)
CXXFLAGS ?= -O2 -Wall -Wextra

$(PLUGIN): $(wildcard *.cpp *.hpp $(INCLUDE)/reinit/*.h $(INCLUDE)/reinit/*.hpp $(INCLUDE)/reinit/cxx/*.hpp) $(RULES)
	$(write_exports)
	$(CXX) -std=c++20 $(CXXFLAGS) $(SANITIZED) $(ABI) $(filter %.cpp,$^) $(LDFLAGS) $(LINK) -o $@
	$(attach)

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
KIT := $(REINIT_PREFIX)/share/reinit/swift/Sources
# The compiler's own linker, as others leave traces of the kit among the exported symbols.
SWIFT_LINK := -Xswiftc -use-ld=lld -Xlinker --version-script=$(abspath $(BUILD))/exports.map \
  -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker now -Xlinker -lm

# The runtime is found where the compiler has it (RUNPATH), unless the process has it already. The manifest becomes a
# section of the file, which is read without loading it.
$(PLUGIN): $(wildcard Sources/*.swift $(KIT)/CReinit/include/reinit/*.h $(KIT)/PluginKit/*/*.swift) \
  Package.swift $(wildcard manifest.json) $(RULES)
	$(write_exports)
	$(SWIFT) build -c release --scratch-path $(BUILD)/swift --product $(LIBRARY) $(SWIFT_LINK)
	$(if $(wildcard manifest.json),$(OBJCOPY) $(SECTION),cp) $(BUILD)/swift/release/lib$(LIBRARY).so $@
	$(attach)

else
$(error LANGUAGE is '$(LANGUAGE)'; say c, c++, rust or swift)
endif

# The sanitizer's runtime has to be the first library of the process; leaks are found by the tests themselves. The host is not
# built with a sanitizer: of threads it is asked what the plugin does alone.
OPTIONS := ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=ignore_noninstrumented_modules=1
RUNTIME = $(shell $(1) -print-file-name=$(if $(findstring clang,$(shell $(1) --version)),libclang_rt.$(2)-$(shell uname -m).so,lib$(2).so))
COMPILER := $(if $(filter c,$(LANGUAGE)),$(CC),$(if $(filter c++,$(LANGUAGE)),$(CXX)))

WITHOUT_rust := rustc has sanitizers in nightly builds alone, with -Zsanitizer
WITHOUT_swift := those of swiftc have a runtime of their own, with which the host would have to be started

asan tsan:
ifeq ($(COMPILER),)
	@echo "make $@ is for plugins in C and C++: $(WITHOUT_$(LANGUAGE)). make check tests everything else" >&2; exit 1
else
	@$(MAKE) --no-print-directory $(BUILD)/$@/$(NAME).so BUILD=$(BUILD)/$@ SANITIZE=$(SANITIZER_$@)
	LD_PRELOAD=$(call RUNTIME,$(COMPILER),$@) $(OPTIONS) \
	  $(REINIT) plugin test --tier $(TIER) $(BUILD)/$@/$(NAME).so
endif

check: $(PLUGIN)
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

clean:
	rm -rf $(BUILD) build/reinit-plugin

.DELETE_ON_ERROR:
FORCE:
.PHONY: all check asan tsan clean FORCE
