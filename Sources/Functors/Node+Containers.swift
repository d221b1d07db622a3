import Diagnostics
import Tensors

extension Optional: Node where Wrapped: Node {
  /// The value's children.
  public var children: [NodeChild] { self?.children ?? [] }
  /// The value rebuilt, or still nothing.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Wrapped? {
    guard let value = self else { return nil }
    return try value.rebuilt(from: parts)
  }
  /// As the value.
  public var mayRefuseParts: Bool { self?.mayRefuseParts ?? false }
  /// The value's identity.
  public var identity: NodeIdentity? { self?.identity }
  /// As the value.
  public var isFreezing: Bool { self?.isFreezing ?? false }
  /// The value's tensor.
  public var tensor: Tensor? { self?.tensor }
  /// The value, or ``Absent``.
  public var presented: any Node { self.map { $0.presented } ?? Absent() }
  /// Nothing for ``Absent``; else a value.
  public init?(presenting node: any Node) {
    if node.isAbsent {
      self = .none
    } else {
      guard let value = Wrapped(presenting: node) else { return nil }
      self = value
    }
  }
}

extension Array: Node where Element: Node {
  /// The elements, named by their indices.
  public var children: [NodeChild] {
    var children: [NodeChild] = []
    children.reserveCapacity(count)
    for index in indices { children.append(NodeChild(.index(index), self[index].presented)) }
    return children
  }
  /// An array of those elements; an ``Absent`` one is left out.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> [Element] {
    var elements: [Element] = []
    for (index, part) in parts.enumerated() {
      if part.isAbsent, Element(presenting: part) == nil { continue }
      elements.append(try part.present(as: Element.self, named: String(index)))
    }
    return elements
  }
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// `\[Element].[index]`.
  public func keyPath(ofChild index: Int) -> AnyKeyPath? { \[Element].[index] }
}

extension Dictionary: Node where Key == String, Value: Node {
  private var names: [String] { keys.sorted() }
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// The values, in order of their keys.
  public var children: [NodeChild] {
    names.compactMap { name in self[name].map { NodeChild(.name(name), $0.presented) } }
  }
  /// A dictionary of those values under the same keys.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> [String: Value] {
    var result = self
    for (name, part) in zip(names, parts) {
      result[name] = part.isAbsent ? nil : try part.present(as: Value.self, named: name)
    }
    return result
  }
}

extension Node {
  /// This value as what a field of that type holds.
  package func present<Value: Node>(
    as type: Value.Type, named label: @autoclosure () -> String
  ) throws(Diagnostic) -> Value {
    if let value = Value(presenting: self) { return value }
    let name = label()
    if isAbsent {
      throw Diagnostic(
        .cannotPrune, "'\(name)' cannot be absent", expected: "\(Value.self)", found: "nothing")
    }
    throw Diagnostic(
      .rebuildMismatch, "'\(name)' cannot hold that value", expected: "\(Value.self)",
      found: "\(Swift.type(of: self))")
  }
}
