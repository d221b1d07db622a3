import Foundation
import PluginHost
import Reinit
import Testing

/// A plugin with a described layer in which every kind of row is used.
enum Described {
  static let source = Source(
    name: "described",
    text: Piece.plugin(
      "described",
      """
      half.flags = 1u << 20;
      self->extension = extension;
      static ri_param params[] = {RI_INT_PARAM_REQUIRED("in", 1, "inputs"), RI_INT_PARAM("groups", 1, 1, "groups"),
        RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
        {RI_PARAM_HEAD(0, "kernel", "taps"), .default_value = {RI_VALUE_INTS, 2, {.i64s = taps}}}};
      ri_layer_type net = {.struct_size = sizeof net, .name = RI_S("Net"), .summary = RI_S("rows"), .version = 1,
        .min_inputs = 1, .max_inputs = 1, .n_outputs = 1, .max_layers = 1, .params = params, .n_params = 4,
        .children = rows, .n_children = 6, .forward = run, .infer = run};
      static ri_param list[] = {
        {RI_PARAM_HEAD(0, "sizes", "of any length"), .default_value = {RI_VALUE_REALS, 1, {.f64s = &one}}}};
      ri_layer_type sized = {.struct_size = sizeof sized, .name = RI_S("Sized"), .summary = RI_S("a list"), .version = 1,
        .params = list, .n_params = 1, .children = sized_rows, .n_children = 1};
      return host->add_initializer(host, &half) | host->add_layer(host, &net) | host->add_layer(host, &sized);
      """,
      before: """
        static const int64_t taps[] = {3, 5};
        static const double one = 1;
        static const ri_geometry map = RI_GEOMETRY_OUT_IN;
        static const ri_distribution narrow = {sizeof narrow, RI_DISTRIBUTION_UNIFORM, 0, 0, -0.25, 0.25};
        #define ROW(kind_, role_, name_) .struct_size = sizeof(ri_child_row), .kind = kind_, .role = role_, .name = RI_S(name_)
        static const ri_child_row rows[] = {
          {ROW(RI_CHILD_TENSOR, RI_ROLE_WEIGHT, "weight"), .shape = RI_S("[2 * in, in / groups, kernel]"),
           .fresh = RI_S("uniform(low: {-1 / sqrt(in)}, high: {1 / sqrt(in)})"), .geometry = &map, .groups = RI_S("groups")},
          {ROW(RI_CHILD_TENSOR, RI_ROLE_BIAS, "bias"), .shape = RI_S("[2 * in]"), .when = RI_S("bias")},
          {ROW(RI_CHILD_TENSOR, RI_ROLE_OTHER, "decay"), .shape = RI_S("[]"), .begins = &narrow},
          {ROW(RI_CHILD_TENSOR, RI_ROLE_BUFFER, "count"), .shape = RI_S("[ 1 ]"), .fresh = RI_S("zeros"), .flags = RI_CHILD_FROZEN},
          {ROW(RI_CHILD_LAYER, 0, "out"), .layer = RI_S("Dense(in: {2 * in}, out: {in}, bias: {bias})")},
          {ROW(RI_CHILD_LAYER, 0, "more")}};
        static const ri_child_row sized_rows[] = {{ROW(RI_CHILD_TENSOR, RI_ROLE_BIAS, "bias"), .shape = RI_S("[sizes]")}};
        static ri_status run(const void *user, const ri_forward *pass) {
          if (pass->n_children != 6 || pass->n_params != 4) return RI_INTERNAL;
          if (pass->params[3].count != 2 || pass->params[3].u.i64s[1] != 5) return RI_INTERNAL;
          if (!pass->children[0].tensor || !pass->children[4].layer) return RI_INTERNAL;
          return pass->host->set_output(pass->call, 0, pass->inputs[0]);
        }
        static const int answer = 42;
        static const void *extension(ri_str name, uint32_t version) {
          return version == 1 && name.len == 6 && !memcmp(name.ptr, "answer", 6) ? &answer : NULL;
        }

        """))
}

@Suite("Described layers", .serialized) struct DescribedTests {
  private func withCatalog(_ body: (PluginCatalog) throws -> Void) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("described"), "plugin.so")
    let catalog = try Stage.catalog(folder, scanner: nil)
    #expect(catalog.refused.isEmpty)
    try body(catalog)
    #expect(catalog.handles == .none, "something is still held")
  }

  private func shapes(_ node: any Node) throws -> [String] {
    try node.leaves().map { "\($0.path) \($0.role.map { "\($0)" } ?? "-") \($0.tensor.shape)" }
  }

  @Test("Children follow from the parameters: shapes, switches, nested layers, roles")
  func children() throws {
    try withCatalog { catalog in
      let grouped = try shapes(try catalog.layer("Net(in: 6, groups: 3)"))
      #expect(
        grouped == [
          "weight weight [12, 2, 3, 5]", "bias bias [12]", "decay other []", "count buffer [1]",
          "out.weight weight [6, 12]",
          "out.bias bias [6]",
        ])
      let plain = try shapes(try catalog.layer("Net(in: 2, bias: false, kernel: [])"))
      #expect(
        plain == [
          "weight weight [4, 2]", "decay other []", "count buffer [1]", "out.weight weight [2, 4]",
        ])
    }
  }

  @Test(
    "What no row can be made of is an error that says why",
    arguments: [
      ("Net(in: 5, groups: 2)", "'in / groups' is 2.5, and no size"),
      ("Net(in: 6, groups: 4)", "'in / groups' is 1.5"),
      ("Net(in: 6, kernel: [-1, 3])", "'kernel' is -1.0, and no size"),
      ("Sized(sizes: [1e30, 3])", "'sizes' is 1e+30, and no size"),
      ("Sized(sizes: [9223372036854775808])", "'sizes' is 9.223372036854776e+18, and no size"),
      ("Sized(sizes: [2.5])", "'sizes' is 2.5, and no size"),
      ("Sized(sizes: [1e18, 1e18])", "gives 'bias' no shape"),
    ])
  func impossible(text: String, says: String) throws {
    try withCatalog { catalog in
      let error = #expect(throws: Diagnostic.self) { try catalog.layer(text) }
      #expect(error?.code == .pluginChildren && error?.message.contains(says) == true, "\(error.map { "\($0)" } ?? "")")
    }
  }

  @Test("Each child begins as its row says, drawn within the bounds that follow from the parameters")
  func fresh() throws {
    try withCatalog { catalog in
      var net = try catalog.layer("Net(in: 16)")
      try net.reinitialize(seed: 3) { try Rule(RuleText(.fill("**=default")), registry: catalog.initializers) }
      let values = Dictionary(uniqueKeysWithValues: try net.leaves().map { ("\($0.path)", $0.tensor.elements) })
      let weight = try #require(values["weight"])
      #expect(weight.allSatisfy { -0.25 <= $0 && $0 < 0.25 } && weight.contains { abs($0) > 0.2 })
      #expect(values["bias"]?.allSatisfy { $0 == 0 } == true)
      #expect(values["decay"].map { abs($0[0]) < 0.25 && $0[0] != 0 } == true)
    }
  }

  @Test("Schemes leave 'other' alone; its role and its name reach it")
  func other() throws {
    try withCatalog { catalog in
      let net = try catalog.layer("Net(in: 2)")
      func reached(_ rule: String) throws -> [String] {
        var copy = net
        let receipt = try copy.reinitialize(seed: 1) { try Rule(RuleText(.fill(rule)), registry: catalog.initializers) }
        return receipt.entries.map(\.entry.name)
      }
      let found = [try reached("Net=ones"), try reached("@other=ones"), try reached("decay=ones")]
      #expect(found == [["weight", "out.weight"], ["decay"], ["decay"]])
    }
  }

  @Test("Rebuilding keeps what it is given, follows switches, and refuses what does not fit")
  func rebuilding() throws {
    try withCatalog { catalog in
      let net = try catalog.layer("Net(in: 2)")
      let parts = net.children.map(\.node)
      let same = try net.rebuilt(from: parts)
      let (before, after) = (try net.leaves(), try same.leaves())
      #expect(zip(before, after).allSatisfy { $0.tensor.isSameValue(as: $1.tensor) })
      var without = parts
      without[1] = Absent()
      let rebuilt = "\(try net.rebuilt(from: without))"
      #expect(rebuilt.contains("bias: false"))
      var wrong = parts
      wrong[0] = Tensor(zeros: [1, 2])
      var error = #expect(throws: Diagnostic.self) { try net.rebuilt(from: wrong) }
      #expect(error?.code == .rebuildMismatch && error?.expected == "[4, 2, 3, 5]" && error?.found == "[1, 2]")
      wrong = parts
      wrong[0] = Absent()
      error = #expect(throws: Diagnostic.self) { try net.rebuilt(from: wrong) }
      #expect(error?.code == .rebuildMismatch && error?.message.contains("is missing") == true)
      wrong = parts
      wrong[4] = parts[0]
      error = #expect(throws: Diagnostic.self) { try net.rebuilt(from: wrong) }
      #expect(error?.code == .rebuildMismatch && error?.expected == "a layer")
    }
  }

  @Test("A pass has the children and the parameters; a plugin's extension is asked for by name and exact version")
  func pass() throws {
    try withCatalog { catalog in
      let net = try #require(try catalog.layer("Net(in: 2)") as? PluginLayer)
      let input = Tensor([1, 2])
      let output = try net.forward([input], in: .standard)[0]
      #expect(output.isSameValue(as: input))
      let plugin = try #require(catalog.plugins.first)
      let loaded = try plugin.loaded()
      let answer = try loaded.extension("answer", version: 1)?.load(as: Int32.self)
      let others = [try loaded.extension("answer", version: 2), try loaded.extension("question", version: 1)]
      #expect(answer == 42 && others == [nil, nil])
    }
  }
}
