import CReinit
import Functors
import LayerVocabulary
import Synchronization
import Tensors

/// What plugins and the host hold of each other's at the moment; nothing is left when all models are gone.
public struct HandleCount: Sendable, Equatable {
  /// Handles of tensors.
  public var tensors = 0
  /// Handles of layers.
  public var layers = 0
  /// Instances of plugins' layers.
  public var instances = 0

  /// Nothing.
  public static let none = HandleCount()
}

/// Counts what is alive.
package final class HandleCounter: Sendable {
  fileprivate let tensors = Atomic<Int>(0)
  fileprivate let layers = Atomic<Int>(0)
  private let instances = Atomic<Int>(0)

  var count: HandleCount {
    HandleCount(
      tensors: tensors.load(ordering: .relaxed), layers: layers.load(ordering: .relaxed),
      instances: instances.load(ordering: .relaxed))
  }

  func addInstance() { instances.add(1, ordering: .relaxed) }
  func removeInstance() { instances.subtract(1, ordering: .relaxed) }
}

/// What a `ri_tensor` points to: a tensor as it stands in a tree, its ties included.
package final class TensorHandle: Sendable {
  /// The tensor, or what declares its tie.
  package let node: any Node
  /// The tensor.
  package let tensor: Tensor
  /// Its elements as other types; nil where nobody keeps them.
  let conversions: Conversions?
  private let counter: HandleCounter

  init(_ node: any Node, _ tensor: Tensor, _ counter: HandleCounter, _ conversions: Conversions? = nil) {
    self.node = node
    self.tensor = tensor
    self.counter = counter
    self.conversions = conversions
    counter.tensors.add(1, ordering: .relaxed)
  }

  package convenience init(_ tensor: Tensor, _ counter: HandleCounter) { self.init(tensor, tensor, counter) }

  /// What a fill reads.
  convenience init(_ tensor: Tensor, _ counter: HandleCounter, _ conversions: Conversions?) {
    self.init(tensor, tensor, counter, conversions)
  }

  deinit { counter.tensors.subtract(1, ordering: .relaxed) }

  /// What the plugin is given: borrowed, as long as this object lives.
  package var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object behind a plugin's pointer.
  static func at(_ pointer: OpaquePointer) -> TensorHandle {
    Unmanaged<TensorHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// A reference that the plugin owns.
  func handedOver() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// The handle of the same tensor with a declared tie.
  var shared: TensorHandle {
    if node.identity != nil { return self }
    return TensorHandle(Shared(tensor), tensor, counter)
  }
}

/// What a `ri_layer` points to: a layer of any kind, built in or a plugin's.
///
/// The box keeps deeply nested layers from being destroyed one inside of the other.
package final class LayerHandle: Sendable {
  private let box: AnyNode
  private let counter: HandleCounter

  /// The layer.
  package var node: any Node { box.value }

  package init(_ node: any Node, _ counter: HandleCounter) {
    box = AnyNode(node)
    self.counter = counter
    counter.layers.add(1, ordering: .relaxed)
  }

  deinit { counter.layers.subtract(1, ordering: .relaxed) }

  /// What the plugin is given: borrowed, as long as this object lives.
  package var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object behind a plugin's pointer.
  static func at(_ pointer: OpaquePointer) -> LayerHandle {
    Unmanaged<LayerHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// A reference that the plugin owns.
  func handedOver() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }
}

extension DType {
  /// The type of the ABI's number; nil for one that this host does not know.
  package init?(abi: ri_dtype) {
    guard let match = DType.abiNumbers.first(where: { $0.number == abi }) else { return nil }
    self = match.dtype
  }

  /// The ABI's number; nil for opaque elements, which no plugin sees.
  package var abi: ri_dtype? { DType.abiNumbers.first { $0.dtype == self }?.number }

  private static let abiNumbers: [(number: ri_dtype, dtype: DType)] = [
    (ri_dtype(RI_F32), .f32), (ri_dtype(RI_F64), .f64), (ri_dtype(RI_F16), .f16), (ri_dtype(RI_BF16), .bf16),
    (ri_dtype(RI_I64), .i64), (ri_dtype(RI_I32), .i32), (ri_dtype(RI_I16), .i16), (ri_dtype(RI_I8), .i8),
    (ri_dtype(RI_U64), .u64), (ri_dtype(RI_U32), .u32), (ri_dtype(RI_U16), .u16), (ri_dtype(RI_U8), .u8),
    (ri_dtype(RI_BOOL8), .bool), (ri_dtype(RI_F8_E4M3), .f8e4m3), (ri_dtype(RI_F8_E5M2), .f8e5m2),
  ]
}

extension ParameterRole {
  /// The role of the ABI's number; nil for none.
  init?(abi: ri_role) {
    switch Int(abi) {
    case RI_ROLE_WEIGHT: self = .weight
    case RI_ROLE_BIAS: self = .bias
    case RI_ROLE_SCALE: self = .scale
    case RI_ROLE_BUFFER: self = .buffer
    case RI_ROLE_OTHER: self = .other
    default: return nil
    }
  }

  /// The ABI's number.
  var abi: ri_role {
    switch self {
    case .weight: ri_role(RI_ROLE_WEIGHT)
    case .bias: ri_role(RI_ROLE_BIAS)
    case .scale: ri_role(RI_ROLE_SCALE)
    case .buffer: ri_role(RI_ROLE_BUFFER)
    case .other: ri_role(RI_ROLE_OTHER)
    }
  }
}
