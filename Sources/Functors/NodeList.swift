import Diagnostics
import Tensors

/// A list of named nodes of any types: what containers keep their children in.
///
/// It is a value, copied on write. However deeply lists are nested in lists, destroying them takes no more
/// stack than destroying one; that does not hold for arrays of values that contain arrays of themselves.
public struct NodeList: Node {
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// Only a sole owner writes to `items`.
  private final class Storage: @unchecked Sendable {
    var items: [NodeChild]
    init(_ items: [NodeChild]) { self.items = items }
    deinit { Teardown.destroy(&items) }
  }
  private var storage: Storage

  /// A list of those parts.
  public init(_ children: [NodeChild] = []) {
    storage = Storage(children.map { $0.holding($0.node.presented) })
  }

  /// A list of nodes under their names; an empty name lends the node's children to the list's parent.
  public init(_ nodes: [(PathKey, any Node)]) { self.init(nodes.map { NodeChild($0.0, $0.1) }) }

  /// A list of nodes named by their positions.
  public init(indexing nodes: [any Node]) {
    self.init(nodes.enumerated().map { NodeChild(.index($0.offset), $0.element) })
  }

  /// The number of nodes.
  public var count: Int { storage.items.count }
  /// The parts, in order.
  public var children: [NodeChild] { storage.items }

  /// The same list with other nodes; an ``Absent`` one is left out, and those named by position are
  /// renumbered.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> NodeList {
    guard parts.count == count else {
      throw .missingParts(of: "NodeList", expected: count, found: parts.count)
    }
    var items: [NodeChild] = []
    for (index, part) in parts.enumerated() {
      var child = children[index]
      if part.isAbsent, !child.node.isAbsent { continue }
      if child.key == .index(index) { child.key = .index(items.count) }
      child.node = part
      items.append(child)
    }
    return NodeList(items)
  }

  /// Appends a node under a name, by default its position.
  public mutating func append(_ node: any Node, as key: PathKey? = nil) {
    let child = NodeChild(key ?? .index(count), node.presented)
    makeUnique()
    storage.items.append(child)
  }

  /// The node at a position.
  /// - Precondition: the position lies in the list.
  public subscript(index: Int) -> any Node {
    get { storage.items[index].node }
    set {
      makeUnique()
      storage.items[index].node = newValue.presented
    }
  }

  /// The first node of that name.
  public subscript(key: PathKey) -> (any Node)? { storage.items.first { $0.key == key }?.node }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.items) }
  }
}

/// A node of any type, for fields and lists whose elements differ in type.
public struct AnyNode: Node {
  private var list: NodeList

  /// The value inside.
  public var value: any Node {
    get { list[0] }
    set { list[0] = newValue }
  }
  /// Wraps a value.
  public init(_ value: any Node) { list = NodeList([NodeChild("", value)]) }
  /// The value's children.
  public var children: [NodeChild] { value.children }
  /// The value rebuilt.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> AnyNode {
    AnyNode(try value.rebuilt(from: parts))
  }
  /// As the value.
  public var mayRefuseParts: Bool { value.mayRefuseParts }
  /// The value's identity.
  public var identity: NodeIdentity? { value.identity }
  /// As the value.
  public var isFreezing: Bool { value.isFreezing }
  /// The value's tensor.
  public var tensor: Tensor? { value.tensor }
  /// The value.
  public var presented: any Node { value }
  /// The value's key path.
  public func keyPath(ofChild index: Int) -> AnyKeyPath? { value.keyPath(ofChild: index) }
  /// Any node but ``Absent``.
  public init?(presenting node: any Node) {
    guard !node.isAbsent else { return nil }
    self.init(node)
  }
}
