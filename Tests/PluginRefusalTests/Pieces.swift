/// C text that all fixtures share.
enum Piece {
  static let includes = """
    #define _GNU_SOURCE
    #include <errno.h>
    #include <fenv.h>
    #include <math.h>
    #include <pthread.h>
    #include <reinit/reinit.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    """

  /// An initializer `half` and a layer `Empty`, good in every respect, as locals of the entry.
  static let good = """
    static ri_status fill(const ri_fill *range, void *user) {
      for (uint64_t i = 0; i < range->count; i++) ((float *)range->out)[i] = 0.5f;
      return RI_OK;
    }
    static ri_status create(const ri_build *build, void *user, void **self) { *self = user; return RI_OK; }
    static void destroy(void *self) {}
    static uint64_t child_count(const void *self) { return 0; }
    static ri_status child_at(const void *self, uint64_t index, ri_child *out) { return RI_INVALID; }
    static ri_status rebuild(const void *self, const ri_rebuild *r, void **out) { *out = (void *)self; return RI_OK; }
    static float element(int64_t index) { return 0.5f; }
    #define GOOD_INITIALIZER {.struct_size = sizeof(ri_initializer), .name = RI_S("half"), .summary = RI_S("one half"), \\
      .version = 1, .fill = fill}
    #define GOOD_LAYER {.struct_size = sizeof(ri_layer_type), .name = RI_S("Empty"), .summary = RI_S("nothing"), \\
      .version = 1, .min_inputs = 1, .max_inputs = 1, .n_outputs = 1, .user = (void *)fill, .create = create, \\
      .destroy = destroy, .child_count = child_count, .child_at = child_at, .rebuild = rebuild}
    #define GOOD_FUNCTION {.struct_size = sizeof(ri_function), .name = RI_S("plain"), .summary = RI_S("plain"), \\
      .version = 1, .args = args, .n_args = 1, .result = {RI_TYPE_F32, RI_ARG_RESULT, 0, 0}, \\
      .function = (void (*)(void))element}

    """

  /// The text of a plugin whose entry runs those statements, with `half`, `empty` and `plain` at hand.
  static func plugin(_ name: String, _ statements: String, before: String = "") -> String {
    """
    \(includes)\(good)\(before)
    RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
      ri_describe(self, "org.example.\(name)", "1.0.0", "MIT", "a fixture");
      static ri_param size = RI_REAL_PARAM_IN("size", 1, 0, 2, "a size");
      static ri_arg args[] = {{RI_TYPE_I64, RI_ARG_INDEX, 0, 0}};
      ri_initializer half = GOOD_INITIALIZER;
      ri_layer_type empty = GOOD_LAYER;
      ri_function plain = GOOD_FUNCTION;
      half.params = &size;
      half.n_params = 1;
      \(statements)
      return RI_OK;
    }

    """
  }
}
