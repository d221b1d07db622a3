C_PLUGINS := $(patsubst $(ZOO)c/%.c,$(OUT)/%.so,$(wildcard $(ZOO)c/*.c))
all: $(C_PLUGINS)

$(C_PLUGINS): $(OUT)/%.so: $(ZOO)c/%.c $(wildcard $(ZOO)c/*.h) $(HEADERS) $(ZOO)c.mk
	@mkdir -p $(OUT)
	@$(CC) -std=gnu11 -O1 -fPIC -shared -fvisibility=hidden -Wall -Wextra -DZOO_NAME='"$*"' -I$(INCLUDE) $(flags) $< -lm -o $@
