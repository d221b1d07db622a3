extension DType {
  /// The index of the first element that is NaN or infinite; nil if there is none, and for types without such.
  package func firstNotFinite(in bytes: UnsafeRawBufferPointer) -> Int? {
    switch self {
    case .f64: DType.first(in: bytes, with: 0x7FF0_0000_0000_0000 as UInt64)
    case .f32: DType.first(in: bytes, with: 0x7F80_0000 as UInt32)
    case .f16: DType.first(in: bytes, with: 0x7C00 as UInt16)
    case .bf16: DType.first(in: bytes, with: 0x7F80 as UInt16)
    case .f8e4m3: DType.first(in: bytes, with: 0x7F as UInt8)
    case .f8e5m2: DType.first(in: bytes, with: 0x7C as UInt8)
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool, .opaque: nil
    }
  }

  /// The first element that has all those bits: those of the exponent, in all types but e4m3, where NaN has all bits.
  @inline(__always)
  private static func first<Bits: FixedWidthInteger>(in bytes: UnsafeRawBufferPointer, with mask: Bits) -> Int? {
    let (size, block) = (MemoryLayout<Bits>.size, 4096)
    let count = bytes.count / size
    for start in stride(from: 0, to: count, by: block) {
      let end = min(count, start + block)
      // A loop without branches is as fast as memory.
      var found: Bits = 0
      for index in start..<end {
        found |= bytes.loadUnaligned(fromByteOffset: index * size, as: Bits.self) & mask == mask ? 1 : 0
      }
      guard found != 0 else { continue }
      return (start..<end).first { bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self) & mask == mask }
    }
    return nil
  }
}
