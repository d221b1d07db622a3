import Diagnostics
import Foundation
import Reinit
import Testing

/// A model with a layer of most kinds that a checkpoint's names and shapes tell.
struct Mixed: Layer {
  var conv: Conv
  var bn: BatchNorm
  var blocks: [Block]
  var embed: Embedding
  var lstm: LSTM
  var head: Dense
  static let fields = FieldList(\Self.conv, \.bn, \.blocks, \.embed, \.lstm, \.head)

  init() {
    conv = Conv(in: 3, out: 8, kernel: [3, 5], bias: false)
    bn = BatchNorm(8)
    blocks = [Block(), Block(6)]
    embed = Embedding(vocabulary: 11, size: 4)
    lstm = LSTM(in: 4, hidden: 6)
    head = Dense(in: 6, out: 3)
  }
}

@Suite("A model and its checkpoint")
struct ParityTests {
  static let selectors = [
    "Dense", "Linear.weight", "Dense.bias", "Conv", "Conv2d.weight", "BatchNorm", "BatchNorm.weight",
    "BatchNorm.running_var", "LayerNorm", "LayerNorm.weight", "Scale.weight", "LayerNorm Scale", "Embedding", "LSTM",
    "LSTM.weight_hh_l0", "blocks.1", "blocks.*.norm.weight", "blocks.1 Dense", "blocks.1 > LayerNorm", "**.bias",
    "*.bias", "@weight", "@scale", "@bias", "@buffer", "head", "bn.running_*", "blocks.0 @scale", "**.fc?",
  ]

  @Test("Selectors by type, field, place and role reach the same tensors in both", arguments: selectors)
  func sameLeaves(_ text: String) throws {
    let path = NSTemporaryDirectory() + "reinit-\(UUID()).safetensors"
    defer { unlink(path) }
    let model = try Mixed().reinitialized(with: .default, seed: 1)
    try model.save(to: path)
    let selector = try Selector(parsing: text)
    let (here, there) = (try Inventory(of: model), try Checkpoint(opening: path).inventory)
    #expect(try paths(selector, here) == paths(selector, there))
    #expect(try !paths(selector, here).isEmpty || selector.allowsNoMatch)
  }

  private func paths(_ selector: Selector, _ inventory: Inventory) throws -> Set<String> {
    Set(try inventory.match(selector).keepTargets(in: inventory).map { inventory.path(ofLeaf: $0).description })
  }

  @Test("The same rules give the same bits in a model and in its checkpoint")
  func sameBits() throws {
    let path = NSTemporaryDirectory() + "reinit-\(UUID()).safetensors"
    defer { unlink(path) }
    let model = try Mixed().reinitialized(with: .default, seed: 1)
    try model.save(to: path)
    let rules = [
      Rule(try Selector(parsing: "Dense"), fill: .kaimingNormal()),
      Rule(try Selector(parsing: "LSTM.weight_hh_l0"), fill: .glorotUniform()),
      Rule(try Selector(parsing: "bn"), fill: .default),
      Rule(try Selector(parsing: "**.bias"), fill: .normal(std: 0.1)),
    ]
    let checkpoint = try Checkpoint(opening: path)
    try checkpoint.applyInPlace(try checkpoint.plan(rules, seed: 8))
    let there = try Mixed().loaded(from: path)
    let here = try model.reinitialized(seed: 8) { rules.map { $0 as any RuleConvertible } }
    #expect(try changes(here, there) == [])
  }
}
