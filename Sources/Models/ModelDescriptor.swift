import Diagnostics
import Layers

/// A model that has a name: what it is, and how it is built.
public struct ModelDescriptor: Sendable {
  /// torchvision's name where it has the model: `resnet50`.
  public let name: String
  /// The family that it is a configuration of: `ResNet`.
  public let family: String
  /// Who described it.
  public let reference: String
  /// Builds it; its tensors have no bytes yet.
  public let build: @Sendable (ModelOptions) throws(Diagnostic) -> Chain

  /// Every model, family by family.
  public static let all: [ModelDescriptor] =
    AlexNet.models + VGG.models + ResNet.models + SqueezeNet.models + DenseNet.models

  /// The model of that name.
  /// - Throws: ``Diagnostics/Code/unknownModel``, with the nearest names.
  public static func named(_ name: String) throws(Diagnostic) -> ModelDescriptor {
    if let model = all.first(where: { $0.name == name }) { return model }
    throw Diagnostic(
      .unknownModel, "no model is named '\(name)'",
      hints: Suggestion.hint(for: name, in: all.map(\.name)) + ["reinit list models"])
  }
}
