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
  /// Elements this library does not interpret (packed, 8-bit floats, types of the future): bytes are kept.
  case opaque

  /// The bytes of one element; 0 where they are not known.
  public var size: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool: 1
    case .opaque: 0
    }
  }

  /// Whether elements are floating-point numbers that an initializer may write.
  public var isFloatingPoint: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    default: false
    }
  }
}

extension DType: CustomStringConvertible {
  /// The short name, such as `bf16`.
  public var description: String { rawValue }
}
