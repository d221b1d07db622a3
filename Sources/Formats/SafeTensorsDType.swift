/// The element types of the format, by the names that files use.
public enum SafeTensorsDType {
  /// Every name that the format knows, with the size of an element in bits.
  ///
  /// The list of the reference implementation, release 0.8.
  public static let all: [(name: String, bits: Int)] = [
    ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8),
    ("F8_E4M3", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16),
    ("U16", 16),
    ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64),
    ("I64", 64),
    ("U64", 64),
  ]

  /// The bits of one element, or nil for a name that the format does not know.
  public static func bits(_ name: String) -> Int? { all.first { $0.name == name }?.bits }
}

/// How many bytes a shape takes, or why that is not a number.
enum SafeTensorsSize: Equatable {
  case bytes(Int)
  case overflow
  case partialByte(bits: UInt)

  /// The size of that many elements; nil is a number of elements that does not fit.
  init(count: UInt?, bits: Int) {
    let (total, overflows) = (count ?? .max).multipliedReportingOverflow(by: UInt(bits))
    self =
      overflows || count == nil
      ? .overflow : total % 8 == 0 ? .bytes(Int(total / 8)) : .partialByte(bits: total)
  }

  /// The number of elements, taken from left to right in 64 bits without sign, as the reference does.
  static func product(_ count: UInt?, _ size: UInt) -> UInt? {
    guard let count else { return nil }
    let (product, overflows) = count.multipliedReportingOverflow(by: size)
    return overflows ? nil : product
  }
}
