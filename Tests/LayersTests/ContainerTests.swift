import Diagnostics
import Functors
import Initializers
import Layers
import Tensors
import TestSupport
import Testing

private func residualBlock() throws -> Parallel {
  try Parallel(
    .add,
    [
      "": try Chain([
        "conv1": Conv(in: 4, out: 8, kernel: [3, 3], padding: [1, 1], bias: false), "bn1": BatchNorm(8),
        "relu": Activation(.relu),
      ]),
      "downsample": Chain(Conv(in: 4, out: 8, kernel: [1, 1], bias: false), BatchNorm(8)),
    ])
}

@Test("Children without a name lend the names of their own children")
func unnamedChildrenLend() throws {
  let model = try Chain(["layer1": Chain(try residualBlock()), "fc": Dense(in: 8, out: 3)])
  let paths = try flatten(model).filter { $0.role != .buffer }.map(\.path)
  #expect(
    paths == [
      "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias", "layer1.0.downsample.0.weight",
      "layer1.0.downsample.1.weight", "layer1.0.downsample.1.bias", "fc.weight", "fc.bias",
    ])
}

@Test(
  "Two children that lend one name, or have it, are refused at construction",
  arguments: [
    ["": LayerNorm([4]), "weight": Parameter([4])], ["a": PassThrough(), "a": PassThrough()],
    ["": Dense(in: 1, out: 1), "": Dense(in: 1, out: 1)], ["0": PassThrough(), 0: PassThrough()],
  ] as [KeyValuePairs<PathKey, any Node>])
func lentTwice(_ layers: KeyValuePairs<PathKey, any Node>) {
  #expect(code { _ = try Chain(layers) } == .lentNameTwice)
  #expect(code { _ = try Parallel(.add, layers) } == .lentNameTwice)
  #expect(code { _ = try SkipConnection(.add, layers) } == .lentNameTwice)
}

private func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? Diagnostic)?.code }
  return nil
}

@Test("A model prints as the code that makes it, with counts of trainable parameters")
func modelsPrintAsCode() throws {
  let model = try Chain(["block": try residualBlock(), "scale": LayerScale([8], value: 0.1)])
  #expect(
    model.description == """
      Chain([
        "block": Parallel(.add, [
          "": Chain([
            "conv1": Conv(in: 4, out: 8, kernel: [3, 3], padding: [1, 1], bias: false),  // 288 parameters
            "bn1": BatchNorm(8),  // 16 parameters
            "relu": Activation(.relu),
          ]),  // 304 parameters
          "downsample": Chain([
            "0": Conv(in: 4, out: 8, kernel: [1, 1], bias: false),  // 32 parameters
            "1": BatchNorm(8),  // 16 parameters
          ]),  // 48 parameters
        ]),  // 352 parameters
        "scale": LayerScale([8], value: 0.1),  // 8 parameters
      ])  // 360 parameters
      """)
}

@Test("A layer made of layers prints as one line")
func layersOfLayersPrintAsOneLine() {
  #expect(MultiHeadAttention(8, heads: 2).description == "MultiHeadAttention(8, heads: 2)  // 288 parameters")
  #expect(LayerNorm([1000, 2]).description == "LayerNorm([1000, 2])  // 4,000 parameters")
}

/// Chains within chains, every third one under a number, the others alternately named and unnamed.
private func deep(_ levels: Int) throws -> Chain {
  var chain = Chain(Dense(in: 2, out: 2, bias: false))
  for level in 0..<levels {
    switch level % 3 {
    case 0: chain = Chain(chain)
    case 1: chain = try Chain(["inner": chain])
    default: chain = try Chain(["": chain])
    }
  }
  return chain
}

@Test("100,000 nested chains are built, walked, mapped, printed and destroyed")
func deepNesting() async throws {
  let levels = 100_000
  let counts = try await Task.detached {
    let model = try deep(levels)
    let doubled = try model.map { Tensor(repeating: 2, shape: $0.shape) }
    let leaf = try flatten(doubled)
    let lines = doubled.listing.split(separator: "\n")
    return [
      leaf.count, leaf.first?.path.split(separator: ".").count ?? 0, lines.count, try model.collect().count,
    ]
  }.value
  // Two of three levels have names, the innermost chain's child has one, and so has its weight.
  let named = levels - levels / 3 + 2
  #expect(counts == [1, named, 2 * (levels + 1) + 1, levels + 3])
}

@Test("A container's children can be replaced, and are checked again")
func rebuildingChecksNames() throws {
  let model = try Chain(["": LayerNorm([4]), "x": PassThrough()])
  let wider = try model.edit(PassThrough.self) { _, _ in }
  #expect(try flatten(wider).map(\.path) == ["weight", "bias"])
  #expect(model["x"] is PassThrough)
  let clash = try Chain(["": Chain(PassThrough()), "weight": Parameter([4])])
  #expect(
    code {
      _ = try clash.mapNodes(
        deciding: { $0.depth == 1 && $0.key.isUnnamed ? .stop : .descend },
        replacing: { visit in visit.node is Tensor ? visit.node : LayerNorm([4]) })
    } == .lentNameTwice)
}
