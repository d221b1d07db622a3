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

  /// torchvision's models, with options behind the name where they differ from the defaults.
  static let digests = json("digests")
  static let digested = digests.object?.keys ?? []

  private static func json(_ name: String) -> JSONValue {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/\(name).json")
    return (try? JSONValue(parsing: String(contentsOf: url, encoding: .utf8))) ?? .null
  }
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

  @Test("Every model of torchvision's families has its names and shapes, in their order", arguments: Reference.digested)
  func digest(_ text: String) throws {
    let expected = try #require(Reference.digests[text])
    let words = text.split(separator: " ").map(String.init)
    let model = try ModelDescriptor.named(words[0]).build(Array(words.dropFirst()))
    let leaves = try model.leaves(ties: .every)
    #expect(leaves.count == expected["tensors"]?.int)
    #expect(parameters(leaves) == expected["parameters"]?.int)
    let lines = leaves.map { "\($0.path) \($0.tensor.shape.sizes)\n" }.joined()
    let hash = lines.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    #expect(String(repeating: "0", count: 16 - digits.count) + digits == expected["fnv1a"]?.string)
  }

  private func parameters(_ leaves: [TensorLeaf]) -> Int {
    leaves.filter { $0.role != .buffer }.reduce(0) { $0 + $1.tensor.count }
  }

  /// Counts of Metalhead 0.9 for models that torchvision does not have; ConvNeXt XL is timm's.
  @Test(
    "Models that torchvision does not have have Metalhead's number of parameters",
    arguments: [
      ("seresnet18", 11_779_624), ("seresnet34", 21_960_416), ("seresnet50", 28_088_024), ("seresnet101", 49_326_872),
      ("seresnet152", 66_821_848), ("seresnext50_32x4d", 27_559_896), ("seresnext101_32x4d", 48_955_416),
      ("seresnext152_32x4d", 66_580_440), ("res2net50_26w_4s", 25_699_120), ("res2net50_48w_2s", 25_287_304),
      ("res2net50_14w_8s", 25_059_816), ("res2net50_26w_6s", 37_051_448), ("res2net50_26w_8s", 48_403_776),
      ("res2net101_26w_4s", 45_206_688), ("res2net152_26w_4s", 61_275_248), ("res2next50", 24_671_464),
      ("res2next101", 43_502_568), ("res2next152", 59_014_376), ("inception_v4", 42_679_816),
      ("inception_resnet_v2", 55_930_184), ("xception", 22_903_008), ("mobilenet_v1", 4_231_976),
      ("mobilenet_v1_0_5", 1_331_592), ("mobilenet_v1_0_75", 2_585_560), ("mobilenet_v1_1_3", 6_703_624),
      ("mobilenet_v2_0_5", 1_968_680), ("mobilenet_v2_0_75", 2_636_424), ("convmixer_base", 51_562_984),
      ("convmixer_small", 21_060_328), ("convmixer_large", 23_889_896), ("convnext_xlarge", 350_196_968),
      ("vit_ti_16", 5_717_416), ("vit_s_16", 22_050_664), ("mlp_mixer_s", 18_528_264), ("mlp_mixer_b", 59_880_472),
      ("mlp_mixer_l", 208_196_168), ("mlp_mixer_h", 430_121_832), ("resmlp_s", 18_038_920), ("resmlp_b", 58_548_952),
      ("resmlp_l", 204_338_120), ("resmlp_h", 423_384_424), ("gmlp_s", 13_844_616), ("gmlp_b", 44_393_176),
      ("gmlp_l", 154_006_472), ("gmlp_h", 318_526_824),
    ])
  func counts(_ name: String, _ count: Int) throws {
    #expect(parameters(try ModelDescriptor.named(name).build().leaves()) == count)
  }

  @Test("Shapes go through every model, for several sizes of pictures, without arithmetic", arguments: Reference.all)
  func shapes(_ name: String) throws {
    let descriptor = try ModelDescriptor.named(name)
    let takesSize = descriptor.parameters.contains { $0.name == "image_size" }
    // Patches, or five halvings, divide these; models for one size are made for each.
    for size in descriptor.name.hasSuffix("_14") ? [224, 252] : [224, 256] {
      let settings = ["classes=10", "channels=1"] + (takesSize ? ["image_size=\(size)"] : [])
      let scores = try descriptor.build(settings).shapes(for: [[2, 1, size, size]])
      #expect(scores == [descriptor.family.name == "UNet" ? [2, 10, size, size] : [2, 10]])
    }
  }

  @Test("A model prints as code with totals, folded where it is large, and complete where asked")
  func printing() throws {
    let model = try ModelDescriptor.named("resnet50").build()
    let lines = model.description.split(separator: "\n").map(String.init)
    let conv =
      "Conv(in: 3, out: 64, kernel: [7, 7], stride: [2, 2], padding: [3, 3], bias: false),  // 9,408 parameters"
    let last = lines.last ?? ""
    #expect(last == "])  // 25,557,032 parameters")
    let counts = [lines.count, model.listing.split(separator: "\n").count]
    #expect(counts[0] <= 150 && counts[1] > 200)
    let found = [
      lines.contains("  \"conv1\": " + conv), lines.contains("        \"\": Chain([…]),  // 58,112 parameters"),
    ]
    #expect(found == [true, true])
    let isComplete = model.listing.contains("\"downsample\": Chain([\n")
    #expect(isComplete)
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

  @Test("A branch refilled by itself, by place, and within the whole gives the same bits", .enabled(if: hasBLAS))
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
