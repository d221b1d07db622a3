import Diagnostics
import Formats

extension FitTarget {
  /// What a checkpoint becomes by renamings alone: each tensor under the names that they give it, or else under its own.
  /// - Parameter dropped: the tensors, by parts of their names, that go.
  /// - Throws: ``Diagnostics/ErrorCode/fitTarget`` where blocks are missing then; ``Diagnostics/ErrorCode/fitSyntax``; opening's codes.
  public init(
    renaming old: String, by renames: [NameMapping], dropped: [String] = [], stateDict: String? = nil
  ) throws(Diagnostic) {
    let header = try CheckpointFiles(old, stateDict: stateDict).header
    let dropped = try NamedTensors(dropped)
    var (items, names): ([Item], Set<ByteName>) = ([], [])
    for entry in header.entries where !dropped.contains(entry.name) {
      let given = try renames.map { (rename) throws(Diagnostic) in try rename.newNames(of: entry.name) }
      // The last pair that speaks of a new name counts: another old tensor may have it.
      let all = given.compactMap { $0 }
      let own =
        all.isEmpty
        ? [entry.name]
        : all.flatMap { $0 }.filter { name in
          renames.last { $0.oldName(of: name) != nil }?.oldName(of: name) == entry.name
        }
      for name in own where names.insert(ByteName(name)).inserted {
        items.append(Item(names: [name], shape: entry.shape, dtype: entry.dtype))
      }
    }
    try BlockNumbers.requireNoGap(items.map { $0.names[0] }, as: header.entries.map(\.name), at: old)
    self.init(called: "its renamings", items)
  }
}

/// The numbers of lists of blocks.
private enum BlockNumbers {
  /// Refuses lists whose numbers went from 0 on and do so no more.
  static func requireNoGap(_ new: [String], as old: [String], at place: String) throws(Diagnostic) {
    let before = numbers(old)
    for (list, numbers) in numbers(new).sorted(by: { $0.key < $1.key }) {
      guard let old = before[list], isWhole(old),
        let missing = (0..<numbers.count).first(where: { !numbers.contains($0) })
      else { continue }
      throw Diagnostic(
        .fitTarget, "a block is missing: \(list.text).\(missing)", at: place,
        expected: "blocks 0 to \(numbers.count - 1)", found: "\(numbers.max() ?? 0) is the last",
        hints: ["a renaming moves; what stays is named as well: --rename '\(list.text).0 = \(list.text).[0-1]'"])
    }
  }

  private static func isWhole(_ numbers: Set<Int>) -> Bool { numbers.max() == numbers.count - 1 }

  /// The numbers of each list, by what stands before them.
  private static func numbers(_ names: [String]) -> [ByteName: Set<Int>] {
    var numbers: [ByteName: Set<Int>] = [:]
    for name in names {
      let words = name.split(separator: ".", omittingEmptySubsequences: false)
      for (place, word) in words.enumerated() {
        guard place > 0, let number = Int(word) else { continue }
        numbers[ByteName(words[..<place].joined(separator: ".")), default: []].insert(number)
      }
    }
    return numbers
  }
}
