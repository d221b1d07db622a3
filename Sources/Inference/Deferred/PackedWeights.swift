import COneDNN
import Layers
import Synchronization
import Tensors

/// Weights of convolutions in the order that oneDNN likes, with a norm's factors in them.
///
/// Entries do not hold the tensors that they were made of, so that a model that is initialized anew gets its memory back, and
/// go at the first pass after those tensors have changed or are gone: there are never more than models have weights.
final class PackedWeights: Sendable {
  /// Those of passes that belong to nobody: ``ForwardPass/standard``.
  static let common = PackedWeights()

  /// One convolution's weights and offsets, and the code for pictures of the size that came last.
  final class Entry: @unchecked Sendable {
    let offsets: [Float]
    private var prepared: OpaquePointer?
    private let lock = Mutex(())

    init(offsets: [Float]) { self.offsets = offsets }

    deinit { rd_forget(prepared) }

    /// Convolves; one pass at a time.
    func convolve(
      _ description: rd_convolution, _ x: OpaquePointer, weights: UnsafePointer<Float>?, _ sum: inout rd_addend
    ) -> OpaquePointer? {
      let hasAddend = sum.pictures != nil
      return withUnsafePointer(to: description) { description in
        withUnsafeMutablePointer(to: &sum) { sum in
          // As a number: results of locked work must be free to leave it.
          OpaquePointer(
            bitPattern: lock.withLock { _ in
              UInt(bitPattern: rd_convolve(description, x, weights, offsets, hasAddend ? sum : nil, &prepared))
            })
        }
      }
    }
  }

  /// What an entry was made of.
  private struct Source {
    let contents: [Tensor.ContentsMark?]
    /// What the norm adds to the variance.
    let eps: Double
    let entry: Entry
  }

  /// By the identity of the first tensor, the weights.
  private let sources = Mutex<[ObjectIdentifier: [Source]]>([:])

  /// The number of entries.
  var count: Int { sources.withLock { $0.values.reduce(0) { $0 + $1.count } } }

  /// What was put into order before of tensors that are still the same.
  func entry(for tensors: [Tensor?], eps: Double) -> Entry? {
    guard let key = tensors.first??.identity else { return nil }
    return sources.withLock { sources in
      sources[key]?.first { source in
        source.eps.bitPattern == eps.bitPattern && source.contents.count == tensors.count
          && zip(source.contents, tensors).allSatisfy { mark, tensor in
            if let mark, let tensor { mark.isOf(tensor) } else { mark == nil && tensor == nil }
          }
      }?.entry
    }
  }

  /// Keeps what was made of tensors.
  func add(_ entry: Entry, for tensors: [Tensor?], eps: Double) {
    guard let key = tensors.first??.identity else { return }
    let source = Source(contents: tensors.map { $0.map(Tensor.ContentsMark.init) }, eps: eps, entry: entry)
    sources.withLock { $0[key, default: []].append(source) }
  }

  /// Forgets what was made of tensors that have changed or are gone.
  func removeOutdated() {
    sources.withLock { sources in
      for (key, list) in sources {
        let current = list.filter { source in source.contents.allSatisfy { $0?.isCurrent ?? true } }
        if current.count < list.count { sources[key] = current.isEmpty ? nil : current }
      }
    }
  }

  /// Passes that belong to nobody keep weights, and no memory for outputs.
  func endPass() { if self === PackedWeights.common { rd_trim() } }

  /// The memory of passes goes back to the system with them.
  deinit {
    sources.withLock { $0 = [:] }
    rd_trim()
  }
}
