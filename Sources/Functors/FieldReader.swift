import Tensors

/// Reads fields of values in memory. Reading through a key path takes ten times as long.
enum FieldReader {
  /// What reads a property of the value at an address.
  static func reader<Root, Value: Node>(
    of keyPath: any WritableKeyPath<Root, Value> & Sendable
  ) -> @Sendable (UnsafePointer<Root>) -> any Node {
    guard let offset = MemoryLayout<Root>.offset(of: keyPath) else { return { $0.pointee[keyPath: keyPath].presented } }
    // The two types that most fields have are read without asking them what they are.
    if Value.self == Tensor.self { return { read(Tensor.self, at: offset, in: $0) } }
    if Value.self == Tensor?.self { return { read(Tensor?.self, at: offset, in: $0) ?? Absent() } }
    return { read(Value.self, at: offset, in: $0).presented }
  }

  @inline(__always)
  private static func read<Root, Value>(_ type: Value.Type, at offset: Int, in root: UnsafePointer<Root>) -> Value {
    (UnsafeRawPointer(root) + offset).assumingMemoryBound(to: Value.self).pointee
  }
}
