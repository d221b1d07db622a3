import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Attention within windows of a picture, which may be shifted by half of one (Liu et al., "Swin transformer", 2021),
/// with torchvision's names; over `[N, H, W, size]`.
public struct WindowAttention: PrintableLayer {
  /// What is added for each relative position and head, `[(2·window − 1)², heads]`.
  public var relativePositionBiasTable: Tensor
  /// The row of the table for each pair of places, `[window⁴]`, of 64 bits.
  public var relativePositionIndex: Tensor
  /// Queries, keys and values, `[3·size, size]`.
  public var qkv: Dense
  /// What the heads' outputs are put through.
  public var proj: Dense
  /// The number of heads.
  public var heads: Int
  /// The side of a window.
  public var window: Int
  /// How far windows are shifted.
  public var shift: Int

  /// Its parameters, in torchvision's order.
  public static let fields = FieldList(ordered: [
    .named(nil, .weight, \Self.relativePositionBiasTable), .named(nil, .buffer, \Self.relativePositionIndex),
    .named(nil, nil, \Self.qkv), .named(nil, nil, \Self.proj),
  ])

  /// Attention of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative, and `heads` divides `size`.
  public init(_ size: Int, heads: Int, window: Int = 7, shift: Int = 0, dtype: DType = .f32) {
    precondition(heads > 0 && size % heads == 0, "\(heads) heads do not divide \(size)")
    let rows = (2 * window - 1) * (2 * window - 1)
    relativePositionBiasTable = Tensor(lazy: [rows, heads], dtype: dtype)
    relativePositionIndex = Tensor(lazy: [window * window * window * window], dtype: .i64)
    qkv = Dense(in: size, out: 3 * size, parts: 3, dtype: dtype)
    proj = Dense(in: size, out: size, dtype: dtype)
    (self.heads, self.window, self.shift) = (heads, window, shift)
  }

  /// `WindowAttention`, or `ShiftedWindowAttention`.
  public var kind: LayerKind { .windowAttention }

  /// The table is read one row at a time: its fan-in is 1.
  public func geometry(of field: String) -> Geometry? {
    field == "relative_position_bias_table" ? Geometry(outAxis: 1, inAxes: [0], isOneHot: true) : nil
  }

  /// The table truncated normal with standard deviation 0.02; the index what it must be.
  public func fresh(_ field: String) -> (any Initializer)? {
    switch field {
    case "relative_position_bias_table": TruncatedNormal(std: 0.02)
    case "relative_position_index": RelativePosition(height: window, width: window)
    default: nil
    }
  }

  /// `WindowAttention(96, heads: 3)`.
  public var code: String {
    Call.text(
      "WindowAttention",
      [
        "\(proj.weight.shape.size(0))", "heads: \(heads)", Call.argument("window", window, unless: 7),
        Call.argument("shift", shift, unless: 0),
      ])
  }
}

/// The four neighbors of every second place, one after the other: `[N, H, W, C]` becomes `[N, ⌈H/2⌉, ⌈W/2⌉, 4·C]`
/// (Liu et al., "Swin transformer", 2021).
public struct PatchMerge: PrintableLayer {
  /// No parameters.
  public static let fields = FieldList<PatchMerge>(ordered: [])
  /// Merges patches.
  public init() {}
  /// `PatchMerge`.
  public var kind: LayerKind { .patchMerge }
  /// `PatchMerge()`.
  public var code: String { "PatchMerge()" }
}
