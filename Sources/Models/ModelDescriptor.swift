import CallText
import Diagnostics
import Initializers
import Layers

/// A model that has a name: what it is, and how it is built.
public struct ModelDescriptor: Sendable {
  /// An option that the builder takes besides `classes` and `channels`.
  public typealias Parameter = LayerDescriptor.Parameter

  /// torchvision's name where it has the model: `resnet50`.
  public let name: String
  /// The family that it is a configuration of.
  public let family: ModelFamily
  /// Side of the pictures that it is for.
  public let imageSize: Int
  private let builder: @Sendable (ModelSettings) throws(Diagnostic) -> Chain

  init(
    _ name: String, _ family: ModelFamily, imageSize: Int = 224,
    builder: @escaping @Sendable (ModelSettings) throws(Diagnostic) -> Chain
  ) {
    (self.name, self.family, self.imageSize, self.builder) = (name, family, imageSize, builder)
  }

  /// All options, with their defaults.
  public var parameters: [Parameter] {
    [
      .init("classes", .number(1000), "the outputs of the classifier"),
      .init("channels", .number(3), "the channels of the input"),
    ]
      + family.parameters.map { parameter in
        guard parameter.name == "image_size" else { return parameter }
        return .init(parameter.name, .number(Double(imageSize)), parameter.summary)
      }
  }

  /// Builds it; its tensors have no bytes yet.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    try builder(try ModelSettings(options, of: self))
  }

  /// Builds it by options written as `key=value`; its tensors have no bytes yet.
  /// - Parameter layers: the layers that an option may name: `attention=org.example.se/SqueezeExcite`.
  /// - Throws: ``Diagnostics/ErrorCode/malformedSetting``, and the codes of arguments and layers.
  public func build(_ settings: [String], layers: LayerRegistry = .standard) throws(Diagnostic) -> Chain {
    try build(options: ModelSettings.options(settings), layers: layers)
  }

  /// The same by names and values of options.
  package func build(
    options: [(name: String, value: String)], layers: LayerRegistry
  ) throws(Diagnostic) -> Chain {
    try builder(try ModelSettings(options, of: self, layers: layers))
  }
}

extension ModelDescriptor {
  /// Every model, family by family.
  public static let all: [ModelDescriptor] = catalog.flatMap { $0 }

  private static let catalog: [[ModelDescriptor]] = [
    AlexNet.models, VGG.models, ResNet.models, SqueezeNet.models, DenseNet.models, ViT.models, ConvNeXt.models,
    GoogLeNet.models, InceptionV3.models, InceptionV4.models, InceptionResNetV2.models, Xception.models,
    MobileNetV1.models, MobileNetV2.models, MobileNetV3.models, MNASNet.models, ShuffleNetV2.models, RegNet.models,
    EfficientNet.models, Swin.models, ConvMixer.models, Mixer.models, UNet.models,
  ]

  /// The model of that name.
  /// - Throws: ``Diagnostics/ErrorCode/unknownModel``, with the nearest names.
  public static func named(_ name: String) throws(Diagnostic) -> ModelDescriptor {
    if let model = all.first(where: { $0.name == name }) { return model }
    throw Diagnostic(
      .unknownModel, "no model is named '\(name)'",
      hints: Suggestion.hint(for: name, in: all.map(\.name)) + ["reinit list models"])
  }
}

/// Models that differ in their sizes only.
public struct ModelFamily: Sendable {
  /// The name: `ResNet`.
  public let name: String
  /// Who described it.
  public let reference: String
  /// The recipe by which it begins.
  public let recipe: String
  /// The options that its builder takes besides `classes` and `channels`.
  let parameters: [ModelDescriptor.Parameter]

  init(_ name: String, _ reference: String, recipe: String, parameters: [ModelDescriptor.Parameter] = []) {
    (self.name, self.reference, self.recipe, self.parameters) = (name, reference, recipe, parameters)
  }
}
