import Functors
import Initializers
import LayerVocabulary

/// A fixed factor of all elements, as Inception-ResNet's residual branches have it.
public struct Rescale: PrintableLayer {
  /// The factor.
  public var factor: Double
  /// No parameters.
  public static let fields = FieldList<Rescale>(ordered: [])
  /// Multiplies by that factor.
  public init(_ factor: Double) { self.factor = factor }
  /// `Rescale`.
  public var kind: LayerKind { .rescale }
  /// `Rescale(0.1)`.
  public var code: String { "Rescale(\(factor))" }
}
