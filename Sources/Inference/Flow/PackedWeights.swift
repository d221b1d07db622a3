import COneDNN
import Layers
import Synchronization
import Tensors

/// Weights of convolutions in the order that oneDNN likes, with a norm's factors in them.
///
/// Entries keep the tensors that they were made of, so that those cannot change meanwhile.
final class PackedWeights: Sendable {
  /// What an entry was made of: the addresses of elements.
  struct Key: Hashable {
    let addresses: [UInt]
    /// What the norm adds to the variance.
    let eps: Double
  }

  /// One convolution's weights and offsets, and the code for pictures of the size that came last.
  final class Entry: @unchecked Sendable {
    let offsets: [Float]
    private var prepared: OpaquePointer?
    private let lock = Mutex(())
    private let kept: [Tensor?]

    init(offsets: [Float], keeping tensors: [Tensor?]) { (self.offsets, kept) = (offsets, tensors) }

    deinit { rd_forget(prepared) }

    /// Convolves; one pass at a time.
    func convolve(
      _ description: rd_convolution, _ x: OpaquePointer, weights: UnsafePointer<Float>?, addend: OpaquePointer?,
      takesAddend: Bool
    ) -> OpaquePointer? {
      // As a number: results of locked work must be free to leave it.
      let made = lock.withLock { _ in
        withUnsafePointer(to: description) {
          UInt(bitPattern: rd_convolve($0, x, weights, offsets, addend, takesAddend, &prepared))
        }
      }
      return OpaquePointer(bitPattern: made)
    }
  }

  private let entries = Mutex<[Key: Entry]>([:])

  /// What was put into order before.
  subscript(key: Key) -> Entry? {
    get { entries.withLock { $0[key] } }
    set { entries.withLock { $0[key] = newValue } }
  }

  /// The memory of passes goes back to the system with them.
  deinit {
    entries.withLock { $0 = [:] }
    rd_trim()
  }
}
