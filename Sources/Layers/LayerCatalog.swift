import Initializers
import LayerVocabulary

/// The layers that are built in: what `reinit list layers` prints, and the type names that rules know.
public enum LayerCatalog {
  /// One kind of layer.
  public typealias Entry = LayerDescriptor

  /// Every kind: those of ``LayerRegistry/standard``, in its order.
  public static let kinds: [LayerDescriptor] = LayerRegistry.standard.descriptors

  /// The kind of that name or alias.
  public static func kind(named name: some StringProtocol) -> LayerKind? {
    LayerRegistry.standard.descriptor(named: name)?.kind
  }
}
