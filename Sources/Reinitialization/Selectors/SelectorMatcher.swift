import Functors

/// Hands the states of a selector down a tree.
struct SelectorMatcher {
  private let program: SelectorProgram
  private let inventory: Inventory
  private var open: [(end: Int, states: UInt64)] = []
  private(set) var matches: [Int] = []

  init(_ program: SelectorProgram, _ inventory: Inventory) {
    self.program = program
    self.inventory = inventory
  }

  /// Visits every entry below which something may match.
  mutating func run() {
    var index = 0
    while index < inventory.entries.count {
      while let last = open.last, last.end <= index { open.removeLast() }
      let states = open.last.map { advance($0.states, to: index) } ?? begin(index)
      if isMatch(index, states) { matches.append(index) }
      let rest = states & ~SelectorProgram.matched
      let end = Int(inventory.entries[index].end)
      if rest == 0 {
        index = end
      } else {
        if end > index + 1 { open.append((end, rest)) }
        index += 1
      }
    }
  }

  private func begin(_ root: Int) -> UInt64 {
    var states = program.start
    test(states & (program.types | program.roles), at: root, into: &states)
    return states
  }

  /// The states of an entry, from those of its parent.
  private func advance(_ above: UInt64, to index: Int) -> UInt64 {
    var states: UInt64
    let tests: UInt64
    if isUnnamed(index) {
      states = above
      tests = above & (program.types | program.roles)
    } else {
      // A direct state has passed its one name: its twin, one bit above, goes on.
      states = above & program.anywhere | (above & program.directly) << 1
      tests = above & (program.anywhere | program.directly)
      step(above & program.parts, at: index, into: &states)
    }
    if inventory.entries[index].isLeaf {
      test(tests & program.roles, at: index, into: &states)
    } else if inventory.entries[index].kind >= 0 {
      test(tests & program.types, at: index, into: &states)
      // A layer that is one unnamed parameter stands at that parameter's place: only roles go on into it.
      states &= ~(program.passed & ~program.roles)
    }
    return states
  }

  private func isUnnamed(_ index: Int) -> Bool {
    if case .name(let name) = inventory.entries[index].key { name.isEmpty } else { false }
  }

  /// Moves path states over a name.
  private func step(_ waiting: UInt64, at index: Int, into states: inout UInt64) {
    var waiting = waiting
    while waiting != 0 {
      let state = program.states[waiting.trailingZeroBitCount - 2]
      waiting &= waiting - 1
      switch state.test {
      case .deep: states |= state.success
      case .part(let part, let orField):
        if part.matches(inventory.entries[index].key.text)
          || orField && part.matches(inventory.entries[index].field)
        {
          states |= state.success
        }
      case .type, .role: break
      }
    }
  }

  private func test(_ waiting: UInt64, at index: Int, into states: inout UInt64) {
    var waiting = waiting
    while waiting != 0 {
      let state = program.states[waiting.trailingZeroBitCount - 2]
      waiting &= waiting - 1
      switch state.test {
      case .type(let kinds):
        let kind = Int(inventory.entries[index].kind)
        if kind >= 0, kinds[kind] { states |= state.success }
      case .role(let role):
        let leaf = Int(inventory.entries[index].leaf)
        if leaf >= 0, inventory.leaves[leaf].role == role { states |= state.success }
      case .part, .deep: break
      }
    }
  }

  private func isMatch(_ index: Int, _ states: UInt64) -> Bool {
    let leaf = Int(inventory.entries[index].leaf)
    guard leaf >= 0 else { return states & SelectorProgram.matched != 0 }
    guard states & (SelectorProgram.matched | SelectorProgram.pathMatched) != 0 else { return false }
    return program.reachesBuffers || inventory.leaves[leaf].role != .buffer
  }
}
