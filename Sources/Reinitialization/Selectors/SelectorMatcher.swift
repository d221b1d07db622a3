import Functors

/// Hands the states of a selector down a tree.
struct SelectorMatcher {
  private let program: SelectorProgram
  private let columns: InventoryColumns
  private let tests: [Test]
  private var open: [(end: Int, states: UInt64)] = []
  private(set) var matches: [Int] = []

  init(_ program: SelectorProgram, _ inventory: Inventory) {
    self.program = program
    columns = inventory.columns
    let names = columns.names.keys.map(\.text)
    tests = program.states.map { Test($0, names) }
  }

  /// A state's test, with the answers for all of the tree's names and kinds.
  fileprivate struct Test {
    let success: UInt64
    /// For each name or kind, whether it is meant; empty for other tests.
    private(set) var isMeant: [Bool] = []
    private(set) var part: SelectorPart?
    private(set) var orField = false
    private(set) var isDeep = false
    /// Whether it is asked of entries, not of names or kinds.
    private(set) var isOfEntries = false
    private(set) var role: ParameterRole?

    init(_ state: SelectorProgram.State, _ names: [String]) {
      success = state.success
      switch state.test {
      case .part(let part, let orField):
        (self.part, self.orField) = (part, orField)
        let isNumbered = orField ? part.literal.map(NumberedField.init) : nil
        isMeant = names.map { part.matches($0) || isNumbered?.matches($0) ?? false }
      case .deep: isDeep = true
      case .type(let kinds): isMeant = kinds
      case .role(let role): self.role = role
      case .entries(let entries): (isMeant, isOfEntries) = (entries, true)
      }
    }
  }

  /// Visits every entry below which something may match.
  mutating func run() {
    let (nodes, tests) = (columns.nodes, tests)
    nodes.withUnsafeBufferPointer { nodes in
      tests.withUnsafeBufferPointer { tests in run(Tree(nodes: nodes, tests: tests, columns: columns, program: program))
      }
    }
  }

  private mutating func run(_ tree: Tree) {
    var index = 0
    while index < tree.nodes.count {
      while let last = open.last, last.end <= index { open.removeLast() }
      let here = open.last.map { tree.advance($0.states, to: index) } ?? tree.begin(index)
      if tree.isMatch(index, here) { matches.append(index) }
      let (end, states) = (Int(tree.nodes[index].end), here & ~SelectorProgram.matched)
      if states != 0, end > index + 1 { open.append((end, states)) }
      index = states == 0 ? end : index + 1
    }
  }
}

/// A tree and a selector's tests, lent for one pass.
private struct Tree {
  let nodes: UnsafeBufferPointer<InventoryColumns.Node>
  let tests: UnsafeBufferPointer<SelectorMatcher.Test>
  let columns: InventoryColumns
  let program: SelectorProgram

  func begin(_ root: Int) -> UInt64 {
    var states = program.start
    test(states & (program.types | program.roles), at: root, into: &states)
    return states
  }

  /// The states of an entry, from those of its parent.
  func advance(_ above: UInt64, to index: Int) -> UInt64 {
    var states: UInt64
    let tests: UInt64
    if nodes[index].isUnnamed {
      states = above
      tests = above & (program.types | program.roles)
    } else {
      // A direct state has passed its one name: its twin, one bit above, goes on.
      states = above & program.anywhere | (above & program.directly) << 1
      tests = above & (program.anywhere | program.directly)
      step(above & program.parts, at: index, into: &states)
    }
    if nodes[index].leaf >= 0 {
      test(tests & program.roles, at: index, into: &states)
    } else if columns.kind(index) >= 0 {
      test(tests & program.types, at: index, into: &states)
      // A layer that is one unnamed parameter stands at that parameter's place: only roles go on into it.
      states &= ~(program.passed & ~program.roles)
    }
    return states
  }

  /// Moves path states over a name.
  private func step(_ waiting: UInt64, at index: Int, into states: inout UInt64) {
    var waiting = waiting
    while waiting != 0 {
      let test = waiting.trailingZeroBitCount - 2
      waiting &= waiting - 1
      let node = nodes[index]
      if tests[test].isDeep || isName(node.key, test) || tests[test].orField && isName(node.field, test) {
        states |= tests[test].success
      }
    }
  }

  private func isName(_ code: Int32, _ test: Int) -> Bool {
    code < 0 ? tests[test].part?.matches(columns.names.text(code)) ?? false : tests[test].isMeant[Int(code)]
  }

  private func test(_ waiting: UInt64, at index: Int, into states: inout UInt64) {
    var waiting = waiting
    while waiting != 0 {
      let test = waiting.trailingZeroBitCount - 2
      waiting &= waiting - 1
      if tests[test].isOfEntries {
        if tests[test].isMeant[index] { states |= tests[test].success }
      } else if let role = tests[test].role {
        let leaf = Int(nodes[index].leaf)
        if leaf >= 0, columns.role(leaf) == role { states |= tests[test].success }
      } else {
        let kind = Int(columns.kind(index))
        if kind >= 0, tests[test].isMeant[kind] { states |= tests[test].success }
      }
    }
  }

  func isMatch(_ index: Int, _ states: UInt64) -> Bool {
    let leaf = Int(nodes[index].leaf)
    guard leaf >= 0 else { return states & SelectorProgram.matched != 0 }
    guard states & (SelectorProgram.matched | SelectorProgram.pathMatched) != 0 else { return false }
    return program.reachesBuffers || columns.role(leaf) != .buffer
  }
}
