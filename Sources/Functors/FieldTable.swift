import Diagnostics
import Tensors

/// The declared fields of a type, by where they lie in memory.
///
/// Reading through a key path takes ten times as long; and code that is generic over the layer's type would ask the
/// runtime for it at each layer.
final class FieldTable: Sendable {
  /// Reads a field of the value at an address.
  typealias Read = @Sendable (UnsafeRawPointer) -> any Node
  /// Writes a field of the value at an address.
  typealias Write = @Sendable (UnsafeMutableRawPointer, any Node) throws(Diagnostic) -> Void

  /// One field.
  struct Row: Sendable {
    let key: PathKey
    let role: ParameterRole?
    let read: Read
    let write: Write
  }
  private let rows: [Row]

  init(_ rows: [Row]) { self.rows = rows }

  /// The fields of the value at an address.
  func children(at address: UnsafeRawPointer) -> [NodeChild] {
    var children: [NodeChild] = []
    children.reserveCapacity(rows.count)
    for row in rows { children.append(NodeChild(row.key, role: row.role, row.read(address))) }
    return children
  }

  /// Puts values into the fields of the value at an address.
  func assign(_ parts: [any Node], at address: UnsafeMutableRawPointer) throws(Diagnostic) {
    for (index, row) in rows.enumerated() { try row.write(address, parts[index]) }
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

  /// What writes a property.
  static func write<Root, Value: Node>(_ keyPath: any WritableKeyPath<Root, Value> & Sendable) -> Write {
    guard let offset = MemoryLayout<Root>.offset(of: keyPath) else {
      return { (root, node) throws(Diagnostic) in
        root.assumingMemoryBound(to: Root.self).pointee[keyPath: keyPath] = try value(of: node, for: keyPath)
      }
    }
    if Value.self == Tensor.self {
      return { (root, node) throws(Diagnostic) in
        let place = (root + offset).assumingMemoryBound(to: Tensor.self)
        if node.isTensor, let tensor = node.tensor {
          place.pointee = tensor
        } else {
          place.pointee = try value(of: node, for: keyPath)
        }
      }
    }
    return { (root, node) throws(Diagnostic) in
      (root + offset).assumingMemoryBound(to: Value.self).pointee = try value(of: node, for: keyPath)
    }
  }

  private static func value<Value: Node>(of node: any Node, for keyPath: AnyKeyPath) throws(Diagnostic) -> Value {
    try node.present(as: Value.self, named: FieldNames.pathName(of: keyPath))
  }
}
