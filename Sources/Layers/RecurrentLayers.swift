import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A plain recurrent network (Elman, "Finding structure in time", 1990), with torch's names.
public struct RNN: RecurrentLayer {
  /// The tensors, unnamed: their names are the layer's.
  public var parameters: RecurrentParameters
  /// The sizes it was made for.
  public let sizes: RecurrentSizes

  /// The tensors.
  public static let fields = FieldList(ordered: [.named("", nil, \Self.parameters)])
  /// One map.
  public static let gates = 1

  /// A network of given tensors.
  public init(parameters: RecurrentParameters, sizes: RecurrentSizes) {
    self.parameters = parameters
    self.sizes = sizes
  }

  /// A network of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(
    in inputs: Int, hidden: Int, layers: Int = 1, bias: Bool = true, bidirectional: Bool = false,
    batchFirst: Bool = false, dtype: DType = .f32
  ) {
    sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, hasBias: bias, isBidirectional: bidirectional,
      isBatchFirst: batchFirst)
    parameters = RecurrentParameters(gates: Self.gates, sizes, dtype: dtype)
  }

  /// `RNN`.
  public var kind: LayerKind { .rnn }
}

/// A long short-term memory (Hochreiter, Schmidhuber, 1997); gates in the order input, forget, cell, output.
public struct LSTM: RecurrentLayer {
  /// The tensors, unnamed: their names are the layer's.
  public var parameters: RecurrentParameters
  /// The sizes it was made for.
  public let sizes: RecurrentSizes

  /// The tensors.
  public static let fields = FieldList(ordered: [.named("", nil, \Self.parameters)])
  /// 4 maps are packed.
  public static let gates = 4
  /// The second of them.
  public static let forgetGate: Int? = 1
  /// Input, forget, cell, output.
  public static let gateNames = ["input", "forget", "cell", "output"]

  /// A network of given tensors.
  public init(parameters: RecurrentParameters, sizes: RecurrentSizes) {
    self.parameters = parameters
    self.sizes = sizes
  }

  /// A network of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(
    in inputs: Int, hidden: Int, layers: Int = 1, bias: Bool = true, bidirectional: Bool = false,
    projection: Int? = nil, batchFirst: Bool = false, dtype: DType = .f32
  ) {
    sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, hasBias: bias, isBidirectional: bidirectional,
      projection: projection, isBatchFirst: batchFirst)
    parameters = RecurrentParameters(gates: Self.gates, sizes, dtype: dtype)
  }

  /// `LSTM`.
  public var kind: LayerKind { .lstm }
}

/// A gated recurrent unit (Cho et al., 2014); gates in the order reset, update, new.
public struct GRU: RecurrentLayer {
  /// The tensors, unnamed: their names are the layer's.
  public var parameters: RecurrentParameters
  /// The sizes it was made for.
  public let sizes: RecurrentSizes

  /// The tensors.
  public static let fields = FieldList(ordered: [.named("", nil, \Self.parameters)])
  /// 3 maps are packed.
  public static let gates = 3
  /// Reset, update, new.
  public static let gateNames = ["reset", "update", "new"]

  /// A network of given tensors.
  public init(parameters: RecurrentParameters, sizes: RecurrentSizes) {
    self.parameters = parameters
    self.sizes = sizes
  }

  /// A network of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(
    in inputs: Int, hidden: Int, layers: Int = 1, bias: Bool = true, bidirectional: Bool = false,
    batchFirst: Bool = false, dtype: DType = .f32
  ) {
    sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, hasBias: bias, isBidirectional: bidirectional,
      isBatchFirst: batchFirst)
    parameters = RecurrentParameters(gates: Self.gates, sizes, dtype: dtype)
  }

  /// `GRU`.
  public var kind: LayerKind { .gru }
}
