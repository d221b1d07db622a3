import Functors
import Initializers
import LayerVocabulary
import Tensors

extension Plan {
  /// One tensor to fill; names and texts are made when they are asked for.
  public struct Step: Sendable {
    private let steps: Steps
    private let entry: Steps.Entry
    private let facts: ParameterFacts

    init(_ steps: Steps, _ entry: Steps.Entry) {
      self.steps = steps
      self.entry = entry
      facts = steps.inventory.columns.facts(ofLeaf: Int(entry.leaf))
    }

    /// The leaf, at its canonical path.
    public var leaf: Int { Int(entry.leaf) }
    /// The canonical path; it keys the random stream.
    public var name: String { steps.name(ofLeaf: leaf) }
    /// The other paths of the same tied tensor.
    public var aliases: [String] {
      tiedLeaves.map(steps.name)
    }
    /// The leaves of the other paths of the same tied tensor.
    public var tiedLeaves: [Int] {
      let tie = steps.inventory.columns.parameters[leaf].tie
      return (steps.ties[Int(tie)] ?? []).filter { $0 != leaf }
    }
    /// The index of the rule that won.
    public var rule: Int { Int(entry.rule) }
    /// The initializer's text.
    public var initializer: String { steps.initializers[rule] }
    /// How its values are made.
    public var draw: Draw { steps.draws[Int(entry.draw)] }
    /// What the tensor is for.
    public var role: ParameterRole { facts.role }
    /// The sizes of its axes.
    public var shape: Shape { facts.shape }
    /// The type of its elements.
    public var dtype: DType { facts.dtype }
    /// The fans that its layer gives it; nil if it has none.
    public var fans: Fans? { facts.geometry?.fans(of: facts.shape) }
    /// Whether its layer was guessed by names and shapes.
    public var isGuess: Bool { steps.inventory.isGuess(ofLeaf: leaf) }
    /// Whether its numbers rest on fans of a layer that was guessed.
    public var usesGuess: Bool { (facts.geometry?.isGuess ?? false) && steps.usesFans[rule] }
  }

  /// The tensors to fill: twelve bytes for each, and what they share once.
  public struct Steps: RandomAccessCollection, Sendable {
    struct Entry: Sendable {
      let leaf, rule, draw: Int32
    }
    let inventory: Inventory
    /// What stands before every path.
    let prefix: TreePath
    /// For each rule, its initializer's text; empty for a keep.
    let initializers: [String]
    /// For each rule, whether its numbers depend on fans.
    let usesFans: [Bool]
    /// What opens the checkpoints that initializers read from.
    let library: (any SourceLibrary)?
    /// The leaves of each tied parameter that has more than one, by its first.
    let ties: [Int: [Int]]
    var entries: [Entry] = []
    var draws: [Draw] = []

    /// The first index.
    public var startIndex: Int { 0 }
    /// The number of tensors.
    public var endIndex: Int { entries.count }
    /// One tensor.
    public subscript(index: Int) -> Step { Step(self, entries[index]) }

    func name(ofLeaf leaf: Int) -> String { prefix.appending(inventory.path(ofLeaf: leaf)).description }
  }
}
