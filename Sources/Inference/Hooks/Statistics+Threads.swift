import COneDNN
import Tensors

extension Statistics {
  /// Elements that one thread takes in at a time.
  private static let part = 1 << 16

  /// The statistics of floats, taken in by the threads that oneDNN works with; the same whatever their number.
  init(spreading floats: UnsafeBufferPointer<Float>) {
    self.init(of: floats) { count, body in
      withoutActuallyEscaping(body) { body in
        withUnsafePointer(to: body) { pointer in
          rd_spread(
            Int32(clamping: count),
            { context, index in
              context?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int(index))
            }, UnsafeMutableRawPointer(mutating: pointer))
        }
      }
    }
  }

  fileprivate init(of floats: UnsafeBufferPointer<Float>, _ spread: (Int, @Sendable (Int) -> Void) -> Void) {
    self.init()
    let total = floats.count
    let count = (total + Statistics.part - 1) / Statistics.part
    let parts = Cells<Statistics>(repeating: Statistics(), count: count)
    let elements = Floats(floats.baseAddress)
    spread(count) { index in
      let first = index * Statistics.part
      parts[index].add(
        UnsafeBufferPointer(start: elements.base + first, count: Swift.min(Statistics.part, total - first)))
    }
    for part in parts.array { merge(part) }
  }
}

extension Tensor {
  /// The statistics of the elements, on several threads where there are many.
  func statistics(threads: Int) -> Statistics {
    guard dtype == .f32, !isLazy, isAligned else { return statistics }
    return withBytes { bytes in
      Statistics(of: bytes.bindMemory(to: Float.self)) { count, body in
        Workers.run(count, threads: Swift.min(threads, count / 16 + 1), body)
      }
    }
  }
}
