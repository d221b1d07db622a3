import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

extension Node {
  /// Re-initializes parameters by rules; the last rule that matches a parameter wins.
  ///
  ///     let receipt = try model.reinitialize(seed: 7) {
  ///       Fill(Conv.self, with: .kaimingNormal(mode: .fanOut))
  ///       Fill(\Dense.bias, with: .zeros)
  ///       Keep(\ResNet.fc)
  ///     }
  ///
  /// - Parameters:
  ///   - seed: keys all random streams, together with each parameter's path.
  ///   - prefix: the path of this value in a larger model, so that a branch by itself gets the full run's values.
  ///   - threads: how many to use; the values do not depend on it. Nil for all that there are.
  ///   - library: what opens the files of initializers that read from other checkpoints: `.checkpoints`.
  /// - Returns: who wrote what.
  /// - Throws: whatever is wrong with the rules for this tree; the model is then as it was.
  @discardableResult
  public mutating func reinitialize(
    seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil,
    reading library: (any SourceLibrary)? = nil, @RuleBuilder _ rules: () throws(Diagnostic) -> [any RuleConvertible]
  ) throws(Diagnostic) -> Receipt {
    let threads = threads ?? Workers.available
    let plan = try Workers.limited(to: threads) { () throws(Diagnostic) -> Plan in
      try self.plan(seed: seed, under: prefix, reading: library, rules)
    }
    try plan.execute(on: &self, threads: threads)
    return Receipt(of: plan)
  }

  /// Fills the weights of everything here with one initializer; with `.default`, every parameter and buffer.
  @discardableResult
  public mutating func reinitialize(
    with initializer: some Initializer, seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil
  ) throws(Diagnostic) -> Receipt {
    try reinitialize(seed: seed, under: prefix, threads: threads) {
      Rule(.everything, .fill(initializer), text: "\(initializer)")
    }
  }

  /// Fills the weights of one branch, with the values that a run over the whole model would give it.
  @discardableResult
  public mutating func reinitialize<Branch: Node>(
    at branch: any KeyPath<Self, Branch> & Sendable, with initializer: some Initializer, seed: UInt64,
    threads: Int? = nil
  ) throws(Diagnostic) -> Receipt {
    try reinitialize(seed: seed, threads: threads) {
      Rule(
        .keyPath(Inventory.TypedPlace(branch, isFromRoot: true), allowsNoMatch: false), .fill(initializer),
        text: "\(Inventory.name(of: branch))=\(initializer)")
    }
  }

  /// What ``reinitialize(seed:under:threads:_:)`` would do; nothing is written.
  public func plan(
    seed: UInt64, under prefix: TreePath = TreePath(), reading library: (any SourceLibrary)? = nil,
    @RuleBuilder _ rules: () throws(Diagnostic) -> [any RuleConvertible]
  ) throws(Diagnostic) -> Plan {
    let rules = try rules().map { (rule) throws(Diagnostic) in try rule.rule() }
    let inventory = try Inventory(of: self, for: rules)
    return try Plan(
      rules, for: inventory, seed: seed, prefix: prefix, library: library,
      values: ModelValues(of: self, inventory, for: rules, prefix: prefix, library))
  }

  /// A copy, re-initialized by rules.
  public func reinitialized(
    seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil,
    reading library: (any SourceLibrary)? = nil, @RuleBuilder _ rules: () throws(Diagnostic) -> [any RuleConvertible]
  ) throws(Diagnostic) -> Self {
    var copy = self
    try copy.reinitialize(seed: seed, under: prefix, threads: threads, reading: library, rules)
    return copy
  }

  /// A copy, with the weights filled by one initializer.
  public func reinitialized(
    with initializer: some Initializer, seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil
  ) throws(Diagnostic) -> Self {
    var copy = self
    try copy.reinitialize(with: initializer, seed: seed, under: prefix, threads: threads)
    return copy
  }
}

extension Node {
  /// Gives the layers of one type to a closure, with random streams for their fields, in order of the tree.
  ///
  /// What lies inside of such a layer is left to the closure; a tied layer is given once, and layers that share a
  /// tensor are each given, with one stream for it.
  ///
  ///     try model.reinitialize(BatchNorm.self, seed: 7) { norm, random in
  ///       norm.weight = try norm.weight.filled(with: .uniform(low: 0.9, high: 1.1), from: random.weight)
  ///     }
  ///
  /// The closure works on a copy, which replaces the model if no call throws. What it did cannot be recomputed:
  /// the receipt says `closure`.
  @discardableResult
  public mutating func reinitialize<Part: Layer>(
    _ type: Part.Type, seed: UInt64, under prefix: TreePath = TreePath(),
    _ body: (inout Part, FieldStreams) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Receipt {
    var written: [Receipt.Entry] = []
    var known: Set<ByteName> = []
    let names = CanonicalNames(of: try Inventory(of: self), prefix: prefix)
    let copy = try edit(type) { (part, path) throws(Diagnostic) in
      let before = part
      try body(&part, FieldStreams(seed: seed, path: path, names: names))
      let changes = try Receipt.entries(changing: before, to: part, at: path, names)
      written += changes.filter { known.insert(ByteName($0.name)).inserted }
    }
    guard !written.isEmpty else {
      throw Diagnostic(
        .ruleMatchesNothing, "no layer of type '\(type)' was changed",
        hints: ["list the layers that there are: print(model)"])
    }
    self = copy
    return Receipt(runs: [Receipt.Run(seed: seed, rules: ["\(type) = closure"], tensors: written)])
  }

  /// The same with a closure that throws any error, which comes out as it was.
  @discardableResult
  public mutating func reinitialize<Part: Layer>(
    _ type: Part.Type, seed: UInt64, under prefix: TreePath = TreePath(),
    _ body: (inout Part, FieldStreams) throws -> Void
  ) throws -> Receipt {
    let carrier = CallerError()
    do {
      return try reinitialize(type, seed: seed, under: prefix) { (part, random) throws(Diagnostic) in
        do { try body(&part, random) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }
}

// The same for lists of rules that throw other errors than diagnostics, or whose errors the compiler does not know.
extension Node {
  /// ``reinitialize(seed:under:threads:_:)`` with rules that may throw while they are listed.
  @discardableResult
  public mutating func reinitialize(
    seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil,
    reading library: (any SourceLibrary)? = nil, @RuleBuilder _ rules: () throws -> [any RuleConvertible]
  ) throws -> Receipt {
    let rules = try rules()
    return try reinitialize(seed: seed, under: prefix, threads: threads, reading: library) { rules }
  }

  /// ``plan(seed:under:_:)`` with rules that may throw while they are listed.
  public func plan(
    seed: UInt64, under prefix: TreePath = TreePath(), reading library: (any SourceLibrary)? = nil,
    @RuleBuilder _ rules: () throws -> [any RuleConvertible]
  ) throws -> Plan {
    let rules = try rules()
    return try plan(seed: seed, under: prefix, reading: library) { rules }
  }

  /// ``reinitialized(seed:under:threads:_:)`` with rules that may throw while they are listed.
  public func reinitialized(
    seed: UInt64, under prefix: TreePath = TreePath(), threads: Int? = nil,
    reading library: (any SourceLibrary)? = nil, @RuleBuilder _ rules: () throws -> [any RuleConvertible]
  ) throws -> Self {
    let rules = try rules()
    return try reinitialized(seed: seed, under: prefix, threads: threads, reading: library) { rules }
  }
}

/// The random streams of a layer's fields, by name: `random.weight` is that of the field `weight`.
@dynamicMemberLookup
public struct FieldStreams: Sendable {
  let seed: UInt64
  let path: TreePath
  let names: CanonicalNames

  /// The stream that a rule would use for the field of that name (in snake case, as in paths).
  public subscript(dynamicMember field: String) -> RandomStream { self[field] }

  /// The stream that a rule would use for the field of that name.
  public subscript(field: String) -> RandomStream {
    RandomStream(seed: seed, name: names[path.appending(PathKey(field))])
  }
}

/// The names that key streams: a tied parameter has that of its canonical path, at whichever path it is met.
struct CanonicalNames: Sendable {
  private let prefix: TreePath
  private var ofTies: [TreePath: TreePath] = [:]

  init(of inventory: Inventory, prefix: TreePath) {
    self.prefix = prefix
    var groups: [Int32: [TreePath]] = [:]
    for (leaf, value) in inventory.leaves.enumerated() where Int(value.tie) != leaf {
      groups[value.tie, default: [inventory.path(ofLeaf: Int(value.tie))]].append(inventory.path(ofLeaf: leaf))
    }
    for paths in groups.values {
      for path in paths { ofTies[path] = paths.min() }
    }
  }

  subscript(path: TreePath) -> String { prefix.appending(ofTies[path] ?? path).description }
}

extension Receipt {
  /// What a closure changed in one layer; shapes and types must have stayed.
  static func entries<Part: Layer>(
    changing before: Part, to after: Part, at path: TreePath, _ names: CanonicalNames
  ) throws(Diagnostic) -> [Entry] {
    let old = try before.leaves()
    let new = try after.leaves()
    guard old.map(\.path) == new.map(\.path) else {
      throw Diagnostic(
        .structureMismatch, "a closure changed which fields a layer has", at: path.description,
        expected: old.map(\.path.description).joined(separator: ", "),
        found: new.map(\.path.description).joined(separator: ", "))
    }
    return try zip(old, new).filter { !$0.tensor.isIdentical(to: $1.tensor) }.map { (old, new) throws(Diagnostic) in
      let name = names[path.appending(new.path)]
      guard old.tensor.shape == new.tensor.shape, old.tensor.dtype == new.tensor.dtype else {
        throw Diagnostic(
          .shapeMismatch, "a closure changed the shape or type of '\(name)'", at: name,
          expected: "\(old.tensor)", found: "\(new.tensor)")
      }
      return Entry(
        name: name, rule: 0, initializer: "closure", draw: nil, shape: new.tensor.shape.sizes,
        dtype: new.tensor.dtype)
    }
  }
}
