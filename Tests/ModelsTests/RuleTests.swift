import LinearAlgebra
import Reinit
import Testing

/// Whether OpenBLAS is there; without it, orthogonal matrices are an error.
let hasBLAS = (try? LinearAlgebra.requireLibrary()) != nil

/// A rule as it is typed.
private func rule(_ text: String) throws -> Rule { try Rule(RuleText(.fill(text))) }

/// The paths of tensors whose values changed.
private func changed(_ before: some Node, _ after: some Node) throws -> [String] {
  try zip(before.leaves(ties: .every), after.leaves(ties: .every)).compactMap { old, new in
    old.tensor.elements == new.tensor.elements ? nil : new.path.description
  }
}

@Suite("Rules on real models")
struct RuleTests {
  @Test("ConvNeXt's layer scales and gMLP's gates survive rules for scales and maps")
  func specialValues() throws {
    var convnext = try ConvNeXt([8, 16], [1, 2]).build(ModelOptions(classes: 3))
    try convnext.reinitialize(with: .default, seed: 1)
    let scales = try convnext.leaves().filter { $0.path.description.hasSuffix("layer_scale") }
    #expect(scales.count == 3 && scales.allSatisfy { $0.tensor.floats.allSatisfy { $0 == 1e-6 } })
    let moved = try convnext.reinitialized(seed: 2) {
      try rule("Scale.weight=constant(3)")
      try rule("Dense=normal(std: 0.02)")
      try rule("Dense.bias=constant(5)")
      try rule("Conv=truncated_normal(std: 0.02)")
    }
    #expect(try changed(convnext, moved).allSatisfy { !$0.hasSuffix("layer_scale") })
    #expect(try moved.leaves().filter { $0.tensor.floats.allSatisfy { $0 == 3 } }.count == 6, "the norms' scales")

    var gmlp = try Mixer(.gmlp, size: 8, depth: 2).build(ModelOptions(classes: 3), imageSize: 32)
    try gmlp.reinitialize(with: .default, seed: 1)
    let gates = try gmlp.leaves().filter { $0.path.description.contains("gate.proj") }
    #expect(gates.count == 4)
    #expect(gates.filter { $0.role == .bias }.allSatisfy { $0.tensor.floats.allSatisfy { $0 == 1 } })
    #expect(
      gates.filter { $0.role == .scale }.allSatisfy { $0.tensor.floats.allSatisfy { (0..<0x1p-21).contains($0) } })
    let filled = try gmlp.reinitialized(seed: 2) {
      try rule("Dense=normal(std: 0.02)")
      try rule("Dense.bias=constant(5)")
      try rule("@weight=normal(std: 1)")
    }
    #expect(try changed(gmlp, filled).allSatisfy { !$0.contains("gate.proj") })
  }

  @Test(
    "ResNet-18 by type, field, branch and path: only what is meant, with the same bits however it is said",
    .enabled(if: hasBLAS))
  func resnet() throws {
    var model = try ModelDescriptor.named("resnet18").build(["classes=4"])
    try model.reinitialize(with: .default, seed: 1)
    func moved(_ text: String) throws -> Chain { try model.reinitialized(seed: 5) { try rule(text) } }
    let convs = try model.leaves().filter { $0.tensor.shape.rank == 4 }.map(\.path.description)
    #expect(try convs.count == 20 && changed(model, moved("Conv=kaiming_normal(mode: fan_out)")) == convs)
    #expect(try changed(model, moved("Dense.bias=constant(-1.4)")) == ["fc.bias"])
    let branch = try changed(model, moved("layer4 Conv=orthogonal(gain: 1.4)"))
    #expect(branch == convs.filter { $0.hasPrefix("layer4") } && branch.count == 5)
    #expect(try changed(model, moved("layer2.0.conv1.weight=dirac")) == ["layer2.0.conv1.weight"])
    #expect(try changed(model, moved("layer*.1.bn2.weight=zeros")) == (1...4).map { "layer\($0).1.bn2.weight" })
    let (a, b) = (try moved("Conv=kaiming_normal"), try moved("layer3.1.conv2=kaiming_normal"))
    let place = "layer3.1.conv2.weight"
    func values(_ model: Chain) throws -> [Float]? {
      try model.leaves().first { $0.path.description == place }?.tensor.floats
    }
    #expect(try values(a) == values(b))
  }

  @Test("A U-Net over a backbone that another model has too keeps the ties: one fill, one file, both models")
  func sharedBackbone() throws {
    let backbone = try ResNet([1, 1, 1, 1], .basic).backbone().map { key, node in
      (key, Shared(AnyNode(node)) as any Node)
    }
    let classifier = try Chain(
      backbone + [("", Pool(.mean, output: [1, 1])), ("", Flatten()), ("fc", Dense(in: 512, out: 5))])
    let unet = try UNet.build(backbone: backbone, outputs: 2, imageSize: 64)
    var both = try Chain([("classifier", classifier), ("unet", unet)])
    let inventory = try Inventory(of: both)
    let tied = inventory.leaves.indices.filter { Int(inventory.leaves[$0].tie) != $0 }
    #expect(tied.count == 72, "all tensors of the backbone")
    try both.reinitialize(with: .default, seed: 1)
    var moved = both
    try moved.reinitialize(seed: 2) { try rule("unet.layer1.**.conv1=constant(2)") }
    #expect(try changed(both, moved) == ["classifier.layer1.0.conv1.weight", "unet.layer1.0.conv1.weight"])
    #expect(try unet.shapes(for: [[1, 3, 64, 64]]) == [[1, 2, 64, 64]])
  }

  @Test("U-Net over ResNet-18 has Metalhead's number of parameters for ten outputs")
  func unetCount() throws {
    let leaves = try ModelDescriptor.named("unet_resnet18").build(["classes=10"]).leaves()
    #expect(leaves.filter { $0.role != .buffer }.reduce(0) { $0 + $1.tensor.count } == 15_806_100)
  }

  @Test("Every hook of a residual network takes effect")
  func hooks() throws {
    func names(_ settings: String...) throws -> [String] {
      try ModelDescriptor.named("resnet18").build(settings).leaves().map(\.path.description)
    }
    #expect(try names("stem=deep").contains("conv1.3.weight"))
    #expect(try names("attention=squeeze_excitation").contains("layer1.0.attention.fc1.weight"))
    #expect(try names("attention=PReLU").contains("layer4.1.attention.weight"))
    #expect(try !names("norm=InstanceNorm").contains("bn1.weight"))
    #expect(try names("downsample=pooled").contains("layer2.0.downsample.1.weight"))
    let model = try ModelDescriptor.named("resnet18").build(["activation=gelu", "drop_path=0.2"])
    #expect(model.listing.contains("Activation(.gelu)") && model.listing.contains("StochasticDepth(0.2)"))
    #expect(try model.shapes(for: [[1, 3, 64, 64]]) == [[1, 1000]])
    var joined = ResNet([1, 1, 1, 1], .basic)
    joined.hooks.connection = .multiply
    #expect(try joined.build().listing.contains("Parallel(.multiply"))
    joined.block = ResidualBlock(expansion: 1) { (place, hooks) throws(Diagnostic) in
      let conv = Conv(in: place.inputs, out: place.planes, kernel: [1, 1], stride: [place.stride, place.stride])
      return [(PathKey("only"), conv as any Node)]
    }
    #expect(try joined.build().leaves().contains { $0.path.description == "layer3.0.only.weight" })
  }
}
