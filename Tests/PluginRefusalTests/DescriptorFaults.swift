import Diagnostics

/// Descriptors that break one rule each.
extension Fault {
  static let descriptors = plugins + initializers + parameters + words + layers + rows + functions

  private static let plugins: [Fault] = [
    .initializer("id-null", "self->id = (ri_str){NULL, 4};", "'ri_plugin.id' is a null pointer with a length"),
    .initializer("id-none", "self->id = (ri_str){NULL, 0};", "'ri_plugin.id' is not an id"),
    .initializer("id-upper", "self->id = ri_text(\"org.Example\");", "'ri_plugin.id' is not an id"),
    .initializer("id-space", "self->id = ri_text(\"org.exa mple\");", "'ri_plugin.id' is not an id"),
    .initializer("id-word", "self->id = ri_text(\"example\");", "reverse DNS"),
    .initializer("version-word", "self->version = ri_text(\"one\");", "'ri_plugin.version'"),
    .initializer("license-bytes", "self->license = ri_text(\"M\\xffT\");", "'ri_plugin.license' is not UTF-8"),
    .initializer("build-endless", "self->build.len = 1ull << 62;", "'ri_plugin.build' is too long"),
    .initializer("abi-next", "self->abi_major = 2;", "expected major version 1", "found 2.0", code: .pluginVersion),
    .initializer(
      "needs-minor", "self->needs_minor = 9;", "expected ABI 1.9 or later", "found 1.0", code: .manifestRequirement),
    .initializer(
      "needs-service",
      "static const ri_requirement need = {RI_S(\"draft.light\"), 1, 0}; self->needs = &need; self->n_needs = 1;",
      "the service 'draft.light' in version 1", "no such service", code: .manifestRequirement),
    .initializer("needs-null", "self->n_needs = 3;", "'ri_plugin.needs' is not a list"),
    .initializer("abi-none", "memset(self, 0, sizeof *self);", "found 0.0", code: .pluginVersion),
  ]

  private static let initializers: [Fault] = [
    .initializer("name-null", "half.name = (ri_str){NULL, 4};", "null pointer with a length"),
    .initializer("name-none", "half.name.len = 0;", "'initializer 1' has a name that is none"),
    .initializer("name-upper", "half.name = ri_text(\"Half\");", "[a-z][a-z0-9_]*", "'Half'"),
    .initializer("name-space", "half.name = ri_text(\"ha lf\");", "'ha lf'"),
    .initializer("name-path", "half.name = ri_text(\"a/b\");", "'a/b'"),
    .initializer(
      "name-long", "static char a[65]; memset(a, 'a', 65); half.name = (ri_str){a, 65};", "at most 64 characters"),
    .initializer("name-bytes", "half.name = ri_text(\"ha\\xfflf\");", "is not UTF-8"),
    .initializer("name-surrogate", "half.name = ri_text(\"\\xed\\xa0\\x80\");", "is not UTF-8"),
    .initializer("name-nul", "half.name = (ri_str){\"ha\\0f\", 4};", "contains a NUL"),
    .initializer("name-endless", "half.name.len = 1ull << 40;", "is too long", "1099511627776"),
    .initializer("name-negative", "half.name.len = (uint64_t)-1;", "is too long"),
    .initializer(
      "summary-long", "static char a[4097]; memset(a, 'a', 4097); half.summary = (ri_str){a, 4097};",
      "'half.summary' is too long", "4097"),
    .initializer("formula-bytes", "half.formula = ri_text(\"\\xc3\");", "'half.formula' is not UTF-8"),
    .initializer("reference-null", "half.reference = (ri_str){NULL, 1};", "'half.reference' is a null pointer"),
    .initializer("table-null", "return host->add_initializer(host, NULL);", "'ri_initializer' is a null pointer"),
    .initializer("size-none", "half.struct_size = 0;", "struct_size", "at least 152", "found 0"),
    .initializer("size-small", "half.struct_size = 148;", "found 148"),
    .initializer("size-odd", "half.struct_size = 137;", "found 137"),
    .initializer("size-huge", "half.struct_size = 65540;", "found 65540"),
    .initializer("version-none", "half.version = 0;", "'half.version' is not a version"),
    .initializer("tolerance-nan", "half.tolerance = NAN;", "'half.tolerance' is out of range", "nan"),
    .initializer("tolerance-negative", "half.tolerance = -1e-9;", "'half.tolerance'"),
    .initializer("tolerance-large", "half.tolerance = 1.5;", "'half.tolerance'", "0 to 1"),
    .initializer("dtypes-f64", "half.dtypes = 1u << RI_F64;", "'half.dtypes'", "RI_F32 among them"),
    .initializer("dtypes-integer", "half.dtypes = 1u << RI_F32 | 1u << RI_I64;", "'half.dtypes'"),
    .initializer("flags-unknown", "half.flags = 1u << 15;", "'half.flags' has bits"),
    .sources("null", "half.sources = NULL;", "'half.sources'", "null pointer with a count"),
    .sources("kind", "old[0].kind = 4;", "half.sources[0].kind", "is no place of a source"),
    .sources("flags", "old[0].flags = 1;", "half.sources[0].flags", "has bits"),
    .sources("name", "old[0].name = ri_text(\"Old\");", "half.sources[0].name", "is not a name"),
    .sources(
      "twice", "static ri_source two[2]; two[0] = two[1] = old[0]; half.sources = two; half.n_sources = 2;",
      "half.sources[1]", "has a name that is taken"),
    .sources("old-path", "old[0].path = ri_text(\".a\");", "half.sources[0].path", "expected none"),
    .sources("tensor-path", "old[0].kind = RI_SOURCE_TENSOR;", "half.sources[0].path", "expected a path"),
    .sources("no-file", "old[0].kind = RI_SOURCE_FILE;", "half.sources[0].file", "a checkpoint's path"),
    .sources("file", "old[0].file = ri_text(\"a\");", "half.sources[0].file", "expected none"),
    .sources(
      "parameter", "old[0].kind = RI_SOURCE_TENSOR; old[0].path = ri_text(\"$gone\");",
      "names a parameter that is none",
      "'$gone'"),
    .sources(
      "fill",
      "half.distribution = (ri_status (*)(const ri_fill *, void *, ri_distribution *))half.fill; half.fill = NULL;",
      "'half.sources' are of no distribution", "no fill"),
    .sources(
      "distribution", "half.distribution = (ri_status (*)(const ri_fill *, void *, ri_distribution *))half.fill;",
      "'half.sources' are of no distribution", "a distribution"),
    .initializer("fill-null", "half.fill = NULL;", "'half' has neither fill nor distribution"),
    .initializer(
      "refusal-ignored", "half.version = 0; host->add_initializer(host, &half); half.version = 1;",
      "'half.version' is not a version"),
    .initializer(
      "name-twice", "host->add_initializer(host, &half);", "'half' is registered twice", code: .pluginNameTwice),
    .initializer(
      "name-of-function", "plain.name = half.name; host->add_function(host, &plain);", "'half' is registered twice",
      code: .pluginNameTwice),
  ]

  private static let parameters: [Fault] = [
    .parameter("null", "half.params = NULL;", "null pointer with a count"),
    .parameter("many", "half.n_params = 257;", "has too many elements", "257"),
    .parameter("endless", "half.n_params = (uint64_t)-1;", "has too many elements"),
    .parameter("size-none", "size.struct_size = 0;", "'half.params[0]'", "at least 88"),
    .parameter("size-odd", "size.struct_size = 90;", "found 90"),
    .parameter(
      "second", "static ri_param two[2]; two[0] = size; half.params = two; half.n_params = 2;", "[1]' has a struct_size"
    ),
    .parameter("name-null", "size.name = (ri_str){NULL, 1};", "[0].name' is a null pointer"),
    .parameter("name-none", "size.name.len = 0;", "[0].name' is not a name"),
    .parameter("name-upper", "size.name = ri_text(\"Size\");", "'Size'"),
    .parameter(
      "name-twice", "static ri_param two[2]; two[0] = two[1] = size; half.params = two; half.n_params = 2;",
      "[1]' has a name that is taken", "'size'"),
    .parameter("summary-bytes", "size.summary = ri_text(\"\\x80\");", "[0].summary' is not UTF-8"),
    .parameter("flags-unknown", "size.flags |= 1u << 15;", "[0].flags' has bits"),
    .parameter("type-none", "size.default_value.type = RI_VALUE_NONE;", "is not a type of value", "found 0"),
    .parameter("type-unknown", "size.default_value.type = 7;", "is not a type of value", "found 7"),
    .parameter("range-reversed", "size.min = 3;", "has a range that is none", "3.0 and 2.0"),
    .parameter("range-nan", "size.max = NAN;", "nan"),
    .parameter("range-infinite", "size.max = INFINITY;", "inf"),
    .parameter("default-outside", "size.default_value.u.f64 = 2.5;", "default_value' is not a value", "'2.5'"),
    .parameter("default-at-open-bound", "size.flags |= RI_PARAM_MIN_OPEN; size.default_value.u.f64 = 0;", "'0'"),
    .parameter("default-nan", "size.default_value.u.f64 = NAN;", "NaN"),
  ]

  private static let words: [Fault] = [
    .parameter(
      "int-inexact",
      "size.flags = 0; size.default_value.type = RI_VALUE_INT; size.default_value.u.i64 = (1ll << 53) + 1;",
      "9007199254740993"),
    .parameter("int-outside", "size.default_value.type = RI_VALUE_INT; size.default_value.u.i64 = 3;", "'3'"),
    .parameter(
      "bool-two", "size.flags = 0; size.default_value.type = RI_VALUE_BOOL; size.default_value.u.i64 = 2;", "found 2"),
    .parameter("word-null", word + "size.default_value.u.word = NULL;", "null pointer with a length"),
    .parameter("word-bytes", word + "size.default_value.u.word = \"\\xff\";", "is not UTF-8"),
    .parameter("word-long", word + "size.default_value.count = 1u << 31;", "is too long"),
    .parameter("choices-null", word + "size.n_choices = 1;", "is not a list of words"),
    .parameter("choices-many", word + choices + "size.n_choices = 1025;", "at most 1024"),
    .parameter("choice-missing", word + choices + "size.n_choices = 2;", "'x'", "one of 'a', 'b'"),
    .parameter(
      "choice-null", word + choices + "list[1] = (ri_str){NULL, 9}; size.n_choices = 2;",
      "choices[1]' is a null pointer"),
    .parameter("choices-of-numbers", choices + "size.n_choices = 2;", "choices' is of words"),
    .parameter(
      "list-null",
      "size.default_value.type = RI_VALUE_REALS; size.default_value.count = 2; size.default_value.u.f64s = NULL;",
      "null pointer"),
    .parameter("list-long", "size.default_value.type = RI_VALUE_INTS; size.default_value.count = 4097;", "is too long"),
    .parameter(
      "list-outside",
      "static double reals[] = {1, 7}; size.default_value.type = RI_VALUE_REALS; size.default_value.count = 2; size.default_value.u.f64s = reals;",
      "'7'"),
    .parameter(
      "list-nan",
      "static double reals[] = {NAN}; size.flags = 0; size.default_value.type = RI_VALUE_REALS; size.default_value.count = 1; size.default_value.u.f64s = reals;",
      "NaN"),
  ]
  private static let word = """
    size.flags = 0; size.default_value.type = RI_VALUE_WORD; size.default_value.count = 1; \
    size.default_value.u.word = "x"; 
    """
  private static let choices = """
    static ri_str list[2]; list[0] = ri_text("a"); list[1] = ri_text("b"); size.choices = list; 
    """

  private static let layers: [Fault] =
    ["create", "destroy", "child_count", "child_at", "rebuild"].map {
      .layer($0, "empty.\($0) = NULL;", "'Empty.\($0)' is missing")
    } + [
      .layer("null", "return host->add_layer(host, NULL);", "'ri_layer_type' is a null pointer"),
      .layer("size", "empty.struct_size = 180;", "at least 184"),
      .layer("name", "empty.name = ri_text(\"empty\");", "[A-Z][A-Za-z0-9]*"),
      .layer("flags", "empty.flags = 2;", "'Empty.flags'"),
      .layer("version", "empty.version = 0;", "'Empty.version'"),
      .layer("inputs", "empty.min_inputs = 2;", "'Empty.inputs' is not a range", "2 to 1"),
      .layer("inputs-many", "empty.max_inputs = UINT32_MAX;", "'Empty.inputs'"),
      .layer("outputs-many", "empty.n_outputs = UINT32_MAX;", "'Empty.outputs'"),
      .layer("nested", "empty.min_layers = 1;", "'Empty.layers' is not a range"),
      .layer("params", "empty.params = &size; empty.n_params = 1; size.min = 3;", "'Empty.params[0]'"),
      .entry(
        "layer-twice", "host->add_layer(host, &empty); return host->add_layer(host, &empty);", .pluginNameTwice,
        ["'Empty' is registered twice"], isHarmless: true),
    ]

  private static let rows: [Fault] = [
    .row("of-functions", "empty.create = create;", "'Empty.create' is there, and the layer is described"),
    .row("null", "empty.children = NULL;", "null pointer with a count"),
    .row("none", "empty.n_children = 0;", "'Empty.children' has no rows", "n_children 0"),
    .row("none-at-all", "empty.n_children = 0; empty.children = NULL;", "'Empty.children' has no rows", "found NULL"),
    .row("none-beside-functions", "empty.n_children = 0; empty.create = create;", "'Empty.children' has no rows"),
    .row("size", "rows[0].struct_size = 124;", "'Empty.children[0]'", "at least 128"),
    .row("kind", "rows[0].kind = 3;", "'Empty.children[0].kind' is none", "found 3"),
    .row("role", "rows[0].role = 0;", "'Empty.children[0].role' is none"),
    .row("flags", "rows[0].flags = 2;", "'Empty.children[0].flags'"),
    .row("name", "rows[0].name = ri_text(\"a.b\");", "'Empty.children[0].name' is not a name", "'a.b'"),
    .row("name-twice", "rows[1] = rows[0]; empty.n_children = 2;", "'Empty.children[1].name' is there twice"),
    .row("shape-none", "rows[0].shape = ri_text(\"\");", "is not in brackets"),
    .row("shape-open", "rows[0].shape = ri_text(\"[size\");", "is not in brackets", "'[size'"),
    .row("shape-word", "rows[0].shape = ri_text(\"[sise]\");", "names what is no parameter", "'sise'"),
    .row("shape-sign", "rows[0].shape = ri_text(\"[size *]\");", "cannot be read", "expected at the end"),
    .row(
      "shape-deep",
      "static char a[4000] = \"[\"; memset(a + 1, '(', 3000); strcat(a, \"]\"); rows[0].shape = ri_text(a);",
      "more than 64 levels"),
    .row("shape-of-layer", "rows[0].kind = RI_CHILD_LAYER;", "'Empty.children[0].shape' is of tensors"),
    .row("fresh-open", "rows[0].fresh = ri_text(\"normal(std: {size)\");", "a '{' without '}'"),
    .row("fresh-word", "rows[0].fresh = ri_text(\"normal(std: {width})\");", "names what is no parameter"),
    .row(
      "begins-twice",
      "static ri_distribution one = {sizeof one, RI_DISTRIBUTION_NORMAL, 0, 1, 0, 0}; rows[0].fresh = ri_text(\"ones\"); rows[0].begins = &one;",
      "begins in two ways"),
    .row(
      "begins-of-layer",
      "static ri_distribution one = {sizeof one, RI_DISTRIBUTION_NORMAL, 0, 1, 0, 0}; rows[0].kind = RI_CHILD_LAYER; rows[0].shape.len = 0; rows[0].begins = &one;",
      "begins a layer with one distribution"),
    .nested("alone", "zeros", "'Empty.children[0].fresh' has no 'path: initializer'", "'zeros'"),
    .nested("comma", "weight: zeros,", "has no 'path: initializer'"),
    .nested("nothing", "weight: , bias: ones", "has no initializer behind a path", "'weight: '"),
    .nested("path", "a..b: zeros", "has a path that is none", "'a..b'"),
    .nested("no-path", ": zeros", "has a path that is none"),
    .nested("spaces", "a b: zeros", "has a path that is none", "'a b'"),
    .nested("twice", "weight: zeros, bias: ones, weight: ones", "has a path twice", "'weight'"),
    .nested("open", "weight: constant({size)", "a '{' without '}'"),
    .nested("word", "weight: constant({width})", "names what is no parameter", "'width'"),
    .nested("nowhere", "wieght: zeros", "begins what 'Dense(in: 3, out: 1)' does not have", "weight, bias", "'wieght'"),
    .nested("too-far", "weight.data: zeros", "begins what", "'weight.data'"),
    .row("when", "rows[0].when = ri_text(\"size\");", "'Empty.children[0].when' is not the name of a switch"),
    .row(
      "packed",
      "static ri_packed parts[] = {{RI_S(\"q\"), 1}, {RI_S(\"q\"), 1}}; static ri_geometry g = RI_GEOMETRY_OUT_IN; g.parts = 2; g.packed = parts; rows[0].geometry = &g;",
      "has a name that is none, or is there twice", "'q'"),
  ]

  private static let functions: [Fault] = [
    .function("null", "return host->add_function(host, NULL);", "'ri_function' is a null pointer"),
    .function("code", "plain.function = NULL;", "'plain' has no function"),
    .function("flags", "plain.flags = RI_INITIALIZER_WHOLE;", "'plain.flags'"),
    .function("version", "plain.version = 0;", "'plain.version'"),
    .function("tolerance", "plain.tolerance = INFINITY;", "'plain.tolerance'"),
    .function("arguments", "plain.args = NULL;", code: .functionArguments),
    .function("count", "plain.n_args = (uint64_t)-1;", code: .functionArguments),
  ]
}
