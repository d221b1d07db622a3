import Tensors

/// The declared fields of a type, by where they lie in memory.
///
/// Reading through a key path takes ten times as long; and code that is generic over the layer's type would ask the
/// runtime for it at each layer.
final class FieldTable: Sendable {
  /// Reads a field of the value at an address.
  typealias Read = @Sendable (UnsafeRawPointer) -> any Node

  /// One field.
  struct Row: Sendable {
    let key: Key
    let role: Role?
    let read: Read
  }
  private let rows: [Row]

  init(_ rows: [Row]) { self.rows = rows }

  /// The fields of the value at an address.
  func children(at address: UnsafeRawPointer) -> [Child] {
    var children: [Child] = []
    children.reserveCapacity(rows.count)
    for row in rows { children.append(Child(row.key, role: row.role, row.read(address))) }
    return children
  }

  /// What reads a property.
  static func read<Root, Value: Node>(_ keyPath: any WritableKeyPath<Root, Value> & Sendable) -> Read {
    guard let offset = MemoryLayout<Root>.offset(of: keyPath) else {
      return { $0.assumingMemoryBound(to: Root.self).pointee[keyPath: keyPath].presented }
    }
    // The two types that most fields have are read without asking them what they are.
    if Value.self == Tensor.self { return { ($0 + offset).assumingMemoryBound(to: Tensor.self).pointee } }
    if Value.self == Tensor?.self {
      return { ($0 + offset).assumingMemoryBound(to: Tensor?.self).pointee ?? Absent() }
    }
    return { ($0 + offset).assumingMemoryBound(to: Value.self).pointee.presented }
  }
}
