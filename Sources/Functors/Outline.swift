/// A tree of the same shape as a model, with a value of any kind where the model has a tensor.
///
/// The nodes are those that have a path: unnamed ones are merged with their parents, absent ones left out.
/// They are kept flat, in pre-order, so that depth costs neither stack nor time.
public struct Outline<Value> {
  struct Node {
    var key: PathKey
    /// The position of the parent; −1 for the root.
    var parent: Int
    var value: Value?
  }
  /// Pre-order; the first is the root.
  let nodes: [Node]
  /// For each node the position behind its last descendant.
  let ends: [Int]

  init(_ nodes: [Node]) {
    var ends = Array(1...max(1, nodes.count))
    for index in nodes.indices.dropFirst().reversed() {
      ends[nodes[index].parent] = Swift.max(ends[nodes[index].parent], ends[index])
    }
    self.nodes = nodes
    self.ends = ends
  }

  /// One value with its path.
  public struct Entry {
    /// Where it is.
    public let path: TreePath
    /// The value.
    public let value: Value
  }

  /// The number of nodes, branches without a value of their own included.
  public var count: Int { nodes.count }

  /// The values with their paths, in the model's order.
  /// - Complexity: each path is made when its entry is reached, in O(depth).
  public var entries: some Sequence<Entry> {
    nodes.indices.lazy.compactMap { index in
      nodes[index].value.map { Entry(path: path(of: index), value: $0) }
    }
  }

  /// The values, in the model's order.
  public var values: [Value] { nodes.compactMap(\.value) }

  /// The paths of all nodes, branches included, in the model's order; the first is the root's.
  public var paths: some Sequence<TreePath> { nodes.indices.lazy.map { path(of: $0) } }

  /// The value at a path; nil for a branch and for a path that is not there.
  public subscript(path: TreePath) -> Value? { position(of: path).flatMap { nodes[$0].value } }

  /// Whether a branch or a value has that path.
  public func contains(_ path: TreePath) -> Bool { position(of: path) != nil }

  /// The same tree with other values.
  public func map<Other, Failure: Error>(
    _ transform: (Value) throws(Failure) -> Other
  ) throws(Failure) -> Outline<Other> {
    var mapped: [Outline<Other>.Node] = []
    mapped.reserveCapacity(nodes.count)
    for node in nodes {
      var value: Other?
      if let old = node.value { value = try transform(old) }
      mapped.append(Outline<Other>.Node(key: node.key, parent: node.parent, value: value))
    }
    return Outline<Other>(mapped)
  }

  /// The tree without its values.
  public var skeleton: Skeleton {
    Skeleton(nodes.map { Skeleton.Node(key: $0.key, parent: $0.parent, value: nil) })
  }

  func path(of index: Int) -> TreePath {
    var keys: [PathKey] = []
    var index = index
    while index > 0 {
      keys.append(nodes[index].key)
      index = nodes[index].parent
    }
    return TreePath(keys.reversed())
  }

  func position(of path: TreePath) -> Int? {
    var position = 0
    for key in path.keys where !key.isUnnamed {
      guard let next = child(key, of: position) else { return nil }
      position = next
    }
    return position
  }

  /// The first child of a node with that name, which is looked for from a sibling on.
  func child(_ key: PathKey, of parent: Int, from start: Int? = nil) -> Int? {
    var index = start ?? parent + 1
    while index < ends[parent] {
      if nodes[index].key == key { return index }
      index = ends[index]
    }
    return nil
  }
}

extension Outline.Node: Sendable where Value: Sendable {}
extension Outline.Node: Equatable where Value: Equatable {}
extension Outline.Entry: Sendable where Value: Sendable {}
extension Outline.Entry: Equatable where Value: Equatable {}
extension Outline: Sendable where Value: Sendable {}
extension Outline: Equatable where Value: Equatable {}

extension Outline: CustomStringConvertible {
  /// A line for each node, indented by two spaces a level; from level 32 on, the level is written instead.
  public var description: String {
    var depths: [Int] = []
    depths.reserveCapacity(nodes.count)
    var lines: [String] = []
    for (index, node) in nodes.enumerated() {
      let depth = index == 0 ? 0 : depths[node.parent] + 1
      depths.append(depth)
      if index == 0, node.value == nil { continue }
      let value = node.value.map { ": \($0)" } ?? ""
      lines.append(Outline.indent(max(0, depth - 1)) + (index == 0 ? "." : node.key.text) + value)
    }
    return lines.joined(separator: "\n")
  }

  private static func indent(_ level: Int) -> String {
    level < 32
      ? String(repeating: "  ", count: level) : String(repeating: "  ", count: 32) + "(level \(level)) "
  }
}
