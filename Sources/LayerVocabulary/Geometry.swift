import Tensors

/// The numbers of inputs that feed an output, and of outputs that an input feeds.
public struct Fans: Sendable, Equatable {
  /// Inputs to one output.
  public var fanIn: Int
  /// Outputs of one input.
  public var fanOut: Int

  /// A pair of fans.
  public init(fanIn: Int, fanOut: Int) {
    self.fanIn = fanIn
    self.fanOut = fanOut
  }
}

/// One of several maps that are packed along an output axis.
public struct PackedPart: Sendable, Equatable {
  /// As rules name it: `forget`, `q`.
  public let name: String
  /// Its size along the output axis.
  public let size: Int

  /// A part with its name and size.
  public init(_ name: String, size: Int) { (self.name, self.size) = (name, size) }
}

/// How parts lie that are packed along an output axis.
public enum PartOrder: Sendable, Equatable {
  /// One after the other.
  case sequence
  /// Dealt out over so many heads, or groups of heads: a piece of each for the first, then for the second.
  case byHead(Int)
  /// Nobody knows: the parts have sizes, and no places.
  case unknown
}

/// Which axis of a weight means what: the layer's own knowledge, from which fans follow.
///
/// A shape alone cannot tell a grouped from a plain convolution, nor three packed projections from one wide one.
public struct Geometry: Sendable, Equatable {
  /// The axis of the outputs: of each group's together, unless ``isTransposed``.
  public var outAxis: Int
  /// The axes of the inputs: one, or two for a bilinear form; at most seven.
  public var inAxes: [Int] {
    get { Array(inputs) }
    set { inputs = AxisList(newValue) }
  }
  /// How many independent maps the channels are split into.
  public var groups: Int
  /// Whether the input axis counts all groups and the output axis one (transposed convolutions).
  public var isTransposed: Bool
  /// How many maps are packed along the output axis (3 for queries, keys and values; 4 for an LSTM's gates).
  public var parts: Int
  /// Names and sizes of what is packed along the output axis, in order; empty where nothing has a name.
  ///
  /// Sizes may differ; ``parts`` is then 1, and fans are those of the whole.
  public var packed: [PackedPart]
  /// The names of ``parts`` of equal size; empty where they have the usual ones, or none.
  public var partNames: [String]
  /// How the parts lie.
  public var order: PartOrder
  /// Which of the parts is the forget gate of a long short-term memory, counted from 0; nil where none is.
  public var forgetPart: Int?
  /// Whether inputs are one-hot, so that one row is read at a time (embeddings): fan-in is 1.
  public var isOneHot: Bool
  /// Whether the axes besides inputs and outputs count maps that lie one after the other (experts), and are no kernel.
  public var isStacked: Bool
  /// Whether the layer was guessed from names and shapes.
  public var isGuess: Bool
  /// The axes of the inputs, without memory of their own: there is a geometry for every parameter of a model.
  private var inputs: AxisList

  /// A geometry; torch's `[out, in, …]` unless said otherwise.
  public init(
    outAxis: Int = 0, inAxes: [Int] = [1], groups: Int = 1, isTransposed: Bool = false, parts: Int = 1,
    packed: [PackedPart] = [], forgetPart: Int? = nil, isOneHot: Bool = false, isStacked: Bool = false,
    isGuess: Bool = false, partNames: [String] = [], order: PartOrder = .sequence
  ) {
    self.outAxis = outAxis
    inputs = AxisList(inAxes)
    self.groups = groups
    self.isTransposed = isTransposed
    self.parts = parts
    self.packed = packed
    self.forgetPart = forgetPart
    self.isOneHot = isOneHot
    self.isStacked = isStacked
    self.isGuess = isGuess
    self.partNames = partNames
    self.order = order
  }

  /// Whether every axis that this names exists in a shape, and groups and parts divide what they split.
  public func fits(_ shape: Shape) -> Bool {
    let rank = shape.rank
    guard outAxis >= 0, outAxis < rank, !inputs.isEmpty, groups > 0, parts > 0, shape[outAxis] % parts == 0
    else { return false }
    for index in inputs.indices {
      let axis = inputs[index]
      guard axis >= 0, axis < rank, axis != outAxis, !inputs.prefix(index).contains(axis) else { return false }
    }
    guard packed.isEmpty || packed.reduce(0, { $0 + $1.size }) == shape[outAxis] else { return false }
    return (isTransposed ? shape[inputs[0]] : shape[outAxis] / parts) % groups == 0
  }

  /// The axes of the kernel: all that are neither inputs nor outputs, in order.
  public func kernelAxes(of shape: Shape) -> [Int] {
    shape.sizes.indices.filter { $0 != outAxis && !inputs.contains($0) }
  }

  /// The true fans of a weight of that shape; nil if it does not fit, or has no elements.
  ///
  /// With a kernel of k taps, g groups and p packed parts: a convolution `[out, in/g, k…]` has fan-in `in/g·k`
  /// and fan-out `out/g·k`; so has a transposed one `[in, out/g, k…]`; a packed matrix `[p·out, in]` has `in`
  /// and `out`; an embedding `[vocabulary, d]` has 1 and `d`.
  public func fans(of shape: Shape) -> Fans? {
    guard shape.count > 0, fits(shape) else { return nil }
    var taps = 1
    if !isStacked {
      for axis in 0..<shape.rank where axis != outAxis && !inputs.contains(axis) { taps *= shape[axis] }
    }
    let inputs = inputs.reduce(1) { $0 * shape[$1] }
    let outputs = shape[outAxis] / parts
    if isOneHot { return Fans(fanIn: 1, fanOut: outputs * taps) }
    return isTransposed
      ? Fans(fanIn: inputs / groups * taps, fanOut: outputs * taps)
      : Fans(fanIn: inputs * taps, fanOut: outputs / groups * taps)
  }

  /// How many inputs a weight of that shape has, of all groups: features or channels, without the kernel.
  package func inputs(of shape: Shape) -> Int {
    inputs.reduce(1) { $0 * shape[$1] } * (isTransposed ? 1 : groups)
  }

  /// How many outputs one part of a weight of that shape has, of all groups.
  package func outputs(of shape: Shape) -> Int { shape[outAxis] / parts * (isTransposed ? groups : 1) }

  /// The same axes as one map: groups and packed parts are not taken apart.
  package var whole: Geometry {
    var whole = self
    (whole.groups, whole.parts, whole.packed, whole.partNames, whole.forgetPart) = (1, 1, [], [], nil)
    whole.order = .sequence
    return whole
  }

  /// The fans that Flux derives from a shape alone, `[…, in, out]`; nil below two axes, or without elements.
  public static func fansOfLastAxes(_ shape: Shape) -> Fans? {
    guard shape.rank >= 2, shape.count > 0 else { return nil }
    let taps = shape.sizes.dropLast(2).reduce(1, *)
    return Fans(fanIn: shape[shape.rank - 2] * taps, fanOut: shape[shape.rank - 1] * taps)
  }

  /// The fans that torch derives from a shape alone, `[out, in, …]`; nil below two axes, or without elements.
  public static func fansOfShape(_ shape: Shape) -> Fans? {
    guard shape.rank >= 2, shape.count > 0 else { return nil }
    let taps = shape.sizes.dropFirst(2).reduce(1, *)
    return Fans(fanIn: shape[1] * taps, fanOut: shape[0] * taps)
  }
}
