import Diagnostics
import Formats
import Tensors

extension Team {
  /// The statistics that any process has made.
  func combine(_ own: [Statistics]) throws(Diagnostic) -> [Statistics] {
    guard count > 1 else { return own }
    let mine = share(of: Array(own.indices)).indices
    let empty = [UInt64](repeating: 0, count: Statistics.wordCount)
    let words = try combine(own.indices.flatMap { mine.contains($0) ? own[$0].words : empty })
    return own.indices.map { Statistics(words: words[$0 * Statistics.wordCount..<($0 + 1) * Statistics.wordCount]) }
  }

  /// The differences that any process has found.
  func combine(
    _ own: [TensorDifference?], named names: [String], _ a: CheckpointFiles, _ b: CheckpointFiles
  ) throws(Diagnostic) -> [TensorDifference] {
    guard count > 1 else { return own.compactMap { $0 } }
    let size = TensorDifference.wordCount
    let words = try combine(own.flatMap { $0?.words ?? [UInt64](repeating: 0, count: size) })
    return names.enumerated().map { index, name in
      TensorDifference(name: name, words[index * size..<(index + 1) * size], a.header[name], b.header[name])
    }
  }
}

extension TensorDifference {
  fileprivate static let wordCount = 5
  private static let statuses: [Status] = [.equal, .changed, .reshaped, .removed, .added]

  /// The verdict as numbers; in the first its place, and 8 more where there is a change.
  fileprivate var words: [UInt64] {
    let status = UInt64(TensorDifference.statuses.firstIndex(of: status) ?? 0) + (change == nil ? 0 : 8)
    guard let change else { return [status, 0, 0, 0, 0] }
    return [status] + [change.std.before, change.std.after, change.cosine, change.relative].map(\.bitPattern)
  }

  fileprivate init(
    name: String, _ words: ArraySlice<UInt64>, _ before: SafeTensorsHeader.Entry?, _ after: SafeTensorsHeader.Entry?
  ) {
    let words = Array(words)
    let numbers = words.dropFirst().map { Double(bitPattern: $0) }
    let status = TensorDifference.statuses[Int(words[0] % 8)]
    self.init(name: name, status: status, before: before, after: after)
    guard words[0] >= 8 else { return }
    change = Change(std: (numbers[0], numbers[1]), cosine: numbers[2], relative: numbers[3])
  }
}
