import CReinit

/// The type of a tensor's elements.
public struct ElementType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The number that crosses.
  public let rawValue: UInt32

  /// The type of that number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// 32-bit floating point, `Float`.
  public static let f32 = ElementType(rawValue: UInt32(RI_F32))
  /// 64-bit floating point, `Double`.
  public static let f64 = ElementType(rawValue: UInt32(RI_F64))
  /// 16-bit floating point.
  public static let f16 = ElementType(rawValue: UInt32(RI_F16))
  /// The upper half of a `Float`.
  public static let bf16 = ElementType(rawValue: UInt32(RI_BF16))
  /// `Int64`.
  public static let i64 = ElementType(rawValue: UInt32(RI_I64))
  /// `Int32`.
  public static let i32 = ElementType(rawValue: UInt32(RI_I32))
  /// `Int16`.
  public static let i16 = ElementType(rawValue: UInt32(RI_I16))
  /// `Int8`.
  public static let i8 = ElementType(rawValue: UInt32(RI_I8))
  /// `UInt64`.
  public static let u64 = ElementType(rawValue: UInt32(RI_U64))
  /// `UInt32`.
  public static let u32 = ElementType(rawValue: UInt32(RI_U32))
  /// `UInt16`.
  public static let u16 = ElementType(rawValue: UInt32(RI_U16))
  /// `UInt8`.
  public static let u8 = ElementType(rawValue: UInt32(RI_U8))
  /// One byte, 0 or 1.
  public static let bool = ElementType(rawValue: UInt32(RI_BOOL8))
  /// 8-bit floating point with 4 bits of exponent, without infinity.
  public static let f8e4m3 = ElementType(rawValue: UInt32(RI_F8_E4M3))
  /// 8-bit floating point with 5 bits of exponent.
  public static let f8e5m2 = ElementType(rawValue: UInt32(RI_F8_E5M2))

  private static let names = [
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint64", "uint32",
    "uint16", "uint8", "bool", "float8_e4m3", "float8_e5m2",
  ]

  /// `float32` and so on.
  public var description: String {
    let index = Int(rawValue) - Int(RI_F32)
    return ElementType.names.indices.contains(index) ? ElementType.names[index] : "type \(rawValue)"
  }

  /// The bytes of one element; 0 for a type of a newer host.
  public var byteCount: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
    default: 0
    }
  }
}
