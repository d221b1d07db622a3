import Checkpoints
import Diagnostics
import Functors
import Initializers
import JSONText
import LayerVocabulary
import Reinitialization
import Tensors

/// A plan for a described tree, which writes into memory that the program has.
package final class HostPlan: Sendable {
  private let tree: DescribedTree
  private let plan: Plan
  /// For each leaf, its present values; lazy where the program gave none.
  private let present: [Tensor]
  /// For each tensor of the description, the leaf whose steps fill it.
  private let filling: [Int]
  /// The same by ranges, for those that are filled.
  private let ranges: [Int: PlanRanges]
  private let counts: [Int: Int]
  /// For each rule the item of the program's list that it comes from.
  private let items: [Int]
  /// The leaves whose values the program makes, and the rules that say so.
  private let foreign: Set<Int>
  private let functions: Set<Int>

  /// Holds rules against a tree.
  /// - Parameter present: for each tensor, its present elements.
  /// - Throws: what is wrong with the rules for this tree.
  package init(
    _ host: HostTree, parsing rules: UnsafeRawBufferPointer, present: [UnsafeRawPointer?]
  ) throws(Diagnostic) {
    tree = host.tree
    let list = try RuleList(parsing: rules)
    let values = try HostPlan.present(present, tree)
    self.present = values
    let inventory = tree.inventory
    let rules = try host.session.rules(list)
    items = rules.map(\.item)
    functions = Set(
      rules.indices.filter { if case .function = list.items[rules[$0].item] { true } else { false } })
    let plan = try Plan(
      rules.map(\.rule), for: inventory, seed: list.seed, branches: list.branches,
      library: CheckpointLibrary.checkpoints, config: tree.config,
      values: ModelValues(values, inventory, reading: CheckpointLibrary.checkpoints), predecessors: nil)
    self.plan = plan
    filling = tree.leaves.map { Int(inventory.leaves[$0].tie) }
    var steps: [Int: Int] = [:]
    for step in plan.steps {
      for leaf in [step.leaf] + step.tiedLeaves { steps[leaf] = step.leaf }
    }
    var (counts, ranges) = ([Int: Int](), plan.ranges(reading: values))
    for step in plan.steps { counts[step.leaf, default: 0] += step.count }
    for (leaf, step) in steps where leaf != step { (counts[leaf], ranges[leaf]) = (counts[step], ranges[step]) }
    (self.counts, self.ranges) = (counts, ranges)
    foreign = try HostPlan.foreign(plan, functions)
  }

  /// - Throws: ``Diagnostics/ErrorCode/partMisplaced`` for a function that fills a part.
  private static func foreign(_ plan: Plan, _ functions: Set<Int>) throws(Diagnostic) -> Set<Int> {
    var foreign: Set<Int> = []
    for step in plan.steps where functions.contains(step.rule) {
      guard step.region == nil else {
        throw Diagnostic(
          .partMisplaced, "a function fills whole tensors, and here a part is meant", at: step.name,
          hints: ["name the whole tensor, and leave alone in the function what is to stay"])
      }
      foreign.formUnion([step.leaf] + step.tiedLeaves)
    }
    return foreign
  }

  private static func present(_ memory: [UnsafeRawPointer?], _ tree: DescribedTree) throws(Diagnostic) -> [Tensor] {
    var tensors = tree.inventory.leaves.map { leaf in
      leaf.dtype == .opaque
        ? Tensor(opaque: leaf.shape, byteCount: 0) : Tensor(lazy: leaf.shape, dtype: leaf.dtype)
    }
    for (index, start) in memory.enumerated() {
      guard let start, index < tree.leaves.count else { continue }
      let leaf = tree.leaves[index]
      tensors[leaf] = try HostMemory.view(start, as: tensors[leaf])
    }
    // What one name of a tie has, all have.
    for (leaf, value) in tree.inventory.leaves.enumerated() where !tensors[leaf].isLazy {
      if tensors[Int(value.tie)].isLazy { tensors[Int(value.tie)] = tensors[leaf] }
    }
    for (leaf, value) in tree.inventory.leaves.enumerated() where tensors[leaf].isLazy {
      tensors[leaf] = tensors[Int(value.tie)]
    }
    return tensors
  }

  /// How many tensors the tree has.
  package var count: Int { tree.leaves.count }

  /// Whether values are made of present ones.
  package var reads: Bool { plan.reads }

  /// `reinit.apply/1`, as a dry run of the command line prints it.
  package var json: JSONValue {
    [
      "schema": "reinit.apply/1", "file": .null, "output": .null, "dryRun": true,
      "seed": Int64(exactly: plan.seed).map { .integer($0) } ?? .string(String(plan.seed)), "rules": plan.rulesJSON,
      "notes": .array(plan.warnings.map { .string($0) }), "tensors": plan.tensorsJSON(), "winners": winners,
    ]
  }

  /// For each tensor of the description, the item of the list of rules that fills it, or the first of several.
  private var winners: JSONValue {
    var rules: [Int: Int] = [:]
    for step in plan.steps {
      for leaf in [step.leaf] + step.tiedLeaves where rules[leaf] == nil { rules[leaf] = items[step.rule] }
    }
    return .array(tree.leaves.map { leaf in rules[leaf].map { .integer(Int64($0)) } ?? .null })
  }

  /// How many elements of a tensor are filled.
  package func filled(_ tensor: Int) -> Int {
    tree.leaves.indices.contains(tensor) ? counts[tree.leaves[tensor]] ?? 0 : 0
  }

  /// Writes some elements of a tensor.
  /// - Throws: ``Diagnostics/ErrorCode/outsideTensor`` for elements that it does not have; what making values throws.
  package func write(
    _ tensor: Int, from first: UInt64, count: UInt64, to memory: UnsafeMutableRawPointer?
  ) throws(Diagnostic) {
    guard tree.leaves.indices.contains(tensor) else { throw HostMemory.noTensor(tensor, of: tree.leaves.count) }
    let (leaf, all) = (tree.leaves[tensor], UInt64(tree.tensors[tensor].count))
    guard first <= all, count <= all - first else {
      throw Diagnostic(
        .outsideTensor, "a range reaches beyond the tensor", at: "'\(tree.inventory.path(ofLeaf: leaf))'",
        expected: "elements 0 to \(all)", found: "\(count) from \(first)")
    }
    guard count > 0, let ranges = ranges[leaf], !foreign.contains(leaf) else { return }
    let size = tree.tensors[tensor].dtype.size
    let bytes = try HostMemory.bytes(memory, Int(count) * size, of: tree.tensors[tensor].dtype)
    try ranges.write(from: Int(first), to: bytes)
  }

  /// Fills tensors.
  /// - Parameter memory: for each tensor, all its elements; nil to leave it out.
  /// - Throws: what making values throws, before anything is written.
  package func fill(_ memory: [UnsafeMutableRawPointer?], threads: Int) throws(Diagnostic) {
    var targets = [Tensor?](repeating: nil, count: present.count)
    var copies: [(from: Int, to: UnsafeMutableRawPointer, bytes: Int)] = []
    for (index, start) in memory.enumerated() where index < tree.leaves.count {
      guard let start, counts[tree.leaves[index]] != nil, !foreign.contains(tree.leaves[index]) else { continue }
      let (leaf, bytes) = (filling[index], tree.tensors[index].byteCount)
      let target = try HostMemory.view(start, as: tree.tensors[index])
      guard let known = targets[leaf] else {
        targets[leaf] = target
        continue
      }
      if known.ownBytes.baseAddress != start { copies.append((leaf, start, bytes)) }
    }
    try plan.write(to: byStep(targets), reading: present, threads: threads)
    for copy in copies {
      guard let source = targets[copy.from]?.ownBytes, let base = source.baseAddress else { continue }
      copy.to.copyMemory(from: base, byteCount: copy.bytes)
    }
  }

  /// Targets at the leaves that steps name, which may be others of a tie than its first.
  private func byStep(_ targets: [Tensor?]) -> [Tensor?] {
    var targets = targets
    for step in plan.steps where targets[step.leaf] == nil {
      targets[step.leaf] = targets[Int(tree.inventory.leaves[step.leaf].tie)]
    }
    return targets
  }

  /// The receipt, with the hashes of what is in memory.
  package func receipt(_ memory: [UnsafeRawPointer?]) throws(Diagnostic) -> JSONValue {
    var receipt = Receipt(of: plan)
    var bytes: [Int: UnsafeRawBufferPointer] = [:]
    for (index, start) in memory.enumerated() where index < tree.leaves.count {
      guard let start else { continue }
      bytes[filling[index]] = UnsafeRawBufferPointer(start: start, count: tree.tensors[index].byteCount)
    }
    for (index, step) in plan.steps.enumerated() {
      receipt.runs[0].tensors[index].copies = step.aliases
      if functions.contains(step.rule) {
        receipt.runs[0].tensors[index].draw = nil
        receipt.runs[0].tensors[index].initializer = "closure"
      }
      guard let all = bytes[Int(tree.inventory.leaves[step.leaf].tie)] else { continue }
      receipt.runs[0].tensors[index].hash = try HostMemory.hash(all, of: step)
    }
    return receipt.json
  }
}
