import Diagnostics
import Tensors

/// The shape of a model or of a part of it: an outline without values.
///
/// A branch that it lacks is not descended into.
public typealias Skeleton = Outline<Never>

/// Which branches a skeleton leaves out.
public enum SkippedBranch {
  /// All branches of that name, wherever they are.
  case named(PathKey)
  /// The branch at that path.
  case at(TreePath)
  /// All branches at that property (`\Dense.bias`, `\ResNet.head.bias`).
  case property(AnyKeyPath)
}

extension SkippedBranch: ExpressibleByStringLiteral {
  /// A name, or a path if there is a dot in it.
  public init(stringLiteral value: String) { self.init(value) }
  /// A name, or a path if there is a dot in it.
  public init(_ text: String) { self = text.contains(".") ? .at(TreePath(text)) : .named(PathKey(text)) }
}

extension SkippedBranch: CustomStringConvertible {
  /// The name, path or key path.
  public var description: String {
    switch self {
    case .named(let key): key.text
    case .at(let path): path.description
    case .property(let keyPath): String(describing: keyPath)
    }
  }

  func matches(_ visit: borrowing Visit) -> Bool {
    switch self {
    case .named(let key): visit.key == key && !visit.key.isUnnamed
    case .at(let path): !visit.key.isUnnamed && visit.key == path.keys.last && visit.path == path
    case .property(let keyPath): visit.isAt(keyPath)
    }
  }
}

extension Visit {
  /// Whether a key path leads from this node's parent, or from a node further up, to this one.
  func isAt(_ target: AnyKeyPath) -> Bool {
    // A key path has no more components than its text has dots.
    let reach = String(describing: target).utf8.count { $0 == 46 }
    var index = index
    var tail: AnyKeyPath?
    for frame in trail.frames.suffix(reach).reversed() {
      guard let step = frame.node.keyPath(ofChild: index) else { return false }
      guard let whole = tail.map({ step.appending(path: $0) }) ?? step else { return false }
      if whole == target { return true }
      tail = whole
      index = frame.index
    }
    return false
  }
}

extension Node {
  /// The model's shape without some branches, given by name, path or key path.
  ///
  ///     let mask = try model.skeleton(skipping: "bias", "layer4.1.bn2")
  /// - Throws: ``Diagnostics/ErrorCode/noSuchPath`` for a branch that is nowhere in the model;
  ///   ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/tooManyPaths``.
  public func skeleton(skipping branches: SkippedBranch...) throws(Diagnostic) -> Skeleton {
    try skeleton(skipping: branches)
  }

  /// The model's shape without the branches at some properties, such as `\Dense.bias`.
  /// - Throws: as ``skeleton(skipping:)-(SkippedBranch...)``.
  public func skeleton<Root, Value, each Other, each Part>(
    skipping property: KeyPath<Root, Value>, _ others: repeat KeyPath<each Other, each Part>
  ) throws(Diagnostic) -> Skeleton {
    var branches = [SkippedBranch.property(property)]
    repeat branches.append(.property(each others))
    return try skeleton(skipping: branches)
  }

  /// The model's shape without some branches, given by name, path or key path.
  /// - Throws: as ``skeleton(skipping:)-(SkippedBranch...)``.
  public func skeleton(skipping branches: [SkippedBranch]) throws(Diagnostic) -> Skeleton {
    var search = BranchSearch(branches)
    try walk(&search, ties: .every)
    for (branch, isFound) in zip(branches, search.isFound) where !isFound {
      throw unknown(branch, names: search.names)
    }
    return Skeleton(search.nodes)
  }

  private func unknown(_ branch: SkippedBranch, names: Set<ByteName>) -> Diagnostic {
    if case .at(let path) = branch { return noSuchPath(path) }
    let text = branch.description
    return Diagnostic(
      .noSuchPath, "no branch is '\(text)'", at: text,
      hints: Suggestion.hint(for: text, in: names.map(\.text).filter { !$0.isEmpty }))
  }

  /// ``map(_:_:)`` over the branches that a skeleton, or any outline, has; the others stay as they are.
  /// - Throws: what the function throws; ``Diagnostics/ErrorCode/noSuchPath`` if the skeleton names a branch that
  ///   the model lacks, before the function is called; structural errors of ``rebuilding(_:ties:)``.
  public func map<Value>(
    along outline: Outline<Value>, _ scope: MapScope = .floatingPoint,
    _ transform: (TreePath, Tensor) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Self {
    try checkBranches(of: outline)
    return try withoutActuallyEscaping(transform) { (transform) throws(Diagnostic) in
      var visitor = AlongVisitor(outline: outline, scope: scope, transform: transform)
      return try rebuilding(&visitor)
    }
  }

  private func checkBranches<Value>(of outline: Outline<Value>) throws(Diagnostic) {
    var open = [ChildIndex(presented)]
    open.reserveCapacity(outline.count)
    for (index, node) in outline.nodes.enumerated().dropFirst() {
      guard let child = open[node.parent].child(node.key), !(child is Absent) else {
        throw noSuchPath(outline.path(of: index))
      }
      open.append(ChildIndex(child))
    }
  }
}

/// Maps the tensors at the paths that an outline has.
struct AlongVisitor<Value>: Visitor {
  let outline: Outline<Value>
  let scope: MapScope
  let transform: (TreePath, Tensor) throws(Diagnostic) -> Tensor
  /// The outline's node for each node on the way, and where its next child is to be expected.
  private var open: [(position: Int, next: Int)] = []

  init(outline: Outline<Value>, scope: MapScope, transform: @escaping (TreePath, Tensor) throws(Diagnostic) -> Tensor) {
    self.outline = outline
    self.scope = scope
    self.transform = transform
  }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    open.removeLast(max(0, open.count - visit.depth))
    guard let position = position(of: visit) else { return .skip }
    open.append((position, position + 1))
    return .descend
  }

  private mutating func position(of visit: borrowing Visit) -> Int? {
    guard let parent = open.last else { return 0 }
    if visit.key.isUnnamed { return parent.position }
    let found =
      outline.child(visit.key, of: parent.position, from: parent.next)
      ?? outline.child(visit.key, of: parent.position)
    if let found { open[open.count - 1].next = outline.ends[found] }
    return found
  }

  func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    guard let tensor = visit.tensor, scope.includes(tensor) else { return visit.node }
    return try transform(visit.path, tensor)
  }
}

/// Outlines a tree without some branches, and finds out which of them there are.
struct BranchSearch: Visitor {
  private let branches: [SkippedBranch]
  /// For each branch, whether it was met.
  private(set) var isFound: [Bool]
  /// All names that were met.
  private(set) var names: Set<ByteName> = []
  private(set) var nodes: [Skeleton.Node] = []
  private var open: [Int?] = []

  init(_ branches: [SkippedBranch]) {
    self.branches = branches
    isFound = branches.map { _ in false }
  }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    names.insert(ByteName(visit.key.text))
    open.removeLast(max(0, open.count - visit.depth))
    let isIncluded = isIncluded(visit)
    open.append(nodes.append(visit, below: open.last ?? nil, including: isIncluded))
    return .descend
  }

  private mutating func isIncluded(_ visit: borrowing Visit) -> Bool {
    var isIncluded = true
    for index in branches.indices where branches[index].matches(visit) {
      isFound[index] = true
      isIncluded = false
    }
    return isIncluded
  }
}
