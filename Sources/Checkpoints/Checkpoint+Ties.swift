import Diagnostics
import Formats
import Functors
import Glibc
import LayerVocabulary
import Reinitialization

extension Checkpoint {
  /// What is to be said of tensors that are one and are stored with two values, and of those that are stored as one and of which a
  /// plan fills but one.
  ///
  /// The first and the last bytes are compared: values that were trained or drawn apart differ there.
  /// - Throws: reading's codes.
  public func tieWarnings(of plan: Plan) throws(Diagnostic) -> [String] {
    var (told, seeming): ([(Int, Int)], [(Int, Int)]) = ([], [])
    let filled = Set(plan.steps.map(\.leaf))
    for step in plan.steps {
      if !step.tiedLeaves.isEmpty {
        told += step.tiedLeaves.filter { entry(ofLeaf: $0).name != entry(ofLeaf: step.leaf).name }.map {
          (step.leaf, $0)
        }
      } else if seeming.count < 8 {
        seeming += copies(of: step.leaf, besides: filled).map { (step.leaf, $0) }
      }
    }
    guard !told.isEmpty || !seeming.isEmpty else { return [] }
    let files = try files()
    return try told.compactMap { (a, b) throws(Diagnostic) in
      try files.begin(entry(ofLeaf: a), as: entry(ofLeaf: b))
        ? nil : "\(names(a, b)) are one tensor, and the file holds two values: both get the same new one"
    }
      + seeming.compactMap { (a, b) throws(Diagnostic) in
        try files.begin(entry(ofLeaf: a), as: entry(ofLeaf: b))
          ? "\(names(a, b)) hold the same values, as tied ones do, and only the first is filled; a rule for each keeps them equal"
          : nil
      }
  }

  private func names(_ a: Int, _ b: Int) -> String {
    "'\(inventory.path(ofLeaf: a))' and '\(inventory.path(ofLeaf: b))'"
  }

  /// Matrices that may be a copy of one: an embedding's, or that of a head without a bias, of the same sizes, which no rule fills.
  private func copies(of leaf: Int, besides filled: Set<Int>) -> [Int] {
    let own = inventory.leaves[leaf]
    guard own.role == .weight, own.shape.rank == 2, own.shape[0] != own.shape[1], let kind = kind(of: leaf) else {
      return []
    }
    let wanted = kind == "Embedding" ? "Dense" : kind == "Dense" ? "Embedding" : ""
    return inventory.leaves.indices.lazy.filter { other in
      let value = inventory.leaves[other]
      return value.role == .weight && value.shape == own.shape && value.dtype == own.dtype && kind(of: other) == wanted
        && !filled.contains(other)
    }.prefix(2).map { $0 }
  }

  private func kind(of leaf: Int) -> String? {
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
