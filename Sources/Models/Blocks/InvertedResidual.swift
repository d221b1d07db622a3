import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// A block that widens its input, convolves each channel, and narrows the result (Sandler et al., 2018), with
/// squeeze-and-excitation if asked (Howard et al., "Searching for MobileNetV3", 2019; Tan, Le, "EfficientNet", 2019).
struct InvertedResidual {
  let inputs, expanded, outputs: Int
  let kernel, stride: Int
  /// The channels of squeeze-and-excitation; nil for none.
  var squeezed: Int?
  /// What gates them.
  var gate = Activation.Function.sigmoid
  /// Whether widening and convolving are one convolution (Tan, Le, "EfficientNetV2", 2021).
  var isFused = false
  /// How often the block is left out in training.
  var dropRate = 0.0

  /// The block, with `block` for the name of what is computed.
  func build(_ conv: ConvBlock, squeezeActivation: Activation.Function = .relu) throws(Diagnostic) -> any Layer {
    var layers: [any Layer] = isFused ? try fused(conv) : try separable(conv, squeezeActivation)
    if !isFused || expanded != inputs { layers.append(try conv.numbered(expanded, outputs, 1, activated: false)) }
    let block = try Numbered.chain(layers)
    guard stride == 1, inputs == outputs else { return try Chain([("block", block)]) }
    return try SkipConnection(.add, [("block", block), ("", StochasticDepth(dropRate))])
  }

  private func separable(_ conv: ConvBlock, _ activation: Activation.Function) throws(Diagnostic) -> [any Layer] {
    var layers: [any Layer] = expanded == inputs ? [] : [try conv.numbered(inputs, expanded, 1)]
    layers.append(try conv.numbered(expanded, expanded, kernel, stride: stride, groups: expanded))
    guard let squeezed else { return layers }
    return layers + [
      try SqueezeExcitation.build(expanded, squeezed: squeezed, activation: activation, gate: gate)
    ]
  }

  private func fused(_ conv: ConvBlock) throws(Diagnostic) -> [any Layer] {
    [try conv.numbered(inputs, expanded == inputs ? outputs : expanded, kernel, stride: stride)]
  }
}
