import CPluginCalls
import PluginHost
import Testing

@Suite("Numbers in the cells of arguments")
struct StoringTests {
  /// The bounds of the integer types, from C's limits.
  static let integers: [(FunctionType, low: Int64, high: UInt64)] = [
    (.i8, -128, 127), (.u8, 0, 255), (.i16, -32_768, 32_767), (.u16, 0, 65_535), (.i32, -2_147_483_648, 2_147_483_647),
    (.u32, 0, 4_294_967_295), (.i64, .min, 9_223_372_036_854_775_807), (.u64, 0, 18_446_744_073_709_551_615),
  ]

  private func stored(_ store: (UnsafeMutableRawPointer) -> Bool) -> UInt64? {
    var cell: UInt64 = 0
    return store(&cell) ? cell : nil
  }

  @Test("An integer type holds its bounds and nothing beyond", arguments: integers.indices)
  func bounds(_ index: Int) {
    let (type, low, high) = Self.integers[index]
    #expect(stored { rp_store_unsigned(type.rawValue, high, $0) } == high)
    #expect(stored { rp_store_integer(type.rawValue, low, $0) }.map { Int64(bitPattern: $0) } == low)
    if high < .max { #expect(stored { rp_store_unsigned(type.rawValue, high + 1, $0) } == nil) }
    if low > .min { #expect(stored { rp_store_integer(type.rawValue, low - 1, $0) } == nil) }
    #expect(stored { rp_store_number(type.rawValue, Double(low), $0) }.map { Int64(bitPattern: $0) } == low)
    #expect(stored { rp_store_number(type.rawValue, Double(high) * 2 + 2, $0) } == nil)
  }

  @Test("An integer takes no fraction, no infinity and no NaN", arguments: integers.map(\.0))
  func fractions(_ type: FunctionType) {
    for value in [0.5, -0.5, .infinity, -.infinity, .nan, 1e300] {
      #expect(stored { rp_store_number(type.rawValue, value, $0) } == nil)
    }
    #expect(stored { rp_store_number(type.rawValue, 100, $0) } == 100)
    #expect(stored { rp_store_number(type.rawValue, -0.0, $0) } == 0)
  }

  @Test("A float is rounded to nearest, does not overflow, and keeps what is not finite")
  func float() {
    func float(_ value: Double) -> Float? {
      stored { rp_store_number(FunctionType.f32.rawValue, value, $0) }.map { Float(bitPattern: UInt32($0)) }
    }
    #expect(float(0.1) == 0.1)
    #expect(float(-.infinity) == -.infinity)
    #expect(float(.nan)?.isNaN == true)
    #expect(float(1e39) == nil)
    #expect(stored { rp_store_unsigned(FunctionType.f64.rawValue, 1 << 60, $0) } == Double(1 << 60).bitPattern)
  }

  @Test("Pointers and numbers of no type are refused", arguments: [0, 11, 12, 999] as [UInt32])
  func refused(_ type: UInt32) {
    #expect(stored { rp_store_number(type, 1, $0) } == nil)
    #expect(stored { rp_store_integer(type, 1, $0) } == nil)
    #expect(stored { rp_store_unsigned(type, 1, $0) } == nil)
  }
}
