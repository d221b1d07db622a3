import Foundation
import PluginHost
import Reinit
import Testing

/// A plugin that makes NaN and infinities, as tables and as plain functions: with the flag that says so, and without.
enum NonFinite {
  static let source = Source(
    name: "non-finite",
    text: Piece.plugin(
      "non-finite",
      """
      ri_initializer meant = half, slipped = half;
      meant.name = ri_text("meant"), meant.fill = slipped.fill = strange, meant.flags = RI_INITIALIZER_NON_FINITE;
      slipped.name = ri_text("slipped");
      ri_function said = plain, unsaid = plain;
      said.name = ri_text("said"), said.function = unsaid.function = (void (*)(void))odd, said.flags = RI_INITIALIZER_NON_FINITE;
      unsaid.name = ri_text("unsaid");
      return host->add_initializer(host, &meant) | host->add_initializer(host, &slipped)
        | host->add_function(host, &said) | host->add_function(host, &unsaid);
      """,
      before: """
        static float odd(int64_t i) { return i == 5 ? NAN : i == 7 ? -INFINITY : 0.5f; }
        static ri_status strange(const ri_fill *range, void *user) {
          for (uint64_t i = 0; i < range->count; i++) ((float *)range->out)[i] = odd((int64_t)(range->offset + i));
          return RI_OK;
        }

        """))
}

@Suite("Elements that are infinite or NaN", .serialized) struct NonFiniteTests {
  private func fill(_ name: String, _ dtype: DType) throws -> [Double] {
    let folder = try Folder()
    try folder.copy(Stage.file("non-finite"), "plugin.so")
    let catalog = try Stage.catalog(folder, scanner: nil)
    var model = ["a": Tensor(zeros: [3, 4], dtype: dtype)]
    let rule = try Rule(RuleText(.fill("a=\(name)")), registry: catalog.initializers)
    try model.reinitialize(seed: 1) { rule }
    return model["a"]?.elements ?? []
  }

  @Test("With the flag they are kept, in every type that has them", arguments: ["meant", "said"])
  func kept(_ name: String) throws {
    for dtype in [DType.f32, .f64, .f16, .bf16, .f8e5m2] {
      let values = try fill(name, dtype)
      #expect(values.count == 12 && values[5].isNaN && values[7] == -.infinity && values[0] == 0.5, "\(dtype)")
    }
  }

  @Test("Without it the first one is an error that names it, and nothing is changed", arguments: ["slipped", "unsaid"])
  func refused(_ name: String) throws {
    for dtype in [DType.f32, .f16] {
      let error = #expect(throws: Diagnostic.self) { try fill(name, dtype) }
      #expect(error?.code == .pluginCallFailed && error?.found == "element 5: nan", "\(error.map { "\($0)" } ?? "")")
      #expect(error?.place?.contains("tensor 'a'") == true)
    }
  }
}
