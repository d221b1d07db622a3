import Functors

/// The lists of blocks that a model repeats: numbered children that hold layers of their own, such as a transformer's layers.
///
/// A list of plain layers (the maps of a perceptron) is none. Of lists within lists the outermost counts (the layers, and not
/// the experts in each), unless most of its elements are stages: half of what one holds, or more, are lists of blocks built alike.
struct RepeatedBlocks: Sendable {
  /// For each node, how many children a list of blocks has there; 0 for other nodes.
  private let counts: [Int32]
  /// How many the longest list has that is in no other; nil where there is none.
  let most: Int?

  init(of columns: InventoryColumns) {
    var survey = BlockSurvey(columns)
    for node in columns.nodes.indices.reversed() { survey.look(at: node) }
    let counts = survey.counts
    self.counts = counts
    most = columns.nodes.indices.filter { counts[$0] > 0 && Self.outermost(around: $0, counts, columns) == nil }
      .map { Int(counts[$0]) }.max()
  }

  /// The outermost block around a node.
  func block(around node: Int, in columns: InventoryColumns) -> (index: Int, count: Int)? {
    Self.outermost(around: node, counts, columns)
  }

  private static func outermost(
    around node: Int, _ counts: [Int32], _ columns: InventoryColumns
  ) -> (index: Int, count: Int)? {
    var found: (index: Int, count: Int)?
    var index = node
    while index >= 0, columns.nodes[index].parent >= 0 {
      let parent = Int(columns.nodes[index].parent)
      if columns.nodes[index].isNumbered, counts[parent] > 0 {
        found = (Int(~columns.nodes[index].key), Int(counts[parent]))
      }
      index = parent
    }
    return found
  }
}

/// Finds lists of blocks, from the deepest nodes up.
private struct BlockSurvey {
  private let columns: InventoryColumns
  private(set) var counts: [Int32]
  /// For each node, what tells how it is built: names and what is below, positions in lists aside.
  private var builds: [Int]
  /// Whether a node is a list of blocks, more than half of which are built alike.
  private var isAlike: [Bool]

  init(_ columns: InventoryColumns) {
    self.columns = columns
    counts = Array(repeating: 0, count: columns.nodes.count)
    builds = Array(repeating: 1, count: columns.nodes.count)
    isAlike = Array(repeating: false, count: columns.nodes.count)
  }

  mutating func look(at node: Int) {
    let children = children(of: node)
    guard !children.isEmpty else { return }
    var hasher = Hasher()
    for child in children {
      if !columns.nodes[child].isNumbered { hasher.combine(columns.nodes[child].key) }
      hasher.combine(builds[child])
    }
    builds[node] = hasher.finalize()
    let blocks = children.filter { columns.nodes[$0].isNumbered }
    guard blocks.contains(where: hasLayers) else { return }
    let stages = blocks.count(where: isStage)
    if stages * 2 < blocks.count { counts[node] = Int32(blocks.count) }
    let alike = Dictionary(blocks.map { (builds[$0], 1) }, uniquingKeysWith: +).values.max() ?? 0
    isAlike[node] = alike * 2 > blocks.count
  }

  private func isStage(_ node: Int) -> Bool {
    guard !isAlike[node] else { return true }
    let children = children(of: node)
    return !children.isEmpty && children.count { isAlike[$0] } * 2 >= children.count
  }

  private func children(of node: Int) -> [Int] {
    var children: [Int] = []
    var child = node + 1
    while child < Int(columns.nodes[node].end) {
      children.append(child)
      child = Int(columns.nodes[child].end)
    }
    return children
  }

  /// Whether a node holds more than tensors: a block, and not a layer.
  private func hasLayers(_ node: Int) -> Bool {
    children(of: node).contains { columns.nodes[$0].leaf < 0 && !columns.nodes[$0].isUnnamed }
  }
}
