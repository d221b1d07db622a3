import Initializers
import Tensors

/// Where the steps of sequences lie in `[L, N, size]`, in `[N, L, size]`, or in `[L, size]`.
struct SequenceAxes: Sendable {
  let length, batch, size: Int
  /// Whether there is an axis for the batch.
  let hasBatch: Bool
  /// How many rows one step, or one sample, lies behind the other.
  let stepStride, sampleStride: Int

  /// Nil for a shape of another rank.
  init?(_ shape: Shape, isBatchFirst: Bool) {
    guard shape.rank == 2 || shape.rank == 3 else { return nil }
    hasBatch = shape.rank == 3
    size = shape[shape.rank - 1]
    length = hasBatch && isBatchFirst ? shape[1] : shape[0]
    batch = hasBatch ? (isBatchFirst ? shape[0] : shape[1]) : 1
    stepStride = isBatchFirst ? 1 : batch
    sampleStride = isBatchFirst ? length : 1
  }

  /// The row of a step of a sample.
  func row(_ step: Int, _ sample: Int) -> Int { step * stepStride + sample * sampleStride }
}
