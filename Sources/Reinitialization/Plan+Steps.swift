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
    private let cut: Steps.Cut?

    init(_ steps: Steps, _ entry: Steps.Entry, _ cut: Steps.Cut?) {
      self.steps = steps
      self.cut = cut
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
    /// Whether the method makes the part as a tensor by itself, and not as elements of the whole one.
    public var isMadeByItself: Bool { region?.text != nil && draw.isMadeAsAWhole }
    /// What the tensor is for.
    public var role: ParameterRole { facts.role }
    /// The sizes of its axes.
    public var shape: Shape { facts.shape }
    /// Which elements it fills; nil for all.
    public var region: Region? { cut?.region }
    /// How many elements it fills.
    public var count: Int { cut?.count ?? shape.count }
    /// The type of its elements.
    public var dtype: DType { facts.dtype }
    /// The fans that its layer gives it; nil if it has none.
    public var fans: Fans? { facts.geometry?.fans(of: facts.shape) }
    /// Whether its layer was guessed by names and shapes.
    public var isGuess: Bool { steps.inventory.isGuess(ofLeaf: leaf) }
    /// Whether its numbers rest on fans of a layer that was guessed.
    public var usesGuess: Bool { (facts.geometry?.isGuess ?? false) && steps.usesFans[rule] }
  }

  /// The tensors to fill, or parts of them: twelve bytes for each, and what they share once; steps of one tensor stand side by side.
  public struct Steps: RandomAccessCollection, Sendable {
    struct Entry: Sendable {
      let leaf, rule, draw: Int32
    }
    /// What a step fills that does not fill all of a tensor.
    struct Cut: Sendable {
      var region: Region
      let count: Int
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
    /// By number of step; none for most plans.
    var cuts: [Int: Cut] = [:]
    var entries: [Entry] = []
    var draws: [Draw] = []

    /// The first index.
    public var startIndex: Int { 0 }
    /// The number of tensors.
    public var endIndex: Int { entries.count }
    /// One tensor.
    public subscript(index: Int) -> Step { Step(self, entries[index], cuts.isEmpty ? nil : cuts[index]) }

    /// How many tensors they are about.
    var tensors: Int {
      guard !cuts.isEmpty else { return entries.count }
      return entries.indices.count { $0 == 0 || entries[$0].leaf != entries[$0 - 1].leaf }
    }

    func name(ofLeaf leaf: Int) -> String { prefix.appending(inventory.path(ofLeaf: leaf)).description }
  }
}
