/* MyPlugin: a gated residual, y = x + weight * inner(x) + bias over the last axis. */
#include <reinit/kit.h>

/* What is known of the plugin without loading it. */
RI_MANIFEST("{\"reinit\": 1, \"id\": \"org.example.my-plugin\", \"version\": \"1.0.0\", "
            "\"license\": \"MIT\", \"summary\": \"a layer\", \"initializers\": [], "
            "\"layers\": [\"MyPlugin\"]}");

static const ri_param params[] = {
    RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
};

/* The host makes them, names them, fills them, and makes the layer again with others. */
enum { WEIGHT, BIAS, INNER };
static const ri_child_row children[] = {
    [WEIGHT] = {RI_TENSOR_ROW("weight", RI_ROLE_SCALE, "[size]"), .fresh = RI_S("constant(0.1)")},
    [BIAS] = {RI_TENSOR_ROW("bias", RI_ROLE_BIAS, "[size]"), .when = RI_S("bias")},
    [INNER] = {RI_LAYER_ROW("inner", "")},
};

/* inner(x), or x where nothing is nested: one reference to it. */
static ri_status apply_inner(const ri_forward *pass, ri_tensor **out) {
  ri_layer *inner = pass->children[INNER].layer;
  if (inner) return pass->host->layer_apply(pass->call, inner, pass->inputs, 1, out, 1);
  pass->host->tensor_retain(*out = pass->inputs[0]);
  return RI_OK;
}

/* y from x and inner(x); its shape alone where there is no data. */
static ri_status add_gated(const ri_forward *pass, const ri_view *x, ri_tensor *inner) {
  ri_view z, weight, bias = {.data = NULL}, y;
  ri_status status = ri_floats(pass, inner, "what the nested layer gives", &z);
  if (!status && (z.rank != x->rank || memcmp(z.shape, x->shape, x->rank * sizeof *x->shape)))
    return ri_fail(pass->host, pass->call, RI_SHAPE, "the nested layer must keep the input's shape");
  if (!status) status = ri_floats(pass, pass->children[WEIGHT].tensor, "weight", &weight);
  if (!status && pass->children[BIAS].tensor) status = ri_floats(pass, pass->children[BIAS].tensor, "bias", &bias);
  if (!status) status = ri_make_floats(pass, x->rank, x->shape, &y);
  if (status || !y.data) return status;
  const float *from = x->data, *gated = z.data, *w = weight.data, *b = bias.data;
  float *to = y.data;
  for (uint64_t i = 0, j = 0; i < x->count; i++, j = j + 1 == weight.count ? 0 : j + 1) {
    const float sum = from[i] + w[j] * gated[i];
    to[i] = b ? sum + b[j] : sum;
  }
  return RI_OK;
}

/* The forward pass, and the inference of its shapes. */
static ri_status run(const void *user, const ri_forward *pass) {
  (void)user;
  const long long size = pass->params[0].u.i64;
  ri_view x;
  ri_status status = ri_floats(pass, pass->inputs[0], "the input", &x);
  if (status) return status;
  if (x.rank == 0 || x.shape[x.rank - 1] != size)
    return ri_fail(pass->host, pass->call, RI_SHAPE, "the input's last axis: expected %lld, found %lld", size,
                   x.rank ? (long long)x.shape[x.rank - 1] : 0);
  ri_tensor *inner = NULL;
  if ((status = apply_inner(pass, &inner))) return status;
  status = add_gated(pass, &x, inner);
  pass->host->tensor_release(inner);
  return status;
}

static const ri_layer_type my_plugin = {
    .struct_size = sizeof(ri_layer_type),
    .name = RI_S("MyPlugin"),
    .summary = RI_S("gated residual: y = x + weight ∘ inner(x) + bias"),
    .version = 1,
    .min_inputs = 1,
    .max_inputs = 1,
    .n_outputs = 1,
    .max_layers = 1,
    .params = params,
    .n_params = RI_COUNT(params),
    .children = children,
    .n_children = RI_COUNT(children),
    .forward = run,
    .infer = run,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.my-plugin", "1.0.0", "MIT", "a layer");
  return host->add_layer(host, &my_plugin);
}
