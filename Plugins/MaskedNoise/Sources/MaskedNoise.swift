import PluginKit

/// Noise on what a mask keeps; what is pruned stays as it is.
struct MaskedNoise: PluginInitializer {
  static let name = "masked_noise"
  static let summary = "the old values, with noise where a mask is not 0"
  static let formula = "w ← w + p where m ≠ 0, p ~ N(0, σ²); w elsewhere"
  static let reference = "Frankle, Carbin, The Lottery Ticket Hypothesis, 2019, section 2: masks of pruned networks"
  static let parameters = [
    Parameter.real("std", default: 0.01, in: .between(0, 1e6), "standard deviation of the noise"),
    Parameter.word("mask", default: "masks.safetensors", "the checkpoint that has the masks, under the tensors' names"),
  ]
  static let sources: [Source] = [.old("old"), .file("mask", "$mask")]

  let std: Double

  init(_ arguments: Arguments) throws(PluginError) { std = try arguments.real("std") }

  func check(_ tensor: Fill) throws(PluginError) {
    let shape = try tensor.shape(ofSource: "mask")
    guard shape == tensor.shape else {
      throw PluginError(.shape, "the mask has another shape: expected \(tensor.shape), found \(shape)")
    }
  }

  func fill(_ range: Fill) throws(PluginError) {
    let count = range.out.count
    let mask = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { mask.deallocate() }
    try range.read("mask", into: mask)
    range.normal(std: std)
    for index in 0..<count where mask[index] == 0 { range.out[index] = 0 }
    // The noise is there: what was kept goes to where the mask was.
    try range.read("old", into: mask)
    for index in 0..<count { range.out[index] += mask[index] }
  }
}

/// What the host is told.
@c public func reinit_plugin() {
  Plugin.register(
    id: "org.reinit.masked-noise", version: "1.0.0", license: "MIT", summary: "noise that keeps the mask of a pruned network"
  ) { $0.add(MaskedNoise.self) }
}
