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
    let weight, bias: UInt
    let norm: [UInt]
  }

  /// One convolution's weights and offsets.
  final class Entry: @unchecked Sendable {
    var raw: OpaquePointer?
    let offsets: [Float]
    private let kept: [Tensor?]

    init(offsets: [Float], keeping tensors: [Tensor?]) { (self.offsets, kept) = (offsets, tensors) }

    deinit { rd_free(raw) }
  }

  private let entries = Mutex<[Key: Entry]>([:])

  /// The entry of a key, made if there is none.
  func entry(_ key: Key, _ make: () -> Entry) -> Entry {
    entries.withLock { entries in
      if let entry = entries[key] { return entry }
      let entry = make()
      entries[key] = entry
      return entry
    }
  }
}
