/// Elements of any size at equal distances.
package enum ElementStrides {
  /// Takes every `step`th of some elements.
  /// - Parameter place: which element of the target the first is.
  package static func gather(
    _ source: UnsafeRawBufferPointer, step: Int, _ count: Int, _ size: Int, to target: UnsafeMutableRawBufferPointer,
    at place: Int
  ) {
    switch size {
    case 1: move(UInt8.self, source, 0, step, target, place, 1, count)
    case 2: move(UInt16.self, source, 0, step, target, place, 1, count)
    case 4: move(UInt32.self, source, 0, step, target, place, 1, count)
    default: move(UInt64.self, source, 0, step, target, place, 1, count)
    }
  }

  /// Puts elements to every `step`th place.
  /// - Parameters:
  ///   - first: which element of the source is the first.
  ///   - place: which element of the target it becomes.
  package static func scatter(
    _ source: UnsafeRawBufferPointer, from first: Int, _ count: Int, _ size: Int,
    to target: UnsafeMutableRawBufferPointer, at place: Int, step: Int
  ) {
    switch size {
    case 1: move(UInt8.self, source, first, 1, target, place, step, count)
    case 2: move(UInt16.self, source, first, 1, target, place, step, count)
    case 4: move(UInt32.self, source, first, 1, target, place, step, count)
    default: move(UInt64.self, source, first, 1, target, place, step, count)
    }
  }

  @inline(__always)
  private static func move<Element: FixedWidthInteger & BitwiseCopyable>(
    _ type: Element.Type, _ source: UnsafeRawBufferPointer, _ first: Int, _ step: Int,
    _ target: UnsafeMutableRawBufferPointer, _ place: Int, _ targetStep: Int, _ count: Int
  ) {
    let size = MemoryLayout<Element>.size
    for index in 0..<count {
      let element = source.loadUnaligned(fromByteOffset: (first + index * step) * size, as: type)
      target.storeBytes(of: element, toByteOffset: (place + index * targetStep) * size, as: type)
    }
  }
}
