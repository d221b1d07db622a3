import Foundation
import JSONText
import Reinit
import Testing

/// Names and shapes as torchvision writes them.
private enum Reference {
  static let stateDicts: JSONValue = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/torchvision-state-dicts.json")
    return (try? JSONValue(parsing: String(contentsOf: url, encoding: .utf8))) ?? .null
  }()

  static let names = [
    "alexnet", "densenet121", "densenet201", "resnet18", "resnet50", "resnet152", "resnext101_32x8d", "squeezenet1_0",
    "vgg11", "vgg16",
  ]
  static let all = ModelDescriptor.all.map(\.name)
}

/// Names, order and shapes of torchvision's state dicts.
@Suite("Models are torchvision's, tensor for tensor")
struct StateDictTests {
  @Test("The same tensors under the same names in the same order, and as many parameters", arguments: Reference.names)
  func stateDict(_ name: String) throws {
    let expected = try #require(Reference.stateDicts[name])
    let model = try ModelDescriptor.named(name).build(ModelOptions())
    let leaves = try model.leaves(ties: .every)
    let tensors = try #require(expected["tensors"]?.object)
    #expect(leaves.map(\.path.description) == tensors.keys)
    for leaf in leaves {
      let shape = (tensors[leaf.path.description]?.array ?? []).compactMap(\.int)
      #expect(leaf.tensor.shape.sizes == shape, "\(leaf.path)")
      #expect(leaf.tensor.isLazy)
    }
    let parameters = leaves.filter { $0.role != .buffer }.reduce(0) { $0 + $1.tensor.count }
    #expect(parameters == expected["parameters"]?.int)
  }

  /// Counts as torchvision's documentation of the models lists them.
  @Test(
    "Models without a state dict here have torchvision's number of parameters",
    arguments: [
      ("resnet34", 21_797_672), ("resnet101", 44_549_160), ("resnext50_32x4d", 25_028_904),
      ("resnext101_64x4d", 83_455_272), ("wide_resnet50_2", 68_883_240), ("wide_resnet101_2", 126_886_696),
      ("densenet161", 28_681_000), ("densenet169", 14_149_480), ("vgg13", 133_047_848), ("vgg19", 143_667_240),
      ("vgg11_bn", 132_868_840), ("vgg13_bn", 133_053_736), ("vgg16_bn", 138_365_992), ("vgg19_bn", 143_678_248),
      ("squeezenet1_1", 1_235_496),
    ])
  func counts(_ name: String, _ parameters: Int) throws {
    let model = try ModelDescriptor.named(name).build(ModelOptions())
    #expect(try model.leaves().filter { $0.role != .buffer }.reduce(0) { $0 + $1.tensor.count } == parameters)
  }

  @Test("Shapes go through every model, for several sizes of pictures, without arithmetic", arguments: Reference.all)
  func shapes(_ name: String) throws {
    let model = try ModelDescriptor.named(name).build(ModelOptions(classes: 10, channels: 1))
    for size in [224, 256] { #expect(try model.shapes(for: [[2, 1, size, size]]) == [[2, 10]]) }
  }

  @Test("Names are unique, and one that is not known is told with the nearest")
  func names() throws {
    #expect(Set(ModelDescriptor.all.map(\.name)).count == ModelDescriptor.all.count)
    let error = #expect(throws: Diagnostic.self) { try ModelDescriptor.named("resnet51") }
    #expect(error?.code == .unknownModel && error?.hints.first?.contains("resnet50") == true)
  }

  @Test("A hook may be a plugin's layer, and rules reach it by type, in each block")
  func hooks() throws {
    var network = ResNet([1, 1, 1, 1], .basic)
    network.hooks.attention = { (channels) throws(Diagnostic) in
      try LayerRegistry.standard.layer(parsing: "Conv(in: \(channels), out: \(channels), kernel: [1, 1])")
    }
    network.hooks.norm = { GroupNorm(groups: 8, $0) }
    var model = try network.build(ModelOptions(classes: 4))
    try model.reinitialize(with: .default, seed: 1)
    try model.reinitialize(seed: 1) {
      try Rule(RuleText(.fill("layer*.0.attention=zeros")))
      try Rule(RuleText(.fill("layer3.**.conv1=constant(2)")))
    }
    let leaves = try model.leaves()
    let zeros = leaves.filter { $0.tensor.floats.allSatisfy { $0 == 0 } && $0.role == .weight }.map(\.path.description)
    #expect(zeros == (1...4).map { "layer\($0).0.attention.weight" })
    let twos = leaves.filter { $0.tensor.floats.allSatisfy { $0 == 2 } }.map(\.path.description)
    #expect(twos == ["layer3.0.conv1.weight"])
  }

  @Test("A branch refilled by itself, by place, and within the whole gives the same bits")
  func branches() throws {
    var a = try ModelDescriptor.named("densenet121").build(ModelOptions(classes: 3))
    try a.reinitialize(with: .default, seed: 1)
    var b = a
    try a.reinitialize(seed: 9) { try Rule(RuleText(.fill("features.denseblock3.**.conv2=orthogonal(gain: 1.4)"))) }
    try b.reinitialize(seed: 9) {
      try Rule(RuleText(.fill("features.denseblock3.denselayer*.conv2.weight=orthogonal(gain: 1.4)")))
    }
    #expect(try a.leaves().map(\.tensor.floats) == b.leaves().map(\.tensor.floats))
  }
}
