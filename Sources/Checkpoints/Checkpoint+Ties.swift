import Diagnostics
import Formats
import Functors
import Glibc
import LayerVocabulary
import Reinitialization
import Tensors

extension Checkpoint {
  /// What is to be said of tensors that are one and are stored with two values, and of those that are stored as one and of which a
  /// plan fills but one.
  ///
  /// The first and the last bytes are compared: values that were trained or drawn apart differ there.
  /// - Throws: reading's codes.
  public func tieWarnings(of plan: Plan) throws(Diagnostic) -> [String] {
    var told: [(Int, Int)] = []
    for step in plan.steps {
      for other in step.tiedLeaves where entry(ofLeaf: other).name != entry(ofLeaf: step.leaf).name {
        told.append((step.leaf, other))
      }
    }
    let seeming = copies(besides: Set(plan.steps.map(\.leaf)))
    guard !told.isEmpty || !seeming.isEmpty else { return [] }
    let files = try files()
    var warnings: [String] = []
    for (a, b) in told where !(try files.begin(entry(ofLeaf: a), as: entry(ofLeaf: b))) {
      warnings.append("\(names(a, b)) are one tensor, and the file holds two values: both get the same new one")
    }
    for (a, b) in seeming where try files.begin(entry(ofLeaf: a), as: entry(ofLeaf: b)) {
      warnings.append(
        "\(names(a, b)) hold the same values, as tied ones do, and only the first is filled; a rule for each keeps them equal"
      )
    }
    return warnings
  }

  private func names(_ a: Int, _ b: Int) -> String {
    "'\(inventory.path(ofLeaf: a))' and '\(inventory.path(ofLeaf: b))'"
  }

  /// Embeddings and heads of the same sizes, one of which a plan fills: that first.
  private func copies(besides filled: Set<Int>) -> [(Int, Int)] {
    let matrices = inventory.leaves.indices.filter { leaf in
      let value = inventory.leaves[leaf]
      return value.role == .weight && value.shape.rank == 2 && value.shape[0] > value.shape[1]
        && Int(value.tie) == leaf
    }
    let tables = matrices.filter { layerKind(ofLeaf: $0) == "Embedding" }.prefix(8)
    guard !tables.isEmpty else { return [] }
    return matrices.flatMap { head in
      tables.filter { table in
        let (a, b) = (inventory.leaves[head], inventory.leaves[table])
        return filled.contains(head) != filled.contains(table) && a.shape == b.shape && a.dtype == b.dtype
          && layerKind(ofLeaf: head) == "Dense"
      }.map { filled.contains(head) ? (head, $0) : ($0, head) }
    }
  }

  private func layerKind(ofLeaf leaf: Int) -> String? {
    inventory.outermostLayer(ofLeaf: leaf).flatMap(inventory.kind)?.name
  }
}

extension CheckpointFiles {
  /// Whether two tensors of one type and shape begin and end alike.
  fileprivate func begin(_ a: SafeTensorsHeader.Entry, as b: SafeTensorsHeader.Entry) throws(Diagnostic) -> Bool {
    let count = min(a.range.count, b.range.count, 1 << 16)
    for offset in [0, a.range.count - count] {
      var isEqual = false
      try withScratch(2 * count) { (buffer) throws(Diagnostic) in
        let first = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        let second = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<2 * count])
        try read(a, from: offset, into: first)
        try read(b, from: offset, into: second)
        if let p = first.baseAddress, let q = second.baseAddress { isEqual = memcmp(p, q, count) == 0 }
      }
      guard isEqual || count == 0 else { return false }
    }
    return true
  }
}
