import Functors
import Initializers
import LayerVocabulary

/// Brings the axes into another order.
public struct Permute: PrintableLayer {
  /// For each axis of the result, the axis of the input.
  public var axes: [Int]
  /// No parameters.
  public static let fields = FieldList<Permute>(ordered: [])
  /// That order; `[0, 2, 3, 1]` puts the channels of pictures last.
  public init(_ axes: [Int]) { self.axes = axes }
  /// `Permute`.
  public var kind: LayerKind { .permute }
  /// `Permute([0, 2, 3, 1])`.
  public var code: String { "Permute(\(axes))" }
}

/// One index of an axis, which is then no more: the class token of a sequence is `Take(axis: 1, 0)`.
public struct Take: PrintableLayer {
  /// The axis; from the last one on where it is negative.
  public var axis: Int
  /// Which index of it.
  public var index: Int
  /// No parameters.
  public static let fields = FieldList<Take>(ordered: [])
  /// That index of that axis.
  public init(axis: Int = 1, _ index: Int = 0) { (self.axis, self.index) = (axis, index) }
  /// `Take`.
  public var kind: LayerKind { .take }
  /// `Take(axis: 1, 0)`.
  public var code: String { "Take(axis: \(axis), \(index))" }
}

/// Equal parts along an axis, as several results.
public struct Chunk: PrintableLayer {
  /// How many parts.
  public var parts: Int
  /// The axis that is cut; channels are axis 1.
  public var axis: Int
  /// No parameters.
  public static let fields = FieldList<Chunk>(ordered: [])
  /// That many parts.
  public init(_ parts: Int, axis: Int = 1) { (self.parts, self.axis) = (parts, axis) }
  /// `Chunk`.
  public var kind: LayerKind { .chunk }
  /// `Chunk(2, axis: 1)`.
  public var code: String { "Chunk(\(parts), axis: \(axis))" }
}

/// Channels become places: `[N, C·r², H, W]` is `[N, C, H·r, W·r]` (Shi et al., "Real-time single image and video
/// super-resolution", 2016).
public struct PixelShuffle: PrintableLayer {
  /// By how much height and width grow.
  public var factor: Int
  /// No parameters.
  public static let fields = FieldList<PixelShuffle>(ordered: [])
  /// Grows height and width by that factor.
  public init(_ factor: Int) { self.factor = factor }
  /// `PixelShuffle`.
  public var kind: LayerKind { .pixelShuffle }
  /// `PixelShuffle(2)`.
  public var code: String { "PixelShuffle(\(factor))" }
}

/// Mixes the channels of groups: channel j of group i becomes channel i of group j (Zhang et al., "ShuffleNet", 2018).
public struct ChannelShuffle: PrintableLayer {
  /// The number of groups.
  public var groups: Int
  /// No parameters.
  public static let fields = FieldList<ChannelShuffle>(ordered: [])
  /// Mixes that many groups.
  public init(groups: Int) { self.groups = groups }
  /// `ChannelShuffle`.
  public var kind: LayerKind { .channelShuffle }
  /// `ChannelShuffle(groups: 2)`.
  public var code: String { "ChannelShuffle(groups: \(groups))" }
}

/// Makes pictures larger or smaller by a factor.
public struct Upsample: PrintableLayer {
  /// How values between places are found.
  public enum Mode: String, Sendable, CaseIterable {
    /// The place's own.
    case nearest
    /// Linearly between neighbors, whose corners are aligned with the picture's, as torch's `align_corners: false`.
    case bilinear
  }
  /// By how much height and width grow.
  public var factor: Double
  /// How values between places are found.
  public var mode: Mode
  /// No parameters.
  public static let fields = FieldList<Upsample>(ordered: [])
  /// Grows height and width by that factor.
  public init(_ factor: Double, mode: Mode = .nearest) { (self.factor, self.mode) = (factor, mode) }
  /// `Upsample`.
  public var kind: LayerKind { .upsample }
  /// `Upsample(2.0, mode: .bilinear)`.
  public var code: String {
    Call.text("Upsample", ["\(factor)", mode == .nearest ? nil : "mode: .\(mode.rawValue)"])
  }
}
