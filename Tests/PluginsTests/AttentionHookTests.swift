import Foundation
import Reinit
import Testing

@Suite("A plugin's layer as the attention of ResNet-50")
struct AttentionHookTests {
  /// The plugins' layers are over the last axis, where the channels are put for them.
  private func model(_ language: String, _ catalog: PluginCatalog) throws -> Chain {
    var network = ResNet([3, 4, 6, 3], .bottleneck())
    network.hooks.attention = { (channels) throws(Diagnostic) in
      let layer = try catalog.layer("\(Fixtures.layerName(language))(size: \(channels))")
      return try Chain([("", Permute([0, 2, 3, 1])), ("", layer), ("", Permute([0, 3, 1, 2]))])
    }
    return try network.build(ModelOptions(classes: 7))
  }

  @Test("Built, re-initialized by rules across both worlds, saved, loaded and run", arguments: Fixtures.languages)
  func journey(_ language: String) throws {
    let catalog = try Fixtures.catalog(["\(language)-layer"])
    var model = try model(language, catalog)
    try model.reinitialize(with: .default, seed: 1)
    let name = Fixtures.layerName(language)
    let receipt = try model.reinitialize(seed: 2) {
      try rule("\(name).weight=constant(0.25)")
      try rule("layer1.** Conv=kaiming_normal(mode: fan_out)")
      try rule("layer*.0.attention.bias?=constant(0.5)")
    }
    #expect(receipt.runs[0].tensors.filter { $0.name.contains("attention.weight") }.count == 16)
    let leaves = try model.leaves()
    #expect(leaves.filter { $0.path.description.hasSuffix("attention.weight") }.count == 16)
    let folder = try Fixtures.temporaryFolder()
    try model.save(to: "\(folder)/m.safetensors", receipt: receipt)
    let loaded = try self.model(language, catalog).loaded(from: "\(folder)/m.safetensors")
    let input = Tensor((0..<2 * 3 * 32 * 40).map { Float($0 % 11) / 11 }, shape: [2, 3, 32, 40])
    let (a, b) = (try model.applied(to: [input]), try loaded.applied(to: [input]))
    #expect(a[0].shape == [2, 7] && a[0].floats == b[0].floats && a[0].floats.allSatisfy(\.isFinite))
  }

  @Test("By name, with the channels as its first argument; the same scores as the block that is built in")
  func byName() throws {
    let catalog = try Fixtures.catalog(["SqueezeExcite"])
    let plugin = try ModelDescriptor.named("resnet50").build(
      ["classes=3", "attention=SqueezeExcite(squeeze: 8)"], layers: catalog.layers)
    var network = ResNet([3, 4, 6, 3], .bottleneck())
    network.hooks.attention = { (channels) throws(Diagnostic) in try SqueezeExcitation.build(channels, squeezed: 8) }
    var builtIn = try network.build(ModelOptions(classes: 3))
    try builtIn.reinitialize(with: .default, seed: 4)
    let folder = try Fixtures.temporaryFolder()
    try builtIn.save(to: "\(folder)/m.safetensors")
    let loaded = try plugin.loaded(from: "\(folder)/m.safetensors")
    let input = Tensor((0..<3 * 32 * 32).map { Float($0 % 13) / 13 }, shape: [1, 3, 32, 32])
    let (a, b) = (try builtIn.applied(to: [input])[0].floats, try loaded.applied(to: [input])[0].floats)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($1)) })
  }

  @Test("A model file may name a plugin's layer, with options; a mistake in them is told with line and column")
  func modelFile() throws {
    let catalog = try Fixtures.catalog(["SqueezeExcite"])
    func text(_ channels: String) -> String {
      """
      layer: Chain
      layers:
        - {name: se, layer: org.reinit.squeeze-excite/SqueezeExcite, options: {channels: \(channels)}}
        - Flatten
      """
    }
    var model = AnyNode(try ModelDocument.model(parsing: text("32"), named: "m.yaml", layers: catalog.layers))
    try model.reinitialize(with: .default, seed: 1)
    #expect(try model.leaves().map(\.path.description).first == "se.fc1.weight")
    let input = Tensor([Float](repeating: 1, count: 32 * 4), shape: [1, 32, 2, 2])
    #expect(try model.applied(to: [input])[0].shape == [1, 128])
    let error = #expect(throws: Diagnostic.self) {
      try ModelDocument.model(parsing: text("0"), named: "m.yaml", layers: catalog.layers)
    }
    #expect(error?.place?.hasPrefix("m.yaml:3:23") == true, "\(error.map(String.init(describing:)) ?? "")")
  }
}
