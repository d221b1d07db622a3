import CKernels
import Testing

let allHalves = Array(UInt16.min...UInt16.max)

/// Every float16 and bfloat16 value, the midpoints to the next one, and the neighbours of both.
let conversionInputs: [Float] = {
  let halves = allHalves.flatMap { half -> [UInt32] in
    let bits = Float(Float16(bitPattern: half)).bitPattern
    return [bits, bits &+ 0x1000]
  }
  let bfloats = allHalves.flatMap { [UInt32($0) << 16, UInt32($0) << 16 | 0x8000] }
  // Midpoints between subnormal float16 values have fewer bits than the steps above.
  let subnormals = (0..<2048).map { (Float($0) * 0x1p-25).bitPattern }
  return (halves + bfloats + subnormals).flatMap { [$0 &- 1, $0, $0 &+ 1] }.map(Float.init(bitPattern:))
}()

func halves(
  _ inputs: [Float], _ convert: (UnsafeMutablePointer<UInt16>?, UnsafePointer<Float>?, Int) -> Void
) -> [UInt16] {
  [UInt16](unsafeUninitializedCapacity: inputs.count) { out, count in
    convert(out.baseAddress, inputs, inputs.count)
    count = inputs.count
  }
}

func floats(
  _ inputs: [UInt16], _ convert: (UnsafeMutablePointer<Float>?, UnsafePointer<UInt16>?, Int) -> Void
) -> [Float] {
  [Float](unsafeUninitializedCapacity: inputs.count) { out, count in
    convert(out.baseAddress, inputs, inputs.count)
    count = inputs.count
  }
}

/// The 8-bit floats.
enum Float8: String, CaseIterable {
  case e4m3 = "f8_e4m3"
  case e5m2 = "f8_e5m2"

  func bytes(_ inputs: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: inputs.count) { out, count in
      (self == .e4m3 ? rk_f32_to_e4m3 : rk_f32_to_e5m2)(out.baseAddress, inputs, inputs.count)
      count = inputs.count
    }
  }

  func floats(_ codes: [UInt8]) -> [Float] {
    [Float](unsafeUninitializedCapacity: codes.count) { out, count in
      (self == .e4m3 ? rk_e4m3_to_f32 : rk_e5m2_to_f32)(out.baseAddress, codes, codes.count)
      count = codes.count
    }
  }

  /// The bits of all numbers as f32, and the hash of what all float16 values become; made with ml_dtypes.
  static func golden(_ type: Float8) throws -> (numbers: [UInt32], halves: UInt64?) {
    struct File: Decodable {
      var numbers: [String: [String]]
      var halves: [String: String]
    }
    let file: File = try reference("rounded.json")
    let numbers = file.numbers[type.rawValue] ?? []
    return (numbers.compactMap { UInt32($0, radix: 16) }, UInt64(file.halves[type.rawValue] ?? "", radix: 16))
  }
}

@Suite("Conversions round to nearest even")
struct Conversions {
  /// Where `found` is not the nearest, by `expected`; any NaN stands for NaN.
  private func firstWrong(
    _ found: [UInt16], infinity: UInt16, _ expected: (Float) -> UInt16
  ) -> Float? {
    zip(conversionInputs, found).first { input, half in
      input.isNaN ? half & 0x7FFF <= infinity : half != expected(input)
    }?.0
  }

  @Test("float16 as the Swift runtime rounds")
  func float16() {
    let found = halves(conversionInputs, rk_f32_to_f16)
    #expect(firstWrong(found, infinity: 0x7C00) { Float16($0).bitPattern } == nil)
  }

  @Test("bfloat16 as the distance to both neighbours says")
  func bfloat16() {
    let found = halves(conversionInputs, rk_f32_to_bf16)
    #expect(firstWrong(found, infinity: 0x7F80, Self.nearestBfloat) == nil)
  }

  /// By comparing exact distances; what follows the largest finite value counts as 2^128.
  private static func nearestBfloat(_ value: Float) -> UInt16 {
    let below = UInt16(value.bitPattern >> 16)
    if value.isInfinite { return below }
    func magnitude(_ code: UInt16) -> Double {
      code & 0x7FFF == 0x7F80 ? 0x1p128 : abs(Double(Float(bitPattern: UInt32(code) << 16)))
    }
    let up = magnitude(below + 1) - abs(Double(value)), down = abs(Double(value)) - magnitude(below)
    return down < up || (down == up && below & 1 == 0) ? below : below + 1
  }

  @Test("All 256 codes of an 8-bit float are the golden numbers, and come back", arguments: Float8.allCases)
  func codes(_ type: Float8) throws {
    let numbers = type.floats(Array(0...255))
    #expect(numbers.map(\.bitPattern) == (try Float8.golden(type)).numbers)
    let back = type.bytes(numbers)
    let comesBack = back.enumerated().map { code, found in
      numbers[code].isNaN ? type.floats([found])[0].isNaN : code == Int(found)
    }
    #expect(comesBack == Array(repeating: true, count: 256))
  }

  @Test("Known cases of float16, bits for bits")
  func known() {
    let inputs: [Float] = [
      0, -0.0, 65504, 65519.996, 65520, -70000, 0x1p-24, 0x1p-25, 0x1.8p-25, 1 + 0x1p-11, 1.5,
    ]
    let expected: [UInt16] = [
      0, 0x8000, 0x7BFF, 0x7BFF, 0x7C00, 0xFC00, 1, 0, 1, 0x3C00, 0x3E00,
    ]
    #expect(halves(inputs, rk_f32_to_f16) == expected)
  }

  @Test("float64 is the float32 value", arguments: [0, 1, 7, 1000])
  func float64(count: Int) {
    let inputs = Array(conversionInputs.filter { !$0.isNaN }.prefix(count))
    let found = [Double](unsafeUninitializedCapacity: count) { out, initialized in
      rk_f32_to_f64(out.baseAddress, inputs, count)
      initialized = count
    }
    #expect(found == inputs.map(Double.init))
  }

  @Test("Every count is converted and nothing more", arguments: 0...40)
  func counts(count: Int) {
    let inputs = [Float](repeating: 1.5, count: count)
    let found = [UInt16](unsafeUninitializedCapacity: 48) { out, initialized in
      out.initialize(repeating: 7)
      rk_f32_to_f16(out.baseAddress, inputs, count)
      initialized = 48
    }
    #expect(found == Array(repeating: 0x3E00, count: count) + Array(repeating: 7, count: 48 - count))
  }
}

@Suite("Constants")
struct Constants {
  @Test(
    "A constant fills its range and nothing more, at any alignment",
    arguments: [0, 1, 2, 31, 32, 33, 100, 1000, (1 << 20) + 5], [0, 1, 7, 13])
  func constants(count: Int, shift: Int) {
    #expect(isFilled(count, shift, 0x3FC0_0000 as UInt32, 0xAAAA_AAAA) { rk_constant_f32($0, count, 1.5) })
    #expect(isFilled(count, shift, 0 as UInt32, 0xAAAA_AAAA) { rk_constant_f32($0, count, 0) })
    #expect(isFilled(count, shift, 0x3C01 as UInt16, 0xAAAA) { rk_constant_u16($0, count, 0x3C01) })
    #expect(isFilled(count, shift, 0x123 as UInt64, 0xAAAA) { rk_constant_u64($0, count, 0x123) })
  }

  private func isFilled<Pattern: FixedWidthInteger, Element>(
    _ count: Int, _ shift: Int, _ pattern: Pattern, _ guarding: Pattern,
    _ fill: (UnsafeMutablePointer<Element>) -> Void
  ) -> Bool {
    let all = UnsafeMutableBufferPointer<Pattern>.allocate(capacity: count + shift + 20)
    defer { all.deallocate() }
    all.initialize(repeating: guarding)
    guard let start = all.baseAddress.map({ UnsafeMutableRawPointer($0 + shift) }) else { return false }
    fill(start.assumingMemoryBound(to: Element.self))
    return all[..<shift].allSatisfy { $0 == guarding }
      && all[shift..<shift + count].allSatisfy { $0 == pattern }
      && all[(shift + count)...].allSatisfy { $0 == guarding }
  }
}
