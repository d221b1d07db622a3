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

  /// Writes `count` elements, each rounded from the f32 or f64 value; integers saturate, NaN becomes 0 there.
  package static func write(
    count: Int, dtype: DType, to bytes: UnsafeMutableRawBufferPointer, _ value: (Int) -> Double
  ) {
    switch dtype {
    case .f64: store(count, bytes) { value($0) }
    case .f32: store(count, bytes) { Float(value($0)) }
    case .f16: store(count, bytes) { Float16(Float(value($0))).bitPattern }
    case .bf16: store(count, bytes) { bfloat16(Float(value($0))) }
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
