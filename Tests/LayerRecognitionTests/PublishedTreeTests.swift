import Checkpoints
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Tensors
import TestSupport
import Testing

private let models = [
  "resnet18", "densenet121", "inception_v3", "convnext_tiny", "vit_b_16", "mobilenet_v3_large", "minilm",
]

@Test("Every tensor of a published model gets the role and the layer it has there", arguments: models)
func rolesAndLayers(_ model: String) throws {
  let found = try inferred(tree(model)).map { "\($0.path)\t\($0.role.rawValue)\t\($0.owner)" }
  let expected = expectedLines(model)
  #expect(found.count == expected.count && !expected.isEmpty)
  #expect(zip(found, expected).first { $0 != $1 } == nil)
}

/// Layers by kind, from the architectures' papers and torchvision's sources; containers and scales left out.
private let counts: [(model: String, counts: [String: Int])] = [
  ("resnet18", ["Conv": 20, "BatchNorm": 20, "Dense": 1]),
  ("densenet121", ["Conv": 120, "BatchNorm": 121, "Dense": 1]),
  ("inception_v3", ["Conv": 94, "BatchNorm": 94, "Dense": 1]),
  ("convnext_tiny", ["Conv": 22, "LayerNorm": 23, "Scale": 23, "Dense": 37, "LayerScale": 18]),
  (
    "vit_b_16",
    ["Conv": 1, "LayerNorm": 25, "Scale": 25, "Dense": 37, "MultiHeadAttention": 12, "Parameter": 2]
  ),
  ("mobilenet_v3_large", ["Conv": 62, "BatchNorm": 46, "Dense": 2]),
  ("minilm", ["Dense": 37, "Embedding": 3, "LayerNorm": 13, "Scale": 13, "Parameter": 1]),
]

@Test("A published model has as many layers of each kind as it has there", arguments: counts.indices)
func layerCounts(_ index: Int) throws {
  let root = try InferredTree.infer(try tree(counts[index].model)).root
  #expect(try kinds(in: root) == counts[index].counts, "\(counts[index].model)")
}

private func kinds(in root: some Node) throws -> [String: Int] {
  var counts: [String: Int] = [:]
  try root.forEach { visit in
    if let layer = visit.node as? any Layer { counts[layer.kind.name, default: 0] += 1 }
    return .descend
  }
  return counts
}

@Test("Depthwise convolutions of a published model have a fan-in of their taps alone")
func depthwiseFans() throws {
  let mobile = try inferred(tree("mobilenet_v3_large")).filter {
    $0.tensor.shape.rank == 4 && $0.tensor.shape[1] == 1
  }
  #expect(mobile.count == 15)
  #expect(mobile.allSatisfy { $0.fans == "9/9" || $0.fans == "25/25" })
  let convnext = try inferred(tree("convnext_tiny")).filter { $0.path.hasSuffix("block.0.weight") }
  #expect(convnext.map(\.fans) == Array(repeating: "49/49", count: 18))
}

/// One look at every pair of so many would take hours, one at each takes seconds.
@Test(
  "A tree of half a million siblings is inferred",
  arguments: ["t#", "experts.#.weight", "r.weight_hh_l#"])
func manySiblings(_ pattern: String) throws {
  let count = 500_000
  let parts = pattern.split(separator: "#", omittingEmptySubsequences: false)
  let list = (0..<count).map { NamedTensor("\(parts[0])\($0)\(parts[1])", Tensor(lazy: [16, 4])) }
  #expect(try flatten(InferredTree.infer(list).root).count == count)
}
