import CallText
import Diagnostics
import Functors
import Inference
import Initializers
import Layers
import Tensors

/// A network that brings the result of each halving of a backbone back to the size before it (Ronneberger et al.,
/// "U-Net", 2015), over any backbone that is a list of layers, as Metalhead builds it.
///
/// The backbone's layers are those given, under their own names; where they are shared with another model, they stay
/// so.
public enum UNet {
  /// The network as a chain: the backbone's layers, `middle`, `up1` (the innermost) on, `final`.
  /// - Parameters:
  ///   - backbone: layers one after the other, of which some halve the places.
  ///   - outputs: the channels of the result.
  ///   - imageSize: the side of the pictures, a power of 2 times what the backbone leaves of it.
  ///   - hasMiddle: whether two convolutions follow the backbone, which Metalhead has the code for and leaves out.
  public static func build(
    backbone: [(PathKey, any Node)], outputs: Int, channels: Int = 3, imageSize: Int = 256, hasMiddle: Bool = false
  ) throws(Diagnostic) -> Chain {
    var nesting = Nesting(hasMiddle: hasMiddle)
    let input = Shape([1, channels, imageSize, imageSize])
    let body = try nesting.chain(backbone[...], input)
    let inner = try body.shapes(for: [input])[0][1]
    return try Chain([("", body), ("final", try final(inner, outputs))])
  }

  private static func final(_ channels: Int, _ outputs: Int) throws(Diagnostic) -> Chain {
    let block = ConvBlock()
    return try Chain([
      (
        "block",
        try Numbered.chain(
          block.flat(channels, channels, 3) + block.flat(channels, channels, 3, activated: false))
      ), ("conv", try Inception.conv(channels, outputs, 1)),
    ])
  }

  /// Over the residual networks.
  static let models: [ModelDescriptor] = [
    ("resnet18", ResNet([2, 2, 2, 2], .basic)), ("resnet34", ResNet([3, 4, 6, 3], .basic)),
    ("resnet50", ResNet([3, 4, 6, 3], .bottleneck())),
  ].map { name, network in
    ModelDescriptor("unet_" + name, family, imageSize: 256) { (settings) throws(Diagnostic) in
      let options = try settings.options
      return try UNet.build(
        backbone: try network.backbone(options), outputs: options.classes, channels: options.channels,
        imageSize: try settings.size("image_size"), hasMiddle: try settings.flag("middle"))
    }
  }

  private static let family = ModelFamily(
    "UNet", "Ronneberger et al., U-Net, 2015", recipe: "torch",
    parameters: [
      .imageSize,
      .init("middle", .word("false"), "whether two convolutions follow the backbone: true or false"),
    ])
}

/// The layers of a U-Net, from the outermost on.
private struct Nesting {
  let hasMiddle: Bool
  private var ups = 0

  init(hasMiddle: Bool) { self.hasMiddle = hasMiddle }

  /// The layers from one on; a layer that halves the places is put, with all behind it, beside its own input.
  mutating func chain(_ layers: ArraySlice<(PathKey, any Node)>, _ input: Shape) throws(Diagnostic) -> Chain {
    guard let (key, layer) = layers.first else {
      return hasMiddle ? try Chain([("middle", try pair(input[1], 2 * input[1], input[1]))]) : Chain()
    }
    let output = try layer.shapes(for: [input])[0]
    let rest = try chain(layers.dropFirst(), output)
    let chain = try Chain([(key, layer), ("", rest)])
    guard output[2] * 2 == input[2] else { return chain }
    ups += 1
    let within = try rest.shapes(for: [output])[0][1]
    return try joined(chain, input[1], within, "up\(ups)")
  }

  private func joined(_ child: Chain, _ inputs: Int, _ within: Int, _ name: String) throws(Diagnostic) -> Chain {
    let shuffle = try Chain([("conv", try Inception.conv(within, 4 * within, 1)), ("", PixelShuffle(2))])
    let branches = try Parallel(
      .concatenate(axis: 1),
      [
        ("", try Chain([("", child), (PathKey(name), try Chain([("shuffle", shuffle)]))])),
        (PathKey("\(name)_norm"), BatchNorm(inputs)),
      ])
    return try Chain([
      ("", branches), ("", Activation(.relu)), (PathKey("\(name)_combine"), try pair(inputs + within, inputs, inputs)),
    ])
  }

  /// Two 3×3 convolutions.
  private func pair(_ inputs: Int, _ between: Int, _ outputs: Int) throws(Diagnostic) -> Chain {
    Chain(try Inception.conv(inputs, between, 3, padding: 1), try Inception.conv(between, outputs, 3, padding: 1))
  }
}
