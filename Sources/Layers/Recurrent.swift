import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// The tensors of a recurrent network under torch's names.
///
/// `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_hr_l0` with a projection: one set for
/// each layer, then one with the suffix `_reverse` if the layer reads in both directions.
public struct RecurrentParameters: Node {
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// One tensor.
  public struct Entry: Sendable {
    /// Its name, such as `weight_ih_l0`.
    public let name: String
    /// Its values.
    public var tensor: Tensor
  }
  /// The tensors, in torch's order.
  public private(set) var entries: [Entry] = []

  /// Tensors under given names.
  public init(_ tensors: [(name: String, tensor: Tensor)]) {
    entries = tensors.map { Entry(name: $0.name, tensor: $0.tensor) }
  }

  /// Tensors without bytes; gates are packed along the first axis of each.
  init(gates: Int, _ sizes: RecurrentSizes, dtype: DType) {
    for layer in 0..<sizes.layers {
      for suffix in sizes.isBidirectional ? ["", "_reverse"] : [""] {
        append(gates: gates, sizes, layer: layer, "_l\(layer)\(suffix)", dtype)
      }
    }
  }

  private mutating func append(
    gates: Int, _ sizes: RecurrentSizes, layer: Int, _ suffix: String, _ dtype: DType
  ) {
    let (rows, output) = (gates * sizes.hidden, sizes.projection ?? sizes.hidden)
    let inputs = layer == 0 ? sizes.inputs : output * (sizes.isBidirectional ? 2 : 1)
    add("weight_ih" + suffix, [rows, inputs], dtype)
    add("weight_hh" + suffix, [rows, output], dtype)
    if sizes.hasBias {
      add("bias_ih" + suffix, [rows], dtype)
      add("bias_hh" + suffix, [rows], dtype)
    }
    if let projection = sizes.projection { add("weight_hr" + suffix, [projection, sizes.hidden], dtype) }
  }

  private mutating func add(_ name: String, _ sizes: [Int], _ dtype: DType) {
    entries.append(Entry(name: name, tensor: Tensor(lazy: Shape(sizes), dtype: dtype)))
  }

  /// The tensors with their roles.
  public var children: [NodeChild] {
    entries.map { NodeChild(.name($0.name), role: $0.name.hasPrefix("bias") ? .bias : .weight, $0.tensor) }
  }

  /// The same names with other tensors.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> RecurrentParameters {
    guard parts.count == entries.count else {
      throw Diagnostic(
        .rebuildMismatch, "recurrent parameters are rebuilt from another number of tensors",
        expected: "\(entries.count)", found: "\(parts.count)")
    }
    var copy = self
    for (index, part) in parts.enumerated() {
      guard let tensor = part.tensor else {
        throw Diagnostic(
          .rebuildMismatch, "'\(entries[index].name)' cannot hold that value", expected: "Tensor",
          found: "\(type(of: part))")
      }
      copy.entries[index].tensor = tensor
    }
    return copy
  }
}

/// What a recurrent network is made for.
public struct RecurrentSizes: Sendable, Equatable {
  /// The size of the input.
  public var inputs: Int
  /// The size of the hidden state.
  public var hidden: Int
  /// How many layers are stacked.
  public var layers: Int
  /// Whether there are biases.
  public var hasBias: Bool
  /// Whether each layer reads in both directions.
  public var isBidirectional: Bool
  /// The size that an LSTM's hidden state is projected to, if it is.
  public var projection: Int?
  /// Whether axis 0 of the input is the batch and axis 1 the sequence, and not the other way round.
  public var isBatchFirst: Bool

  /// Sizes.
  public init(
    inputs: Int, hidden: Int, layers: Int = 1, hasBias: Bool = true, isBidirectional: Bool = false,
    projection: Int? = nil, isBatchFirst: Bool = false
  ) {
    self.inputs = inputs
    self.hidden = hidden
    self.layers = layers
    self.hasBias = hasBias
    self.isBidirectional = isBidirectional
    self.projection = projection
    self.isBatchFirst = isBatchFirst
  }

  func code(_ name: String) -> String {
    Call.text(
      name,
      [
        "in: \(inputs)", "hidden: \(hidden)", Call.argument("layers", layers, unless: 1),
        Call.argument("bias", hasBias, unless: true),
        Call.argument("bidirectional", isBidirectional, unless: false),
        projection.map { "projection: \($0)" },
        Call.argument("batchFirst", isBatchFirst, unless: false),
      ])
  }
}

/// What the three recurrent layers have in common.
public protocol RecurrentLayer: PrintableLayer {
  /// How many maps are packed along the first axis of weights and biases.
  static var gates: Int { get }
  /// Which of them is the forget gate, counted from 0; nil if there is none.
  static var forgetGate: Int? { get }
  /// What the gates are called, in their order.
  static var gateNames: [String] { get }
  /// The sizes it was made for.
  var sizes: RecurrentSizes { get }
}

extension RecurrentLayer {
  /// None.
  public static var forgetGate: Int? { nil }
  /// None.
  public static var gateNames: [String] { [] }

  /// `[gates·hidden, in]`, in as many parts; `[projection, hidden]` for `weight_hr`.
  public func geometry(of field: String) -> Geometry? {
    guard field.hasPrefix("weight") else { return nil }
    return field.hasPrefix("weight_hr")
      ? Geometry() : Geometry(parts: Self.gates, forgetPart: Self.forgetGate, partNames: Self.gateNames)
  }

  /// Uniform within ±1/√hidden, all of them.
  public func fresh(_ field: String) -> (any Initializer)? {
    let isOwn = field.hasPrefix("weight") || field.hasPrefix("bias")
    return isOwn ? Fresh.uniform(overRootOf: sizes.hidden) : nil
  }

  /// `LSTM(in: 64, hidden: 128, layers: 2)`.
  public var code: String { sizes.code(kind.name) }
}
