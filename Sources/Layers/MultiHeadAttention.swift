import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Attention over several heads (Vaswani et al., "Attention is all you need", 2017), with torch's names.
///
/// The projections of queries, keys and values are packed in one matrix where their inputs are of one size,
/// and are three matrices otherwise.
public struct MultiHeadAttention: PrintableLayer {
  /// Queries, keys and values, `[3·size, size]`; nil where they are separate.
  public var inProjWeight: Tensor?
  /// Queries, `[size, size]`, where separate.
  public var qProjWeight: Tensor?
  /// Keys, `[size, keySize]`, where separate.
  public var kProjWeight: Tensor?
  /// Values, `[size, valueSize]`, where separate.
  public var vProjWeight: Tensor?
  /// The offsets of queries, keys and values, `[3·size]`, or nothing.
  public var inProjBias: Tensor?
  /// A key that is appended to all keys, `[1, 1, size]`, or nothing.
  public var biasK: Tensor?
  /// A value that is appended to all values, `[1, 1, size]`, or nothing.
  public var biasV: Tensor?
  /// What the heads' outputs are put through.
  public var outProj: Dense
  /// The number of heads.
  public var heads: Int
  /// Whether axis 0 of the inputs is the batch and axis 1 the sequence, and not the other way round.
  public var isBatchFirst: Bool

  /// Its parameters, in torch's order.
  public static let fields = FieldList(ordered: [
    .named(nil, .weight, \Self.inProjWeight), .named(nil, .weight, \Self.qProjWeight),
    .named(nil, .weight, \Self.kProjWeight), .named(nil, .weight, \Self.vProjWeight),
    .named(nil, .bias, \Self.inProjBias), .named(nil, .bias, \Self.biasK), .named(nil, .bias, \Self.biasV),
    .named(nil, nil, \Self.outProj),
  ])

  /// Attention of those sizes whose tensors have no bytes yet.
  /// - Parameters:
  ///   - keySize: the size of the keys' inputs; the projections are separate if it or `valueSize` differs.
  ///   - biasKV: whether a key and a value are appended.
  /// - Precondition: sizes are not negative, and `heads` divides `size`.
  public init(
    _ size: Int, heads: Int, bias: Bool = true, biasKV: Bool = false, keySize: Int? = nil,
    valueSize: Int? = nil, batchFirst: Bool = false, dtype: DType = .f32
  ) {
    precondition(heads > 0 && size % heads == 0, "\(heads) heads do not divide \(size)")
    func lazy(_ sizes: [Int]) -> Tensor { Tensor(lazy: Shape(sizes), dtype: dtype) }
    let isPacked = (keySize ?? size) == size && (valueSize ?? size) == size
    inProjWeight = isPacked ? lazy([3 * size, size]) : nil
    qProjWeight = isPacked ? nil : lazy([size, size])
    kProjWeight = isPacked ? nil : lazy([size, keySize ?? size])
    vProjWeight = isPacked ? nil : lazy([size, valueSize ?? size])
    inProjBias = bias ? lazy([3 * size]) : nil
    biasK = biasKV ? lazy([1, 1, size]) : nil
    biasV = biasKV ? lazy([1, 1, size]) : nil
    outProj = Dense(in: size, out: size, bias: bias, startsWithZeroBias: true, dtype: dtype)
    self.heads = heads
    isBatchFirst = batchFirst
  }

  /// `MultiHeadAttention`, or `MultiheadAttention`.
  public var kind: LayerKind { .multiHeadAttention }

  /// What is packed in one matrix, in order.
  private static let projections = ["q", "k", "v"]

  /// Three parts for the packed matrix; `[out, in]` for separate ones.
  public func geometry(of field: String) -> Geometry? {
    switch field {
    case "in_proj_weight": Geometry(parts: 3, partNames: Self.projections)
    case "q_proj_weight", "k_proj_weight", "v_proj_weight": Geometry()
    default: nil
    }
  }

  /// Glorot-uniform by the matrices' shapes, as torch has it: √(6/(4·size)) for the packed one; biases 0.
  public func fresh(_ field: String) -> (any Initializer)? {
    switch field {
    case "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight": Fresh.glorotByShape
    case "in_proj_bias": Fresh.zeros
    case "bias_k", "bias_v":
      Fresh.normal(std: 1 / Double(max(1, outProj.weight.shape.size(0))).squareRoot())
    default: nil
    }
  }

  /// `MultiHeadAttention(768, heads: 12)`.
  public var code: String {
    let size = outProj.weight.shape.size(0)
    return Call.text(
      "MultiHeadAttention",
      [
        "\(size)", "heads: \(heads)", Call.argument("bias", inProjBias != nil, unless: true),
        Call.argument("biasKV", biasK != nil, unless: false),
        kProjWeight.flatMap { Call.argument("keySize", $0.shape.size(1), unless: size) },
        vProjWeight.flatMap { Call.argument("valueSize", $0.shape.size(1), unless: size) },
        Call.argument("batchFirst", isBatchFirst, unless: false),
      ])
  }
}
