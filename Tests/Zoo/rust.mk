# Alone: make -f rust.mk OUT=DIR
ifndef ZOO
LANGUAGES := rust
include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))Makefile
else
RUST_PLUGINS := $(patsubst $(ZOO)rust/%.rs,$(OUT)/%.so,$(filter-out %/base.rs %/layer.rs,$(wildcard $(ZOO)rust/*.rs)))
RUST_KIT := $(OUT)/.kit/libreinit_plugin.rlib
RUSTC ?= rustc
# What cargo says of a package.
RUST_PACKAGE := MAKEFLAGS= CARGO_PKG_VERSION=1.0.0 CARGO_PKG_LICENSE=MIT CARGO_PKG_DESCRIPTION='a plugin with one fault'
all: $(RUST_PLUGINS)

$(RUST_KIT): $(shell find $(ROOT)/Plugins/Kit/Rust/src -name '*.rs')
	@mkdir -p $(OUT)/.kit
	@$(RUST_PACKAGE) REINIT_RUSTC=rustc $(RUSTC) --edition 2021 -O --crate-type rlib --crate-name reinit_plugin -o $@ $(ROOT)/Plugins/Kit/Rust/src/lib.rs

$(RUST_PLUGINS): $(OUT)/%.so: $(ZOO)rust/%.rs $(ZOO)rust/base.rs $(ZOO)rust/layer.rs $(RUST_KIT) $(ZOO)rust.mk
	@$(RUST_PACKAGE) $(RUSTC) --edition 2021 -O --crate-type cdylib --crate-name $(subst -,_,zoo_$*) \
	  --extern reinit_plugin=$(RUST_KIT) $(flags) -o $@ $<
endif
