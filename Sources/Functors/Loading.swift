import Diagnostics
import Tensors

extension Node {
  /// A copy with the tensors of another tree: a model of this structure, or a dictionary of equal names.
  ///
  /// Both trees must have the same branches; fields that hold no tensors, such as activations, are not
  /// compared. Values are converted to this tree's element types; buffers are copied too. A tensor that one
  /// tree lacks (`bias: nil`) counts as zero. All places of a tie must get one value. An error leaves
  /// everything as it was.
  /// - Parameter filter: which branches take part, by path and node; asked for both trees.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch``, ``Diagnostics/ErrorCode/shapeMismatch``,
  ///   ``Diagnostics/ErrorCode/tiedSourcesDiffer``, ``Diagnostics/ErrorCode/valueMissing``, ``Diagnostics/ErrorCode/cycle``.
  public func loading(
    from source: any Node, filter: ((TreePath, any Node) -> Bool)? = nil
  ) throws(Diagnostic) -> Self {
    var plan = LoadPlan(from: source, filter: filter ?? { _, _ in true }, isFiltering: filter != nil)
    try walk(&plan, ties: .every)
    var writer = LoadWriter(values: try plan.values(), places: plan.places)
    return try rebuilding(&writer)
  }
}

/// What a place gets: found by a walk over all places of the destination beside the source.
struct LoadPlan: Visitor {
  private struct Assignment {
    let old: Tensor
    var new: (tensor: Tensor, path: TreePath)?
    /// A place at which the source has nothing.
    var absent: TreePath?
  }
  let filter: (TreePath, any Node) -> Bool
  let isFiltering: Bool
  private(set) var places = Places()
  private var source: Counterparts
  private var found = Counterparts.Found.absent
  private var place = 0
  private var assignments: [Int: Assignment] = [:]

  init(from source: any Node, filter: @escaping (TreePath, any Node) -> Bool, isFiltering: Bool) {
    self.source = Counterparts(source)
    self.filter = filter
    self.isFiltering = isFiltering
  }

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    place = places.place(of: visit)
    found = source.enter(visit)
    if isFiltering, !filter(visit.path, visit.node) { return .skip }
    if case .node(let open) = found {
      if isFiltering, !filter(visit.path, open.node) { return .skip }
      if visit.node.isAbsent { try checkZero(open.node, at: visit.path) }
      try checkBranches(visit, open)
    }
    return .descend
  }

  /// Refuses a branch of the source that the destination lacks.
  private func checkBranches(_ visit: borrowing Visit, _ open: ChildIndex) throws(Diagnostic) {
    let isRoot = visit.depth == 0
    guard isRoot || !visit.key.isUnnamed, !visit.node.isAbsent, visit.tensor == nil else { return }
    let own = ChildIndex(visit.node)
    for child in open.named where own.child(child.key) == nil {
      let path = visit.path.appending(child.key)
      guard !isFiltering || filter(path, child.node), try child.node.holdsTensors() else { continue }
      throw Diagnostic.missingBranch(path, in: own, of: "the destination")
    }
  }

  /// Refuses tensors for which the destination has no place, unless they are zero.
  private func checkZero(_ node: any Node, at path: TreePath) throws(Diagnostic) {
    for leaf in try node.leaves() where !leaf.tensor.isZero {
      let place = path.appending(leaf.path)
      guard !isFiltering || filter(place, leaf.tensor) else { continue }
      throw Diagnostic.missing(place, expected: "zeros, or nothing", found: "\(leaf.tensor) in the source")
    }
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    guard let old = visit.tensor else { return visit.node }
    let path = visit.path
    var assignment = assignments[place] ?? Assignment(old: old)
    if let tensor = try found.tensor(for: old, in: visit, of: "the source") {
      let new = try LoadPlan.fitted(tensor, to: old, at: path)
      if let first = assignment.new, first.tensor != new { throw Diagnostic.untied(first.path, path) }
      assignment.new = assignment.new ?? (new, path)
    } else {
      assignment.absent = assignment.absent ?? path
    }
    assignments[place] = assignment
    return visit.node
  }

  /// A tensor of the source in the destination's element type.
  private static func fitted(_ new: Tensor, to old: Tensor, at path: TreePath) throws(Diagnostic) -> Tensor {
    guard new.shape == old.shape else {
      throw Diagnostic(
        .shapeMismatch, "the source has another shape at '\(path)'", at: path.description,
        expected: "\(old.shape)", found: "\(new.shape)")
    }
    guard !new.isLazy || old.isLazy else {
      throw Diagnostic.missing(path, expected: "a tensor with values", found: "\(new) in the source")
    }
    let fitted = new.converted(to: old.dtype)
    guard fitted.dtype == old.dtype, fitted.byteCount == old.byteCount else {
      throw Diagnostic(
        .structureMismatch, "the elements at '\(path)' cannot be converted", at: path.description,
        expected: "\(old.dtype)", found: "\(new.dtype)")
    }
    return fitted
  }

  /// The value of each place that gets one, once all of them are known.
  func values() throws(Diagnostic) -> [Int: Tensor] {
    var values: [Int: Tensor] = [:]
    for (place, assignment) in assignments.sorted(by: { $0.key < $1.key }) {
      if let absent = assignment.absent {
        if let new = assignment.new, !new.tensor.isZero { throw .untied(new.path, absent) }
        guard assignment.new != nil || assignment.old.isZero else {
          throw Diagnostic.missing(
            absent, expected: "a tensor of \(assignment.old)", found: "nothing in the source")
        }
      }
      values[place] = assignment.new?.tensor
    }
    return values
  }
}

/// Puts planned values into their places.
struct LoadWriter: Visitor {
  let values: [Int: Tensor]
  var places: Places
  private var place = 0

  init(values: [Int: Tensor], places: Places) {
    self.values = values
    self.places = places
  }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    place = places.place(of: visit)
    return .descend
  }

  mutating func replace(_ visit: borrowing Visit) -> any Node { values[place] ?? visit.node }
}

extension Tensor {
  /// Whether all elements are known and 0 or −0.
  fileprivate var isZero: Bool {
    !isLazy && dtype != .opaque && statistics.zeros == count
  }
}

extension Diagnostic {
  fileprivate static func untied(_ first: TreePath, _ second: TreePath) -> Diagnostic {
    Diagnostic(
      .tiedSourcesDiffer, "'\(first)' and '\(second)' are tied, and the source's values differ",
      at: first.description, expected: "one value for both", found: "another one at '\(second)'",
      hints: ["filter one of the two paths out, or tie the source's tensors as well"])
  }

  fileprivate static func missing(_ path: TreePath, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .valueMissing, "'\(path)' has a value in one tree alone, which is not zero", at: path.description,
      expected: expected, found: found)
  }
}
