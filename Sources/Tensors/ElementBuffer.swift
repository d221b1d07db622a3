import CKernels

/// Elements of any type, read as and written from double-precision numbers.
package enum ElementBuffer {
  /// Reads as many elements as the destination holds; the source may be unaligned.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, into destination: UnsafeMutableBufferPointer<Double>
  ) {
    switch dtype {
    case .f64: copy(bytes, Double.self, destination) { $0 }
    case .f32: copy(bytes, Float.self, destination) { Double($0) }
    case .f16: copy(bytes, UInt16.self, destination) { Double(Float(Float16(bitPattern: $0))) }
    case .bf16: copy(bytes, UInt16.self, destination) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .f8e4m3: widen(bytes, destination, rk_e4m3_to_f32)
    case .f8e5m2: widen(bytes, destination, rk_e5m2_to_f32)
    case .i64: copy(bytes, Int64.self, destination) { Double($0) }
    case .i32: copy(bytes, Int32.self, destination) { Double($0) }
    case .i16: copy(bytes, Int16.self, destination) { Double($0) }
    case .i8: copy(bytes, Int8.self, destination) { Double($0) }
    case .u64: copy(bytes, UInt64.self, destination) { Double($0) }
    case .u32: copy(bytes, UInt32.self, destination) { Double($0) }
    case .u16: copy(bytes, UInt16.self, destination) { Double($0) }
    case .u8, .bool: copy(bytes, UInt8.self, destination) { Double($0) }
    case .opaque: destination.update(repeating: .nan)
    }
  }

  @inline(__always)
  private static func copy<Element: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: Element.Type, _ destination: UnsafeMutableBufferPointer<Double>,
    _ convert: (Element) -> Double
  ) {
    let stride = MemoryLayout<Element>.stride
    for i in destination.indices {
      destination[i] = convert(bytes.loadUnaligned(fromByteOffset: i * stride, as: Element.self))
    }
  }

  /// 8-bit floats that are converted at a time.
  private static let block = 256

  private static func widen(
    _ bytes: UnsafeRawBufferPointer, _ destination: UnsafeMutableBufferPointer<Double>,
    _ convert: (UnsafeMutablePointer<Float>?, UnsafePointer<UInt8>?, Int) -> Void
  ) {
    let source = bytes.assumingMemoryBound(to: UInt8.self)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { buffer in
      for first in stride(from: 0, to: destination.count, by: block) {
        let count = min(block, destination.count - first)
        convert(buffer.baseAddress, source.baseAddress.map { $0 + first }, count)
        for i in 0..<count { destination[first + i] = Double(buffer[i]) }
      }
    }
  }

  private static func narrow(
    _ count: Int, _ bytes: UnsafeMutableRawBufferPointer, _ value: (Int) -> Double,
    _ convert: (UnsafeMutablePointer<UInt8>?, UnsafePointer<Float>?, Int) -> Void
  ) {
    let target = bytes.assumingMemoryBound(to: UInt8.self)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { buffer in
      for first in stride(from: 0, to: count, by: block) {
        let part = min(block, count - first)
        for i in 0..<part { buffer[i] = value(first + i).roundedToOdd }
        convert(target.baseAddress.map { $0 + first }, buffer.baseAddress, part)
      }
    }
  }

  /// Writes `count` elements, each rounded once to the nearest, ties to even; integers saturate, NaN becomes 0 there.
  package static func write(
    count: Int, dtype: DType, to bytes: UnsafeMutableRawBufferPointer, _ value: (Int) -> Double
  ) {
    switch dtype {
    case .f64: store(count, bytes) { value($0) }
    case .f32: store(count, bytes) { Float(value($0)) }
    case .f16: store(count, bytes) { Float16(value($0).roundedToOdd).bitPattern }
    case .bf16: store(count, bytes) { bfloat16(value($0).roundedToOdd) }
    case .f8e4m3: narrow(count, bytes, value, rk_f32_to_e4m3)
    case .f8e5m2: narrow(count, bytes, value, rk_f32_to_e5m2)
    case .i64: store(count, bytes) { saturating(value($0)) as Int64 }
    case .i32: store(count, bytes) { saturating(value($0)) as Int32 }
    case .i16: store(count, bytes) { saturating(value($0)) as Int16 }
    case .i8: store(count, bytes) { saturating(value($0)) as Int8 }
    case .u64: store(count, bytes) { saturating(value($0)) as UInt64 }
    case .u32: store(count, bytes) { saturating(value($0)) as UInt32 }
    case .u16: store(count, bytes) { saturating(value($0)) as UInt16 }
    case .u8: store(count, bytes) { saturating(value($0)) as UInt8 }
    case .bool: store(count, bytes) { value($0) == 0 ? 0 as UInt8 : 1 }
    case .opaque: break
    }
  }

  @inline(__always)
  private static func store<Element: BitwiseCopyable>(
    _ count: Int, _ bytes: UnsafeMutableRawBufferPointer, _ element: (Int) -> Element
  ) {
    let stride = MemoryLayout<Element>.stride
    for i in 0..<count { bytes.storeBytes(of: element(i), toByteOffset: i * stride, as: Element.self) }
  }

  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    guard !value.isNaN else { return UInt16(bits >> 16) | 0x40 }
    return UInt16((UInt64(bits) + 0x7fff + UInt64(bits >> 16 & 1)) >> 16)
  }

  private static func saturating<Integer: FixedWidthInteger>(_ value: Double) -> Integer {
    guard !value.isNaN else { return 0 }
    return Integer(exactly: value.rounded(.toNearestOrEven)) ?? (value < 0 ? .min : .max)
  }
}

extension Double {
  /// The same number as f32, or the one of the two f32 numbers around it whose last bit is set.
  ///
  /// Rounded further to nearest, to a type with at least two bits less, it gives what rounding at once gives.
  package var roundedToOdd: Float {
    let near = Float(self)
    guard Double(near) != self, !near.isNaN else { return near }
    let cut = Double(near.magnitude) > magnitude ? near.bitPattern - 1 : near.bitPattern
    return Float(bitPattern: cut | 1)
  }
}
