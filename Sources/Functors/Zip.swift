import Diagnostics
import Tensors

struct ZipVisitor: Visitor {
  let scope: MapScope
  var partners: [Counterparts]
  let transform: (borrowing Visit, Tensor, [Tensor?]) throws(Diagnostic) -> Tensor
  private var found: [Counterparts.Found] = []

  init(
    _ scope: MapScope, partners: [any Node],
    _ transform: @escaping (borrowing Visit, Tensor, [Tensor?]) throws(Diagnostic) -> Tensor
  ) {
    self.scope = scope
    self.partners = partners.map(Counterparts.init)
    self.transform = transform
  }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    found.removeAll(keepingCapacity: true)
    for index in partners.indices { found.append(partners[index].enter(visit)) }
    return .descend
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    guard let tensor = visit.tensor, scope.includes(tensor) else { return visit.node }
    var others: [Tensor?] = []
    for (index, found) in found.enumerated() {
      others.append(try found.tensor(for: tensor, in: visit, of: "tree \(index + 2)"))
    }
    return try transform(visit, tensor, others)
  }
}

extension Node {
  /// Maps the tensors of this tree together with those at the same paths of others; the result is of this
  /// type.
  ///
  ///     let stepped = try model.zipMap(with: gradient) { _, tensor, others in
  ///       try others[0].map { try tensor + $0 * -0.1 } ?? tensor
  ///     }
  ///
  /// The other trees may be of other types (a dictionary of equal keys) and may have more branches. Where one
  /// is absent (`nil` for a layer or a tensor), the function gets nil. A tied tensor of this tree is mapped
  /// once, with the partners of its first place.
  /// - Throws: what the function throws; ``Diagnostics/ErrorCode/structureMismatch`` where a tree lacks a branch;
  ///   ``Diagnostics/ErrorCode/cycle``.
  public func zipMap(
    _ scope: MapScope = .floatingPoint, with others: any Node...,
    transform: (TreePath, Tensor, [Tensor?]) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Self {
    try zipMap(scope, with: others, transform: transform)
  }

  /// The same over a list of trees.
  func zipMap(
    _ scope: MapScope, with others: [any Node], transform: (TreePath, Tensor, [Tensor?]) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Self {
    try withoutActuallyEscaping(transform) { (transform) throws(Diagnostic) in
      var visitor = ZipVisitor(scope, partners: others) { (visit, tensor, others) throws(Diagnostic) in
        try transform(visit.path, tensor, others)
      }
      return try rebuilding(&visitor)
    }
  }
}

extension Counterparts.Found {
  /// The tensor that corresponds to one of the first tree, nil where there is nothing.
  func tensor(
    for tensor: Tensor, in visit: borrowing Visit, of tree: String
  ) throws(Diagnostic) -> Tensor? {
    switch self {
    case .absent: return nil
    case .missing(let path, let parent): throw .missingBranch(path, in: parent, of: tree)
    case .node(let open):
      if let other = open.node.innermostTensor { return other }
      throw Diagnostic(
        .structureMismatch, "'\(visit.path)' is a tensor in one tree and not in the other",
        at: visit.path.description, expected: "a tensor, \(tensor)",
        found: "\(type(of: open.node)) in \(tree)")
    }
  }
}

extension Diagnostic {
  /// A tree has no branch where another one has one.
  static func missingBranch(_ path: TreePath, in parent: ChildIndex, of tree: String) -> Diagnostic {
    let name = path.keys.last?.text ?? ""
    return Diagnostic(
      .structureMismatch, "\(tree) has no '\(path)'", at: path.description, expected: "'\(name)'",
      found: Diagnostic.list(parent.named.map(\.key.text), of: parent.node),
      hints: Suggestion.hint(for: name, in: parent.named.map(\.key.text)))
  }

  /// The names of a node's children, in a line.
  static func list(_ names: [String], of node: any Node) -> String {
    guard !names.isEmpty else { return "\(type(of: node)) without children" }
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return shown + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}
