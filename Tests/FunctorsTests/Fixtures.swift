import Diagnostics
import Functors
import Synchronization
import Tensors

/// A small dense layer, as an application would declare one.
struct Dense: Structure, Equatable {
  var weight: Tensor
  var bias: Tensor?
  static let fields = FieldList(weights: \Self.weight, biases: \.bias)

  init(_ values: [Float], bias: [Float]? = nil) {
    weight = Tensor(values)
    self.bias = bias.map { Tensor($0) }
  }
}

/// A layer whose parameter is an array given by role `scale`.
struct Scale: Structure {
  var scale: Tensor
  static let fields = FieldList(scales: \Self.scale)
}

/// A norm that contains a scale without a name of its own in the path, and buffers.
struct Norm: Structure {
  var affine: Scale
  var runningMean: Tensor
  var steps: Tensor
  static let fields = FieldList<Self>(ordered: [
    .named("", nil, \Self.affine), .named("running_mean", .buffer, \.runningMean),
    .named(nil, .buffer, \.steps),
  ])

  init(_ scale: [Float]) {
    affine = Scale(scale: Tensor(scale))
    runningMean = Tensor(zeros: [scale.count])
    steps = Tensor(zeros: [], dtype: .i64)
  }
}

/// A layer without parameters: a leaf that holds no tensor.
struct Activation: Structure, Equatable {
  var slope = 0.25
  static let fields = FieldList<Self>(ordered: [])
}

struct Pair<First: Node, Second: Node>: Structure {
  var first: First
  var second: Second
  static var fields: FieldList<Self> {
    FieldList<Self>(ordered: [.named("first", nil, \Self.first), .named("second", nil, \Self.second)])
  }
  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }
}

/// A container of layers of any types, as `Chain` is one.
struct Group: Structure {
  var layers: NodeList
  static let fields = FieldList<Self>(ordered: [.named("layers", nil, \Self.layers)])
  init(_ nodes: [(PathKey, any Node)]) { layers = NodeList(nodes) }
}

/// A node with identity that can be made to contain itself, as a plugin's could.
final class Knot: Node {
  private let inner = Mutex<[NodeChild]>([])
  init(_ children: [NodeChild]) { inner.withLock { $0 = children } }
  func tie(_ child: NodeChild) { inner.withLock { $0.append(child) } }
  var children: [NodeChild] { inner.withLock { $0 } }
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Self {
    guard let copy = Knot(zip(children, parts).map { NodeChild($0.key, role: $0.role, $1) }) as? Self else {
      return self
    }
    return copy
  }
  var identity: NodeIdentity? { NodeIdentity(self) }
}

struct Stopped: Error, Equatable {}

func floats(_ node: (any Node)?) -> [Float]? { node.flatMap { ($0 as? Tensor) ?? $0.tensor }?.floats }

/// The values of all tensors by path, at every place.
func values(_ node: any Node) throws -> [String: [Double]] {
  Dictionary(
    try node.leaves(ties: .every).map { ($0.path.description, $0.tensor.elements) },
    uniquingKeysWith: { first, _ in first })
}

/// What a diagnostic's code is, if the body throws one.
func code(_ body: () throws -> Void) -> ErrorCode? { diagnostic(body)?.code }

func diagnostic(_ body: () throws -> Void) -> Diagnostic? {
  do {
    try body()
    return nil
  } catch { return error as? Diagnostic }
}
