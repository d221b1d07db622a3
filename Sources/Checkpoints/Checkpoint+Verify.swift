import Diagnostics
import Files
import Formats
import Glibc
import Initializers
import LayerVocabulary
import Reinitialization
import Synchronization
import Tensors

/// What `verify` found of one tensor.
public struct Verification: Sendable {
  /// The verdict.
  public enum Outcome: String, Sendable {
    /// The values were made again and are equal, bit for bit.
    case identical
    /// The values were made again and are equal to the method's tolerance: it passes through BLAS.
    case close
    /// The bytes are those that were written, but cannot be made again here: a closure's, or another BLAS's.
    case recorded
    /// The file does not have the tensor, or has it in another shape or type.
    case missing
    /// The bytes are not what the receipt says.
    case different
    /// Nothing can be said: a mask, or what the values were made of, is not there any more.
    case unknown
  }
  /// The name in the file.
  public let name: String
  /// The initializer, for people.
  public let initializer: String
  /// The part of the tensor that was filled, as the rule says it; nil for all, but for what later rules or runs have
  /// filled.
  public var part: String?
  /// The verdict.
  public let outcome: Outcome

  /// Whether the file holds what the receipt says.
  public var isRight: Bool { outcome != .different && outcome != .missing && outcome != .unknown }

  init(_ entry: Receipt.Entry, _ outcome: Outcome) {
    (name, initializer, part, self.outcome) = (entry.fileName, entry.initializer, entry.region?.text, outcome)
  }
}

extension Checkpoint {
  /// The receipt of this file; nil if it has none.
  /// - Throws: ``Diagnostics/ErrorCode/receiptUnreadable`` if there is one that cannot be read.
  public func receipt() throws(Diagnostic) -> Receipt? { try CheckpointReceipt.read(files()) }

  /// Makes every value again that the receipt speaks of, and compares; a plugin's in other ranges and on another number
  /// of threads than a run's, for neither may matter.
  ///
  /// Values that were made of others are made again where these are still found, with the hash that they had.
  /// - Parameter from: the checkpoint that the run read from, for values of which this file has no copy.
  /// - Throws: ``Diagnostics/ErrorCode/receiptMissing``; reading's codes; ``Diagnostics/ErrorCode/pluginMissing`` where values
  ///   are a plugin's and the options' resolver does not find it.
  public func verify(
    from original: String? = nil, options: ApplyOptions = ApplyOptions()
  ) throws(Diagnostic) -> [Verification] {
    let file = try files()
    guard let receipt = try CheckpointReceipt.read(file) else {
      throw Diagnostic(
        .receiptMissing, "the file has no receipt", at: path,
        expected: "metadata '\(CheckpointReceipt.key)' or a file \(path).receipt.json",
        hints: ["a receipt is written by reinit apply"])
    }
    let present = receipt.entries.filter { (try? CheckpointFill.target(of: $0.entry, in: file.header)) != nil }
    let places = try SourceSearch(for: receipt, in: file, original)
    let entries = present.map { (seed: $0.seed, entry: places.reading(places.masked($0.entry))) }
    let made = try remade(entries.filter { $0.entry.draw != nil }, in: file, options)
    let recorded = try recorded(entries.map(\.entry).filter { $0.draw == nil }, in: file, options.team)
    let missing = receipt.entries.map(\.entry)
      .filter { (try? CheckpointFill.target(of: $0, in: file.header)) == nil }
      .map { Verification($0, .missing) }
    return made + recorded + missing
  }

  /// Entries that can be made again: equal bits, or close to them, and the hash that was recorded.
  private func remade(
    _ entries: [(seed: UInt64, entry: Receipt.Entry)], in file: CheckpointFiles, _ options: ApplyOptions
  ) throws(Diagnostic) -> [Verification] {
    let resolved = try CheckpointFill(entries, in: file.header).resolved(by: options.resolver).cuttingOtherwise()
    let isForeign = resolved.items.contains { $0.draw.foreign != nil }
    let threads = isForeign ? (options.threads > 1 ? options.threads - 1 : 2) : options.threads
    let fill = try resolved.prepared(for: threads).shared(by: options.team)
    let worst = Mutex<[Int: Verification.Outcome]>([:])
    let hashes = try fill.run(threads: threads) { (index, bytes, offset) throws(Diagnostic) in
      let item = fill.items[index]
      try withScratch(bytes.count) { (now) throws(Diagnostic) in
        for target in [item.target] + item.copies {
          try item.read(target, from: offset, into: now, in: file)
          guard let first = now.baseAddress, let second = bytes.baseAddress, memcmp(first, second, bytes.count) != 0
          else { continue }
          let isClose = isClose(bytes, UnsafeRawBufferPointer(now), item)
          worst.withLock { $0[index] = isClose && $0[index] != .different ? .close : .different }
        }
      }
      options.progress(bytes.count)
    }
    try options.team.together { () throws(Diagnostic) in try fill.validateSources() }
    let own = worst.withLock { $0 }
    let found = try options.team.combine(
      fill.items.indices.map { own[$0] == .different ? 2 : own[$0] == .close ? 1 : 0 })
    var results: [Verification] = []
    for (index, item) in fill.items.enumerated() {
      let all: Verification.Outcome = found[index] > 1 ? .different : found[index] == 1 ? .close : .identical
      let outcome = try outcome(all, of: item, remade: hashes[index], in: file)
      results.append(Verification(item.entry, outcome))
    }
    return results
  }

  /// The verdict with the recorded hash taken into account.
  ///
  /// Equal bits must have it. Of values that are only close, those with the recorded hash are the very bytes that
  /// were written, on a machine whose BLAS rounds in another way.
  private func outcome(
    _ found: Verification.Outcome, of item: CheckpointFill.Item, remade: ContentHash, in file: CheckpointFiles
  ) throws(Diagnostic) -> Verification.Outcome {
    guard let hash = item.entry.hash else { return found }
    switch found {
    case .identical: return remade == hash ? .identical : .different
    case .close: return try file.hash(of: item.entry, item.target) == hash ? .recorded : .close
    default: return found
    }
  }

  /// Entries that cannot be made again are held against their hash.
  private func recorded(
    _ entries: [Receipt.Entry], in file: CheckpointFiles, _ team: any Team
  ) throws(Diagnostic) -> [Verification] {
    let own = try team.together { () throws(Diagnostic) in
      var isSame = [UInt64](repeating: 0, count: entries.count)
      for index in team.share(of: Array(entries.indices)) {
        let hash = try file.hash(of: entries[index], CheckpointFill.target(of: entries[index], in: file.header))
        isSame[index] = hash == nil || entries[index].hash == nil ? 2 : hash == entries[index].hash ? 1 : 0
      }
      return isSame
    }
    return zip(entries, try team.combine(own)).map { entry, isSame in
      Verification(entry, isSame == 2 ? .unknown : isSame == 1 ? .recorded : .different)
    }
  }

  private func isClose(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ item: CheckpointFill.Item) -> Bool {
    guard let tolerance = item.draw.tolerance else { return false }
    let dtype = item.entry.dtype
    // One unit in the last place of the element type may flip where f32 values differ in their last bits.
    let spacing = dtype.spacing
    let count = a.count / dtype.size
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { buffer in
      let (x, y) = (
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]),
        UnsafeMutableBufferPointer(rebasing: buffer[count...])
      )
      ElementBuffer.read(a, dtype: dtype, into: x)
      ElementBuffer.read(b, dtype: dtype, into: y)
      let scale = abs(item.draw["gain"] ?? 1)
      return (0..<count).allSatisfy {
        abs(x[$0] - y[$0]) <= tolerance * scale + spacing.atOne * max(abs(x[$0]), spacing.leastNormal)
      }
    }
  }
}
