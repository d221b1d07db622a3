/// Near names: what was probably meant by a word that is not known.
public enum Suggestion {
  /// The candidates nearest to a word, best first; empty if none is near.
  ///
  /// Distance is Damerau–Levenshtein (optimal string alignment), ignoring case; a common prefix breaks
  /// ties. A candidate counts as near within a third of the word's length, and at least 2; nothing is near a word of
  /// more than 256 bytes.
  /// - Complexity: O(candidates × word × candidate length).
  public static func nearest(to word: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    let target = Array(word.lowercased().utf8)
    let reach = max(2, target.count / 3)
    guard target.count <= 256 else { return [] }
    let scored = candidates.compactMap { candidate -> (name: String, distance: Int, prefix: Int)? in
      guard candidate.utf8.count <= 512 else { return nil }
      let other = Array(candidate.lowercased().utf8)
      guard abs(other.count - target.count) <= reach else { return nil }
      let distance = editDistance(target, other)
      guard distance <= reach else { return nil }
      return (candidate, distance, zip(target, other).prefix { $0 == $1 }.count)
    }
    return scored.sorted { ($0.distance, -$0.prefix, $0.name) < ($1.distance, -$1.prefix, $1.name) }
      .prefix(limit).map(\.name)
  }

  /// `similar names: a, b`, or nothing where no candidate is near.
  public static func hint(for word: String, in candidates: some Sequence<String>) -> [String] {
    let near = nearest(to: word, in: candidates)
    guard !near.isEmpty else { return [] }
    return [near.count == 1 ? "a similar name exists: \(near[0])" : "similar names: \(near.joined(separator: ", "))"]
  }

  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
