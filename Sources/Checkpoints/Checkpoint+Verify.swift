import Diagnostics
import Glibc
import Initializers
import Reinitialization
import Tensors

/// What `verify` found of one tensor.
public struct Verification: Sendable {
  /// The verdict.
  public enum Outcome: String, Sendable {
    /// The values were made again and are equal, bit for bit.
    case identical
    /// The values were made again and are equal to the method's tolerance: it passes through BLAS.
    case close
    /// The bytes are those that were written, but cannot be made again: a closure's.
    case recorded
    /// The bytes are not what the receipt says.
    case different
  }
  /// The name in the file.
  public let name: String
  /// The initializer, for people.
  public let initializer: String
  /// The verdict.
  public let outcome: Outcome

  /// Whether the file holds what the receipt says.
  public var isRight: Bool { outcome != .different }
}

extension Checkpoint {
  /// The receipt of this file; nil if it has none.
  /// - Throws: ``Diagnostics/Code/receiptMismatch`` if there is one that cannot be read.
  public func receipt() throws(Diagnostic) -> Receipt? { try CheckpointReceipt.read(path, header) }

  /// Makes every value again that the receipt speaks of, and compares.
  /// - Throws: ``Diagnostics/Code/receiptMissing``; reading's codes.
  public func verify(options: ApplyOptions = ApplyOptions()) throws -> [Verification] {
    guard let receipt = try receipt() else {
      throw Diagnostic(
        .receiptMissing, "the file has no receipt", at: path,
        expected: "metadata '\(CheckpointReceipt.key)' or a file \(CheckpointReceipt.sidecar(of: path))",
        hints: ["a receipt is written by reinit apply and reinit build"])
    }
    let file = try SafeTensorsFile(path)
    let fill = try CheckpointFill(receipt.entries, in: header)
    let differs = Cells<Bool>(repeating: false, count: fill.items.count)
    let exceeds = Cells<Bool>(repeating: false, count: fill.items.count)
    _ = try fill.run(threads: options.threads) { (index, bytes, offset) throws(Diagnostic) in
      let item = fill.items[index]
      try withScratch(bytes.count) { (now) throws(Diagnostic) in
        try file.read(item.target, from: offset - item.target.range.lowerBound, into: now)
        guard let first = now.baseAddress, let second = bytes.baseAddress, memcmp(first, second, bytes.count) != 0
        else { return }
        differs[index] = true
        if !isClose(bytes, UnsafeRawBufferPointer(now), item) { exceeds[index] = true }
      }
      options.progress(bytes.count)
    }
    let made = fill.items.indices.map { index in
      Verification(
        name: fill.items[index].entry.fileName, initializer: fill.items[index].entry.initializer,
        outcome: !differs[index] ? .identical : exceeds[index] ? .different : .close)
    }
    return made + (try recorded(receipt, in: file))
  }

  /// Entries that cannot be made again are held against their hash.
  private func recorded(_ receipt: Receipt, in file: SafeTensorsFile) throws(Diagnostic) -> [Verification] {
    var results: [Verification] = []
    for (_, entry) in receipt.entries where entry.draw == nil {
      let target = try CheckpointFill.target(of: entry, in: header)
      let hash = try file.bytes(of: target).withUnsafeBytes { ContentHash($0) }
      results.append(
        Verification(
          name: entry.fileName, initializer: entry.initializer,
          outcome: hash == entry.hash ? .recorded : .different))
    }
    return results
  }

  private func isClose(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ item: CheckpointFill.Item) -> Bool {
    guard let tolerance = item.draw.tolerance else { return false }
    let dtype = item.entry.dtype
    // One unit in the last place of the element type may flip where f32 values differ in their last bits.
    let unit = dtype == .bf16 ? 0x1p-7 : dtype == .f16 ? 0x1p-10 : 0
    let count = a.count / dtype.size
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { buffer in
      let (x, y) = (
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]),
        UnsafeMutableBufferPointer(rebasing: buffer[count...])
      )
      ElementBuffer.read(a, dtype: dtype, into: x)
      ElementBuffer.read(b, dtype: dtype, into: y)
      let scale = abs(item.draw["gain"] ?? 1)
      return (0..<count).allSatisfy { abs(x[$0] - y[$0]) <= tolerance * scale + unit * abs(x[$0]) }
    }
  }
}

/// Lends a buffer for one call.
func withScratch(
  _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
) throws(Diagnostic) {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
  defer { buffer.deallocate() }
  try body(buffer)
}
