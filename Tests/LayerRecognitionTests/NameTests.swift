import Checkpoints
import Diagnostics
import Functors
import LayerRecognition
import Tensors
import TestSupport
import Testing

private func paths(_ names: [String], _ options: RecognitionOptions = RecognitionOptions()) throws -> [String] {
  try inferred(names.map { NamedTensor($0, Tensor(lazy: [2, 3])) }, options).map(\.path)
}

@Test("The path of every tensor is its name, byte for byte, however odd the name is")
func hostileNames() throws {
  let long = Array(repeating: "x", count: 10_000).joined(separator: ".")
  let names = [
    "", ".", "..", "...", "a", "a.", "a..", ".a", "..a", "a..b", "a.b", "a.b.", "a...b", "a.0", "a.00",
    "a.-1",
    "a.99999999999999999999", "weight", "bias", "weight.weight", "weight.weight.weight", "bias.weight",
    "\u{e9}.w",
    "e\u{301}.w", "x.\u{301}weight", "\u{0}.\u{1F3F3}\u{FE0F}.weight", "a b.\"c\".weight", long,
    long + ".weight",
    "running_mean", "qweight", "weight_hh_l0", "in_proj_weight", "gamma", "kernel", "embedding", "scale",
  ]
  let found = try paths(names)
  #expect(found.map { Array($0.utf8) }.sorted(by: before) == names.map { Array($0.utf8) }.sorted(by: before))
}

private func before(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }

@Test("Shapes of all ranks under all names that mean something never trap, empty ones included")
func hostileShapes() throws {
  let fields = [
    "weight", "kernel", "embedding", "scale", "gamma", "bias", "running_mean", "in_proj_weight",
    "weight_hh_l0",
    "q_proj_weight", "qweight", "mean",
  ]
  let owners = [
    "c_attn", "conv_transpose", "bilinear", "query", "out", "embed", "norm", "qkv", "kv", "prelu", "bn",
  ]
  let sizes = [
    [], [0], [7], [0, 4], [6, 2], [2, 6], [1, 1, 1], [0, 1 << 40, 1 << 40], [3, 0, 2], [2, 3, 4, 5],
  ]
  let wide = sizes + [[1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1 << 58], [1 << 29, 1 << 29]]
  for layout in WeightLayout.allCases {
    for shape in wide {
      let list = owners.flatMap { owner in
        fields.map { NamedTensor("\(owner).\($0)", Tensor(lazy: Shape(shape), dtype: .i8)) }
          + fields.map { NamedTensor("\(owner)2.\($0)", Tensor(lazy: Shape(shape), dtype: .f16)) }
          + fields.map { NamedTensor("\(owner)_\($0).\($0)", Tensor(lazy: Shape(shape), dtype: .f16)) }
      }
      let root = try InferredTree.infer(list, options: RecognitionOptions(layout: layout)).root
      #expect(root.children.count == 154)
    }
  }
}

@Test("A name that is also a prefix of others keeps its leaf")
func prefixIsLeaf() throws {
  #expect(
    try paths(["a", "a.b", "a.weight", "c.weight.d", "c.weight"]) == [
      "a", "a.b", "a.weight", "c.weight", "c.weight.d",
    ])
  let quantized = try lines(["fc.weight": [8, 4], "fc.weight.absmax": [2], "fc.bias": [8]])
  #expect(quantized.map { $0.split(separator: " ")[0] } == ["fc.weight", "fc.weight.absmax", "fc.bias"])
}

@Test("Numbers in names are positions, and names are in the file's order")
func orderAndPositions() throws {
  let root = try InferredTree.infer(tensors(["b.10.w": [1], "b.9.w": [1], "a.w": [1], "b.x.w": [1]])).root
  #expect(root.children.map(\.key) == ["b", "a"])
  #expect(root.children.first?.node.children.map(\.key) == [10, 9, "x"])
}

@Test("Prefixes are stripped from the tree's names and found again for the file's")
func strippedPrefixes() throws {
  let options = RecognitionOptions(strippedPrefixes: ["module.", "_orig_mod."])
  let names = ["module._orig_mod.fc.weight", "module.bn.weight", "head.weight", "module."]
  let tree = try InferredTree.infer(names.map { NamedTensor($0, Tensor(lazy: [2, 3])) }, options: options)
  let found = try paths(names, options)
  #expect(found == ["fc.weight", "bn.weight", "head.weight", "module."])
  #expect(found.map(tree.fileName) == names)
}

@Test("Wrappers are taken out of the middle of names")
func strippedWrappers() throws {
  let options = RecognitionOptions(strippedPrefixes: ["module.", "._orig_mod", "._fsdp_wrapped_module."])
  let names = [
    "module._orig_mod.layers.0._orig_mod.fc.weight", "layers.1._fsdp_wrapped_module.fc.weight", "layers.my_orig_mod.w",
    "_orig_mod",
  ]
  let tree = try InferredTree.infer(names.map { NamedTensor($0, Tensor(lazy: [2, 3])) }, options: options)
  let found = try paths(names, options)
  #expect(found == ["layers.0.fc.weight", "layers.1.fc.weight", "layers.my_orig_mod.w", "_orig_mod"])
  #expect(found.map(tree.fileName) == names)
}

@Test("Two names that are one without their prefix are an error that names both")
func strippedNamesCollide() throws {
  let options = RecognitionOptions(strippedPrefixes: ["module."])
  let list = tensors(["module.fc.weight": [2, 2], "fc.weight": [2, 2]])
  let error = #expect(throws: Diagnostic.self) { try InferredTree.infer(list, options: options) }
  #expect(error?.found == "'module.fc.weight' and 'fc.weight'")
}
