import Reinit
import Testing

/// Values that depend on where a parameter is.
private struct ByPlace: Initializer {
  let descriptor = InitializerDescriptor("by_place", summary: "", formula: "", reference: "")
  let arguments: [InitializerArgument] = []
  func draw(for context: ParameterContext) -> Draw {
    .constant(context.name.hasPrefix("first") ? 1 : Double(10 + (context.block?.index ?? 0)))
  }
}

/// A layer that says how its parameter begins.
private struct Begun: Layer {
  var offset = Tensor(lazy: [2])
  let value: Double
  static let fields = FieldList(biases: \Self.offset)
  func fresh(_ field: String) -> (any Initializer)? { .constant(value) }
}

@Suite("Numbers are resolved once for parameters that are alike, and only for those")
struct AlikeTests {
  private var scale: Scale { Scale([2], bias: false) }

  @Test("An initializer that asks for name or block is asked for each parameter")
  func places() throws {
    var model = try Chain(["first": scale, "blocks": Chain(scale, scale, scale)])
    try model.reinitialize(seed: 1) { Fill("@scale", with: ByPlace()) }
    #expect(try model.leaves().map { $0.tensor.elements[0] } == [1, 10, 11, 12])
  }

  @Test("Beginnings that are equal but not the same bits stay apart")
  func zeros() throws {
    var model = Chain(Begun(value: 0), Begun(value: -0.0), Begun(value: 2))
    try model.reinitialize(with: .default, seed: 1)
    #expect(try model.leaves().map { $0.tensor.floats[0].bitPattern } == [0, 0x8000_0000, 0x4000_0000])
  }

  @Test("A branch by itself, under its prefix, tells initializers its whole path")
  func prefixes() throws {
    var branch = Chain(scale)
    try branch.reinitialize(seed: 1, under: "first") { Fill("@scale", with: ByPlace()) }
    #expect(try branch.leaves()[0].tensor.elements[0] == 1)
  }
}
