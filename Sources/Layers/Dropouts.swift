import Functors
import Initializers
import LayerVocabulary

/// Sets elements to 0 at random in training (Srivastava et al., 2014).
public struct Dropout: PrintableLayer {
  /// The part that is dropped, from 0 to 1.
  public var probability: Double
  /// No parameters.
  public static let fields = FieldList<Dropout>(ordered: [])
  /// Drops that part.
  public init(_ probability: Double = 0.5) { self.probability = probability }
  /// `Dropout`.
  public var kind: LayerKind { .dropout }
  /// `Dropout(0.5)`.
  public var code: String { "Dropout(\(probability))" }
}

/// Dropout that keeps mean and variance, for self-normalizing networks (Klambauer et al., 2017).
public struct AlphaDropout: PrintableLayer {
  /// The part that is dropped, from 0 to 1.
  public var probability: Double
  /// No parameters.
  public static let fields = FieldList<AlphaDropout>(ordered: [])
  /// Drops that part.
  public init(_ probability: Double = 0.5) { self.probability = probability }
  /// `AlphaDropout`.
  public var kind: LayerKind { .alphaDropout }
  /// `AlphaDropout(0.5)`.
  public var code: String { "AlphaDropout(\(probability))" }
}

/// Sets square regions of each channel to 0 at random in training (Ghiasi, Lin, Le, "DropBlock", 2018).
public struct DropBlock: PrintableLayer {
  /// The part that is dropped, from 0 to 1.
  public var probability: Double
  /// The side of a region.
  public var size: Int
  /// No parameters.
  public static let fields = FieldList<DropBlock>(ordered: [])
  /// Drops that part, in regions of that side.
  public init(_ probability: Double = 0.1, size: Int = 7) { (self.probability, self.size) = (probability, size) }
  /// `DropBlock`.
  public var kind: LayerKind { .dropBlock }
  /// `DropBlock(0.1, size: 7)`.
  public var code: String { "DropBlock(\(probability), size: \(size))" }
}

/// Leaves out a residual branch at random in training, for each sample of a batch or for all of it (Huang et
/// al., "Deep networks with stochastic depth", 2016).
public struct StochasticDepth: PrintableLayer {
  /// What is left out as one.
  public enum Mode: String, Sendable, CaseIterable {
    /// The branch of a single sample.
    case row
    /// The branch of all samples.
    case batch
  }
  /// How often the branch is left out, from 0 to 1.
  public var probability: Double
  /// What is left out as one.
  public var mode: Mode
  /// No parameters.
  public static let fields = FieldList<StochasticDepth>(ordered: [])
  /// Leaves the branch out so often.
  public init(_ probability: Double, mode: Mode = .row) { (self.probability, self.mode) = (probability, mode) }
  /// `StochasticDepth`, or `DropPath`.
  public var kind: LayerKind { .stochasticDepth }
  /// `StochasticDepth(0.1)`.
  public var code: String {
    Call.text("StochasticDepth", ["\(probability)", mode == .row ? nil : "mode: .\(mode.rawValue)"])
  }
}
