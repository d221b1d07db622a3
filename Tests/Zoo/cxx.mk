# Alone: make -f cxx.mk OUT=DIR
ifndef ZOO
LANGUAGES := cxx
include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))Makefile
else
CXX_PLUGINS := $(patsubst $(ZOO)cxx/%.cpp,$(OUT)/%.so,$(wildcard $(ZOO)cxx/*.cpp))
all: $(CXX_PLUGINS)

$(CXX_PLUGINS): $(OUT)/%.so: $(ZOO)cxx/%.cpp $(wildcard $(ZOO)cxx/*.hpp) $(HEADERS) $(wildcard $(INCLUDE)/reinit/*.hpp $(INCLUDE)/reinit/cxx/*) $(ZOO)cxx.mk
	@mkdir -p $(OUT)
	@$(CXX) -std=c++20 -O1 -fPIC -shared -fvisibility=hidden -Wall -Wextra -DZOO_ID='"org.example.zoo.$*"' -I$(INCLUDE) $(flags) $< -o $@
endif
