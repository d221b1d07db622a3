import Functors
import Initializers
import LayerVocabulary

/// Division by a power of what neighboring channels sum up to (Krizhevsky et al., "ImageNet classification", 2012):
/// `x / (k + α/size · Σ x²)^β`.
public struct LocalResponseNorm: PrintableLayer {
  /// How many channels are summed, a channel itself and those around it.
  public var size: Int
  /// The factor of the mean square.
  public var alpha: Double
  /// The power.
  public var beta: Double
  /// What is added to it.
  public var k: Double
  /// No parameters.
  public static let fields = FieldList<LocalResponseNorm>(ordered: [])

  /// A norm over that many channels.
  public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    (self.size, self.alpha, self.beta, self.k) = (size, alpha, beta, k)
  }

  /// `LocalResponseNorm`, or `LRNorm`.
  public var kind: LayerKind { .localResponseNorm }

  /// `LocalResponseNorm(5)`.
  public var code: String {
    Call.text(
      "LocalResponseNorm",
      [
        "\(size)", Call.argument("alpha", alpha, unless: 1e-4), Call.argument("beta", beta, unless: 0.75),
        Call.argument("k", k, unless: 1),
      ])
  }
}
