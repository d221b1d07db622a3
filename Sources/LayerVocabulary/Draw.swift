import Tensors

/// An initializer with every number resolved for one tensor: all that is needed to produce its values again.
///
/// A draw is plain data, so that a receipt or a journal can hold it and a later run repeat it to the bit.
public struct Draw: Sendable, Equatable {
  /// How values are made.
  ///
  /// Names are part of the receipts' format and never change their meaning.
  public enum Method: String, Sendable, CaseIterable {
    /// `value`.
    case constant
    /// `low`, `high`: uniform in `[low, high)`.
    case uniform
    /// `mean`, `std`.
    case normal
    /// `mean`, `std` (of the normal before truncation), `low`, `high` (absolute).
    case truncatedNormal = "truncated_normal"
    /// `gain`, `out_axis`, `out_pieces`, `in_axis`, `in_pieces`: orthonormal rows or columns, Haar-distributed.
    case orthogonal
    /// The same, and `center_…` for each axis of the kernel: orthogonal at its center, else 0.
    case deltaOrthogonal = "delta_orthogonal"
    /// As `delta_orthogonal`: `gain` that makes a convolution the identity.
    case dirac
    /// As `dirac`, and `shift_…` for each axis that is shifted: `gain` along a diagonal.
    case identity
    /// `std`, `zeros` in each column (`along` 0) or row (1): normal with a fixed number of zeros.
    case sparse
    /// `bin_axis`, `frame_axis`, and `side`, `window`, `scaling`, `periodic` as indices: a Fourier basis.
    case stft
    /// `height`, `width`: for each pair of places in a window, the index of their relative position.
    case relativePosition = "relative_position"
    /// `source` 0: uniform from `low` to `high`; 1: whole numbers from `start` along `axis`; 2: from `start` to `stop` along `axis`, by the
    /// power `exponent`, with or without `endpoint`; then functions of each value in their order: `exp`, `logarithm`, `inverse_softplus`,
    /// and at least `floor`.
    case mapped
    /// `value` in part `part` of `parts` along the first axis, 0 elsewhere: the bias of a forget gate.
    case part
    /// The values of the source.
    case copy
    /// `by`: the source's values, times that.
    case scale
    /// `shrink`, `perturb`: the source's values times the one, and another draw's times the other.
    case shrinkPerturb = "shrink_perturb"
    /// Another draw's values, moved and scaled to the source's mean and standard deviation.
    case matchOld = "match_old"
    /// In each row the mean of the source's rows.
    case meanOf = "mean_of"
    /// `covariance` 0 (each column by itself) or 1 (whole), `scale`: rows that are normal as the source's rows are.
    case normalLike = "normal_like"
    /// `outer`, `prefix`, `old_height`, `old_width`, `height`, `width`, `inner`; `mode` 0 (nearest),
    /// 1 (bilinear) or 2 (bicubic), `align_corners`, `antialias`: the source's values between its places.
    case resample
    /// `mode` 0 (sum), 1 (repeat) or 2 (zero), `outer`, `inner`, `old` and `new` channels: the source's weights for other inputs.
    case inputChannels = "input_channels"
    /// `fan_in`, `fan_out`, axes and block as far as they are known: made by a plugin's code.
    case foreign = "plugin"
  }

  /// A resolved number; kept as a hexadecimal float in receipts.
  public struct Number: Sendable, Equatable {
    /// What it is.
    public let name: String
    /// Its value.
    public let value: Double

    /// A named number.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// How values are made.
  public let method: Method
  /// The resolved numbers, in a fixed order for each method.
  public let numbers: [Number]
  /// What a plugin's code is told, if that makes the values.
  public var foreign: ForeignDraw?
  /// The plugin that made the values, or resolved the numbers.
  public var plugin: PluginStamp?
  /// The tensors that the values are made of, in the initializer's order; empty for most.
  public var sources: [DrawSource] = []
  /// The draw whose values this one changes; empty for most, never more than one.
  public private(set) var others: [Draw] = []

  /// A draw from its parts.
  public init(
    _ method: Method, _ numbers: [Number] = [], foreign: ForeignDraw? = nil, plugin: PluginStamp? = nil
  ) {
    self.method = method
    self.numbers = numbers
    self.foreign = foreign
    self.plugin = plugin
  }

  /// The same, made of another draw's values.
  public func changing(_ other: Draw) -> Draw {
    var draw = self
    draw.others = [other]
    return draw
  }

  /// The number of that name; nil if the draw has none.
  public subscript(name: String) -> Double? { numbers.first { $0.name == name }?.value }

  /// Whether the values depend on other tensors, or on those that are replaced.
  public var reads: Bool { !sources.isEmpty }

  /// Whether values are whole numbers by nature, so that an integer buffer can hold them.
  package var fitsIntegers: Bool { method == .constant || method == .relativePosition }

  /// Whether element i depends on nothing but i: any partition into ranges gives the same bits.
  public var isElementwise: Bool {
    switch method {
    case .constant, .uniform, .normal, .truncatedNormal, .copy, .scale: true
    case .shrinkPerturb: others.allSatisfy(\.isElementwise)
    case .foreign: foreign?.isElementwise ?? false
    default: false
    }
  }

  /// Whether a part of a tensor is made as a tensor by itself; else its elements are those of the whole tensor's fill.
  package var isMadeAsAWhole: Bool {
    switch method {
    case .mapped, .resample, .inputChannels: false
    default: !isElementwise
    }
  }

  /// How far a repetition on other hardware may differ, relative to the largest element; nil for equal bits.
  public var tolerance: Double? {
    switch method {
    case .orthogonal, .deltaOrthogonal: 1e-5
    // Sines and cosines are those of the system's library.
    case .stft, .mapped: 1e-6
    case .foreign: foreign?.tolerance
    case .shrinkPerturb, .matchOld: others.first?.tolerance
    // A product of the system's BLAS.
    case .normalLike: self["covariance"] == 0 ? nil : 1e-5
    default: nil
    }
  }

  /// Every element equals this value.
  public static func constant(_ value: Double) -> Draw { Draw(.constant, [Number("value", value)]) }

  /// Uniform in `[low, high)`.
  public static func uniform(low: Double, high: Double) -> Draw {
    Draw(.uniform, [Number("low", low), Number("high", high)])
  }

  /// Normal with that mean and standard deviation.
  public static func normal(mean: Double = 0, std: Double) -> Draw {
    Draw(.normal, [Number("mean", mean), Number("std", std)])
  }

  /// A normal of that mean and standard deviation, cut off at absolute bounds.
  public static func truncatedNormal(mean: Double, std: Double, low: Double, high: Double) -> Draw {
    Draw(
      .truncatedNormal,
      [Number("mean", mean), Number("std", std), Number("low", low), Number("high", high)])
  }
}
