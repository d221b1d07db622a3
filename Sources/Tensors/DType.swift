/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
  /// IEEE 754 binary64.
  case f64
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary16.
  case f16
  /// The upper half of a binary32.
  case bf16
  /// 8-bit float with 4 exponent and 3 mantissa bits and no infinity, at most 448: torch's `float8_e4m3fn`, the file's
  /// `F8_E4M3`.
  case f8e4m3 = "f8_e4m3"
  /// 8-bit float with 5 exponent and 2 mantissa bits, at most 57344: torch's `float8_e5m2`, the file's `F8_E5M2`.
  case f8e5m2 = "f8_e5m2"
  /// Signed, 64 bits.
  case i64
  /// Signed, 32 bits.
  case i32
  /// Signed, 16 bits.
  case i16
  /// Signed, 8 bits.
  case i8
  /// Unsigned, 64 bits.
  case u64
  /// Unsigned, 32 bits.
  case u32
  /// Unsigned, 16 bits.
  case u16
  /// Unsigned, 8 bits.
  case u8
  /// One byte, 0 or 1.
  case bool
  /// Elements this library does not interpret (packed, complex, types of the future): bytes are kept.
  case opaque

  /// The bytes of one element; 0 where they are not known.
  public var size: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .f8e4m3, .f8e5m2, .i8, .u8, .bool: 1
    case .opaque: 0
    }
  }

  /// Whether elements are floating-point numbers that an initializer may write.
  public var isFloatingPoint: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16, .f8e4m3, .f8e5m2: true
    default: false
    }
  }

  /// Whether an element is a floating-point number of one byte.
  package var isEightBitFloat: Bool { self == .f8e4m3 || self == .f8e5m2 }

  /// The floating-point types, for messages.
  package static let floatingPointNames: String = {
    let names = allCases.filter(\.isFloatingPoint).map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }()

  /// The distance from 1 to the next number and the smallest normal number, of the types that f32 values are rounded to;
  /// 0 for others.
  package var spacing: (atOne: Double, leastNormal: Double) {
    switch self {
    case .f16: (0x1p-10, 0x1p-14)
    case .bf16: (0x1p-7, 0x1p-126)
    case .f8e4m3: (0x1p-3, 0x1p-6)
    case .f8e5m2: (0x1p-2, 0x1p-14)
    default: (0, 0)
    }
  }

  /// The nearest number of the type, ties to even.
  package func rounded(_ value: Double) -> Double {
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
      ElementBuffer.write(count: 1, dtype: self, to: bytes) { _ in value }
      var result = Double.nan
      withUnsafeMutablePointer(to: &result) {
        ElementBuffer.read(
          UnsafeRawBufferPointer(bytes), dtype: self, into: UnsafeMutableBufferPointer(start: $0, count: 1))
      }
      return result
    }
  }
}

extension DType: CustomStringConvertible {
  /// The short name, such as `bf16`.
  public var description: String { rawValue }
}
