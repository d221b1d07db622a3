# Alone: make -f swift.mk OUT=DIR
ifndef ZOO
LANGUAGES := swift
include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))Makefile
else
SWIFT_PLUGINS := $(patsubst $(ZOO)swift/%.swift,$(OUT)/%.so,$(filter-out %/base.swift,$(wildcard $(ZOO)swift/*.swift)))
SWIFT_KIT := $(OUT)/.kit/PluginKit.o
SWIFTC ?= swiftc
all: $(SWIFT_PLUGINS)

$(SWIFT_KIT): $(wildcard $(ROOT)/Sources/PluginKit/*/*.swift) $(HEADERS)
	@mkdir -p $(OUT)/.kit
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(OUT)/.kit/exports.map
	@$(SWIFTC) -swift-version 6 -O -wmo -parse-as-library -module-name PluginKit -emit-module \
	  -emit-module-path $(OUT)/.kit/PluginKit.swiftmodule -emit-object -o $@ -I$(INCLUDE) $(filter %.swift,$^)

# Each plugin has a module of its own: two of one name cannot be loaded together.
$(SWIFT_PLUGINS): $(OUT)/%.so: $(ZOO)swift/%.swift $(ZOO)swift/base.swift $(SWIFT_KIT) $(ZOO)swift.mk
	@$(SWIFTC) -swift-version 6 -O -wmo -parse-as-library -module-name $(subst -,_,zoo_$*) -emit-library \
	  -I$(OUT)/.kit -I$(INCLUDE) $< $(ZOO)swift/base.swift $(SWIFT_KIT) -use-ld=lld -Xlinker --version-script=$(OUT)/.kit/exports.map \
	  -Xlinker -soname -Xlinker $*.so -o $@
	@rm -f $(OUT)/$*.swiftmodule $(OUT)/$*.swiftdoc
endif
