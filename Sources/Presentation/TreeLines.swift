/// The lines that join the rows of a tree, drawn from nothing but each row's depth.
///
///     ├─ layer1
///     │  ├─ conv
///     │  └─ bn
///     └─ fc
///
/// Works row by row without recursion, in time proportional to the number of rows.
public struct TreeLines: Sendable, Sequence, IteratorProtocol {
  private let depths: [Int]
  private let hasLaterSibling: [Bool]
  private let symbols: Symbols
  private let limit: Int
  private var row = 0
  /// For each level above the present row: whether its line goes on below.
  private var open: [Bool] = []

  /// Reads the depths of all rows, in the order in which they are shown.
  /// - Parameters:
  ///   - depths: 0 for a root, which gets no line; below 0 counts as 0.
  ///   - limit: levels drawn; deeper rows show how many were left out at the left.
  public init(depths: [Int], in style: Style, limit: Int = 24) {
    self.depths = depths.map { Swift.max(0, $0) }
    self.limit = Swift.max(1, limit)
    symbols = style.symbols
    hasLaterSibling = Self.laterSiblings(self.depths)
  }

  /// Walks the rows backwards; the stack holds the depths that a row below has before any shallower one.
  private static func laterSiblings(_ depths: [Int]) -> [Bool] {
    var result = Array(repeating: false, count: depths.count)
    var stack: [Int] = []
    for row in depths.indices.reversed() {
      while let last = stack.last, last > depths[row] { stack.removeLast() }
      result[row] = stack.last == depths[row]
      if !result[row] { stack.append(depths[row]) }
    }
    return result
  }

  /// The piece to be set before the next row's name.
  public mutating func next() -> Text? {
    guard row < depths.count else { return nil }
    let depth = depths[row]
    // A row may skip levels; nothing runs through those.
    while open.count <= depth { open.append(false) }
    open.removeLast(open.count - depth - 1)
    open[depth] = hasLaterSibling[row]
    row += 1
    guard depth > 0 else { return "" }
    return Text(prefix(depth)).styled(.secondary)
  }

  private func prefix(_ depth: Int) -> String {
    let hidden = Swift.max(0, depth - limit)
    var result = hidden > 0 ? "\(symbols.ellipsis)\(NumberFormat(symbols: symbols).integer(hidden)) " : ""
    for level in (hidden + 1)..<(depth + 1) {
      let isOpen = open[level]
      if level < depth {
        result += isOpen ? symbols.trunk : symbols.blank
      } else {
        result += isOpen ? symbols.branch : symbols.lastBranch
      }
    }
    return result
  }
}
