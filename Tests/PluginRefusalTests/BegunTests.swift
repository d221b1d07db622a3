import Foundation
import PluginHost
import Reinit
import Testing

/// A plugin whose layers say how the layers nested in them begin: from a table, as instances, and around each other.
enum Begun {
  static let source = Source(
    name: "begun",
    text: Piece.plugin(
      "begun",
      """
      static ri_param block[] = {RI_INT_PARAM_REQUIRED("in", 1, "inputs"), RI_BOOL_PARAM("bias", 1, "a bias"),
        RI_BOOL_PARAM("normed", 1, "a norm"), RI_REAL_PARAM("start", 0.5, "of the bias")};
      static ri_param word[] = {RI_INT_PARAM_REQUIRED("table", 0, "which table")};
      ri_layer_type types[] = {
        {TYPE("Block"), .max_layers = 1, .params = block, .n_params = 4, .children = rows, .n_children = 3},
        {TYPE("Outer"), .params = block, .n_params = 1, .children = outer, .n_children = 2},
        {TYPE("Lost"), .params = block, .n_params = 1, .children = lost, .n_children = 1},
        {TYPE("Speaker"), .params = word, .n_params = 1, .create = make, .destroy = end, .child_count = count,
         .child_at = tell, .rebuild = again}};
      for (int i = 0; i < 4; i++) if (host->add_layer(host, &types[i])) return RI_ABI;
      reinit = host;
      """,
      before: """
        #define TYPE(name_) .struct_size = sizeof(ri_layer_type), .name = RI_S(name_), .summary = RI_S("a layer"), .version = 1, \\
          .min_inputs = 1, .max_inputs = 1, .n_outputs = 1
        #define LAYER(name_, text_, table_) {.struct_size = sizeof(ri_child_row), .kind = RI_CHILD_LAYER, .name = RI_S(name_), \\
          .layer = RI_S(text_), .fresh = RI_S(table_)
        static const ri_host *reinit;
        static const ri_child_row rows[] = {
          LAYER("fc", "Dense(in: {in}, out: {in}, bias: {bias})", "weight: zeros,bias : constant({start})")},
          LAYER("norm", "LayerNorm([{in}])", "weight: uniform(low: 3, high: 4)"), .when = RI_S("normed")},
          LAYER("more", "", "weight: constant(7)")}};
        static const ri_child_row outer[] = {
          LAYER("first", "org.example.begun/Block(in: {in})", "fc.weight: constant(2), norm.bias: normal(mean: -3, std: 0)")},
          LAYER("", "org.example.begun/Block(in: {in})", "norm.weight: default")}};
        static const ri_child_row lost[] = {LAYER("inner", "org.example.begun/Block(in: {in})", "fc.wait: ones")}};

        /* Holds one Dense, and says of it what the parameter chooses. */
        static const ri_str tables[] = {RI_S("weight: constant(4)"), RI_S("bias: nonsense"), RI_S("gain: ones"), RI_S("ones")};
        typedef struct { ri_layer *inner; int64_t table; } speaker;
        static ri_status hold(ri_layer *inner, int64_t table, void **self) {
          speaker *new = malloc(sizeof *new);
          *new = (speaker){inner, table};
          *self = new;
          return RI_OK;
        }
        static ri_status make(const ri_build *b, void *user, void **self) {
          ri_layer *inner;
          ri_status s = b->host->layer_new(b->call, ri_text("Dense(in: 2, out: 2)"), NULL, 0, &inner);
          return s ? s : hold(inner, b->params[0].u.i64, self);
        }
        static void end(void *self) { reinit->layer_release(((speaker *)self)->inner); free(self); }
        static uint64_t count(const void *self) { return 1; }
        static ri_status tell(const void *self, uint64_t index, ri_child *out) {
          static const ri_distribution one = {sizeof one, RI_DISTRIBUTION_CONSTANT, 1, 0, 0, 0};
          const speaker *s = self;
          *out = (ri_child){.struct_size = out->struct_size, .kind = RI_CHILD_LAYER, .name = RI_S("inner"), .layer = s->inner};
          if (s->table < 4) out->fresh = tables[s->table]; else out->begins = &one;
          return RI_OK;
        }
        static ri_status again(const void *self, const ri_rebuild *r, void **out) {
          if (!r->parts[0].layer) return RI_INVALID;
          reinit->layer_retain(r->parts[0].layer);
          return hold(r->parts[0].layer, ((const speaker *)self)->table, out);
        }

        """))
}

@Suite("How the layers nested in a plugin's begin", .serialized) struct BegunTests {
  private func withCatalog(_ body: (PluginCatalog) throws -> Void) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("begun"), "plugin.so")
    let catalog = try Stage.catalog(folder, scanner: nil)
    #expect(catalog.refused.isEmpty, "\(catalog.refused.map { "\($0.reason)" })")
    try body(catalog)
    #expect(catalog.handles == .none, "something is still held")
  }

  /// Each parameter's smallest and largest value as it begins.
  private func begun(_ layer: some Node) throws -> [String: ClosedRange<Double>] {
    let filled = try AnyNode(layer).reinitialized(with: .default, seed: 3)
    return Dictionary(
      uniqueKeysWithValues: try filled.leaves().map {
        ("\($0.path)", ($0.tensor.elements.min() ?? 0)...($0.tensor.elements.max() ?? 0))
      })
  }

  @Test("A described layer's table is filled in with the parameters; what it does not name begins by itself")
  func rows() throws {
    try withCatalog { catalog in
      let values = try begun(catalog.layer("Block(in: 4, start: 0.25)", children: [Dense(in: 2, out: 3)]))
      #expect(values["fc.weight"] == 0...0 && values["fc.bias"] == 0.25...0.25 && values["norm.bias"] == 0...0)
      #expect(values["more.weight"] == 7...7 && values["more.bias"].map { $0.lowerBound < $0.upperBound } == true)
      let norm = try #require(values["norm.weight"])
      #expect(norm.lowerBound >= 3 && norm.upperBound < 4 && norm.lowerBound < norm.upperBound)
      // What is absent needs no beginning.
      #expect(try begun(catalog.layer("Block(in: 4, bias: false, normed: false)")) == ["fc.weight": 0...0])
    }
  }

  @Test("Of plugins' layers around each other, and of Swift's, the outermost has the word; 'default' gives it back")
  func nesting() throws {
    try withCatalog { catalog in
      let outer = try catalog.layer("Outer(in: 4)")
      let values = try begun(outer)
      #expect(values["first.fc.weight"] == 2...2 && values["first.fc.bias"] == 0.5...0.5)
      #expect(values["first.norm.bias"] == -3 ... -3 && values["first.norm.weight"].map { $0.lowerBound >= 3 } == true)
      #expect(values["fc.weight"] == 0...0 && values["norm.weight"] == 1...1)
      struct Net: Layer {
        var body: AnyNode
        static let fields = FieldList(\Self.body)
        var nestedBeginnings: [TreePath: any Initializer] { ["body.first.fc.weight": Constant(11)] }
      }
      #expect(try begun(Net(body: AnyNode(outer)))["body.first.fc.weight"] == 11...11)
    }
  }

  @Test(
    "An instance says the same of its children; layers that take their place begin by themselves where none is meant")
  func instances() throws {
    try withCatalog { catalog in
      let speaker = try catalog.layer("Speaker(table: 0)")
      #expect(try begun(speaker)["inner.weight"] == 4...4)
      let same = try speaker.map { $0 }
      #expect(try begun(same)["inner.weight"] == 4...4)
      let other = try speaker.rebuilt(from: [LayerNorm([2], affine: false)])
      #expect(try begun(other).isEmpty)
      let block = try catalog.layer("Block(in: 2)")
      let replaced = try block.rebuilt(from: [PassThrough(), block.children[1].node, Absent()])
      #expect(try begun(replaced).keys.sorted() == ["norm.bias", "norm.weight"])
    }
  }

  @Test(
    "What leads nowhere, and what is no initializer, is refused when the layer is made, with what there is",
    arguments: [
      ("Lost(in: 4)", "begins what 'inner' does not have", "fc.weight, fc.bias, norm.weight, norm.bias", "'fc.wait'"),
      ("Speaker(table: 2)", "begins what 'inner' does not have", "weight, bias", "'gain'"),
      ("Speaker(table: 1)", "begins 'bias' of 'inner' with what is no initializer", nil, "'nonsense'"),
      ("Speaker(table: 3)", "has a table for 'inner' that has no 'path: initializer'", nil, "'ones'"),
      ("Speaker(table: 4)", "with one distribution", nil, "begins"),
    ] as [(String, String, String?, String)])
  func refused(_ text: String, _ says: String, _ expected: String?, _ found: String) throws {
    try withCatalog { catalog in
      let error = #expect(throws: Diagnostic.self) { try catalog.layer(text) }
      #expect(error?.code == .pluginChildren && error?.message.contains(says) == true, "\(error.map { "\($0)" } ?? "")")
      #expect(error?.found == found && (expected == nil || error?.expected == expected))
    }
  }

  @Test("What a user nests is held to the table too")
  func nested() throws {
    try withCatalog { catalog in
      let error = #expect(throws: Diagnostic.self) { try catalog.layer("Block(in: 2)", children: [PassThrough()]) }
      #expect(error?.code == .pluginChildren && error?.expected == "none: it has no parameters")
    }
  }
}
