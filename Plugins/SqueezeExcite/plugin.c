/* SqueezeExcite: channels weighted by what the whole image says of them. */
#include "squeeze_excite.h"

static const ri_str activations[] = {RI_S("relu"), RI_S("silu")};
static const ri_str gates[] = {RI_S("sigmoid"), RI_S("hardsigmoid")};

static const ri_param params[] = {
    RI_INT_PARAM_REQUIRED("channels", 1, "channels of the input and the output"),
    RI_INT_PARAM("squeeze", 0, 0, "channels between fc1 and fc2; 0: channels/16, at least 1"),
    RI_WORD_PARAM("activation", "relu", activations, 2, "after fc1"),
    RI_WORD_PARAM("scale", "sigmoid", gates, 2, "after fc2: makes the factors of the channels"),
};

static const ri_layer_type squeeze_excite_type = {
    .struct_size = sizeof(ri_layer_type),
    .name = RI_S("SqueezeExcite"),
    .summary = RI_S("channels weighted by what the whole image says of them"),
    .reference = RI_S("Hu, Shen, Sun, Squeeze-and-Excitation Networks, CVPR 2018"),
    .version = 1,
    .min_inputs = 1,
    .max_inputs = 1,
    .n_outputs = 1,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .create = se_create,
    .destroy = se_destroy,
    .child_count = se_child_count,
    .child_at = se_child_at,
    .rebuild = se_rebuild,
    .forward = se_forward,
    .infer = se_infer,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.reinit.squeeze-excite", "1.0.0", "MIT", "squeeze-and-excitation, channel attention");
  return host->add_layer(host, &squeeze_excite_type);
}
