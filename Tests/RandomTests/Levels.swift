import CKernels
import Tensors
import Testing

let levels = [RK_LEVEL_SCALAR, RK_LEVEL_AVX2, RK_LEVEL_AVX512]

/// Ranges at every alignment, of every remainder, across all places where a counter word carries.
let trickyRanges: [Range32] =
  (0...70).map { Range32(first: UInt64($0 * 7), count: $0, shift: $0 % 16) }
  + (1020...1030).map { Range32(first: UInt64($0 % 5), count: $0, shift: $0 % 7) }
  + [
    Range32(first: 1 << 32, count: 3000), Range32(first: (1 << 32) - 777, count: 2001, shift: 5),
    Range32(first: (1 << 34) - 1500, count: 3001, shift: 1), Range32(first: (1 << 34) - 2, count: 4),
    Range32(first: (1 << 36) + 1, count: 515, shift: 9), Range32(first: (1 << 62) - 99, count: 300),
    Range32(first: .max - 9, count: 300, shift: 3),
    Range32(first: 12345, count: (1 << 20) + 37, shift: 3), Range32(first: 0, count: (1 << 20) + 16),
    Range32(first: (1 << 34) - (1 << 19) - 1, count: (1 << 20) + 1, shift: 15),
  ]

/// The only suite that changes the level, hence one test at a time.
@Suite("All levels give the specified bits", .serialized)
struct Levels {
  /// Runs `body` at each level the processor has.
  private func atEachLevel(_ body: (rk_level_t) throws -> Void) rethrows {
    let usual = rk_level()
    defer { _ = rk_use_level(usual) }
    for level in levels where rk_use_level(level) { try body(level) }
  }

  private func check(_ level: rk_level_t, _ words: [UInt32], _ found: [UInt32], _ golden: Golden.Transform) {
    let difference = firstDifference(words, found, golden.bits)
    #expect(difference == nil, "level \(level.rawValue), parameters \(golden.values)")
  }

  @Test("The level can be chosen and is reported")
  func choice() {
    var seen: [UInt32] = []
    atEachLevel { level in seen.append(rk_level() == level ? level.rawValue : 99) }
    #expect(seen.first == RK_LEVEL_SCALAR.rawValue && !seen.contains(99))
    #expect(!rk_use_level(rk_level_t(rawValue: 7)))
  }

  @Test("Words are the golden ones")
  func words() throws {
    let golden = try Golden.load()
    atEachLevel { level in
      for stream in golden.streams {
        let name = RandomStream.hash(of: stream.name.utf8)
        let place = rk_stream(
          seed: UInt64(stream.seed, radix: 16) ?? 0, name_hash: name, lane: stream.lane, past_caches: false)
        let range = Range32(first: UInt64(stream.first, radix: 16) ?? 0, count: stream.words.count)
        #expect(name == UInt64(stream.hash, radix: 16))
        #expect(range.bits(.words, place) == stream.words, "level \(level.rawValue), \(stream.name)")
      }
    }
  }

  @Test("Uniform and normal values of chosen words are the golden ones")
  func transforms() throws {
    let golden = try Golden.load()
    atEachLevel { level in
      for one in golden.uniform {
        check(
          level, golden.words,
          bits(of: golden.words) {
            rk_uniform_from_words($0, $1, $2, one.values[0], one.values[1])
          }, one)
      }
      for one in golden.normal {
        check(
          level, golden.words,
          bits(of: golden.words) {
            rk_normal_from_words($0, $1, $2, one.values[0], one.values[1])
          }, one)
      }
    }
  }

  @Test("Truncated normal values of chosen words are the golden ones, by the specified method")
  func truncations() throws {
    let golden = try Golden.load()
    let methods = ["body", "body", "tail", "narrow"]
    atEachLevel { level in
      for one in golden.truncated {
        var made = rk_truncation()
        let p = one.values
        #expect(rk_truncation_make(&made, p[0], p[1], p[2], p[3]))
        #expect(methods[Int(made.method)] == one.method)
        check(level, golden.words, bits(of: golden.words) { rk_truncated_from_words($0, $1, $2, &made) }, one)
      }
    }
  }

  @Test(
    "Any range has the same bits at all levels, and nothing outside of it is written",
    arguments: FillKind.allCases)
  func ranges(_ draw: FillKind) {
    var expected: [[UInt32]?] = []
    atEachLevel { level in
      let found = trickyRanges.map { $0.bits(draw, testStream) }
      #expect(!found.contains(nil), "level \(level.rawValue) wrote outside of a range")
      if expected.isEmpty { expected = found }
      let wrong = trickyRanges.indices.first { found[$0] != expected[$0] }
      #expect(
        wrong == nil, "level \(level.rawValue): \(wrong.map { trickyRanges[$0].testDescription } ?? "")")
    }
  }

  @Test("Every level gives what a slow reference gives, written from the specification", arguments: FillKind.allCases)
  func slowReference(_ kind: FillKind) throws {
    let reference = try SlowReference(testStream)
    let ranges = trickyRanges.map { Range32(first: $0.first, count: min($0.count, 2100), shift: $0.shift) }
    let expected = ranges.map { reference.bits(kind, from: $0.first, count: $0.count) }
    atEachLevel { level in
      for (range, expected) in zip(ranges, expected) {
        let found = range.bits(kind, testStream) ?? []
        let difference = firstDifference([], found, expected)
        #expect(difference == nil, "level \(level.rawValue), \(range.testDescription): \(difference ?? "")")
      }
    }
  }

  @Test("Moments of 0, 1, …, n − 1 are those of the discrete uniform distribution, in the same bits at all levels")
  func moments() {
    var expected: [[UInt64]?] = []
    atEachLevel { level in
      let found = ((1...70).map { $0 } + [1000, 2048]).map { n in momentBits((0..<n).map(Float.init)) }
      if expected.isEmpty { expected = found }
      #expect(found == expected, "level \(level.rawValue)")
      for bits in found {
        guard let bits else { Issue.record("finite values are refused"); continue }
        let n = Double(Float(bitPattern: UInt32(bits[1]))) + 1
        let sums = bits[3...].map { Double(bitPattern: $0) }
        #expect(bits[0] == 0 && bits[2] == 1 && sums[0] == (n - 1) / 2 && sums[2] == 0)
        #expect(abs(sums[1] - n * (n * n - 1) / 12) <= 1e-13 * sums[1])
        #expect(abs(sums[3] - n * (n * n - 1) * (3 * n * n - 7) / 240) <= 1e-13 * sums[3])
      }
    }
  }

  @Test("Moments are refused where any element is not finite")
  func notFinite() {
    atEachLevel { level in
      for place in 0..<40 {
        for value in [Float.nan, .infinity, -.infinity] {
          var floats = [Float](repeating: 2, count: 40)
          floats[place] = value
          #expect(momentBits(floats) == nil, "level \(level.rawValue), \(value) at \(place)")
        }
      }
    }
  }

  @Test("Small matrices have the same bits at all levels, and whichever others are made with them")
  func smallMatrices() {
    for (m, n) in [(1, 1), (2, 2), (7, 3), (16, 16), (40, 25), (64, 64)] {
      var expected: [Float] = []
      atEachLevel { level in
        let found = haarMatrices(count: 19, m: m, n: n)
        if expected.isEmpty { expected = found }
        #expect(found == expected, "level \(level.rawValue), \(m) × \(n)")
      }
      let alone = haarMatrices(count: 1, m: m, n: n, first: 17 * m * n)
      #expect(alone == Array(expected[17 * m * n..<18 * m * n]))
    }
  }

  @Test("Conversions give the same bits at all levels, also of NaNs")
  func conversions() {
    let inputs = conversionInputs
    var expected: [[UInt16]] = []
    atEachLevel { level in
      let found = [halves(inputs, rk_f32_to_f16), halves(inputs, rk_f32_to_bf16)]
      if expected.isEmpty { expected = found }
      #expect(found == expected, "level \(level.rawValue)")
      #expect(floats(allHalves, rk_f16_to_f32).map(\.bitPattern) == allHalves.map(Self.widened))
      #expect(floats(allHalves, rk_bf16_to_f32).map(\.bitPattern) == allHalves.map { UInt32($0) << 16 })
    }
  }

  @Test("8-bit floats have the same bits at all levels: those of all 65,536 float16 values are ml_dtypes's")
  func eightBits() throws {
    for type in Float8.allCases {
      let golden = try Float8.golden(type)
      var expected: [[UInt8]] = []
      atEachLevel { level in
        let halves = type.bytes(floats(allHalves, rk_f16_to_f32))
        #expect(RandomStream.hash(of: halves) == golden.halves, "\(type), level \(level.rawValue)")
        let found = [type.bytes(conversionInputs)] + (0...70).map { type.bytes(Array(conversionInputs.prefix($0))) }
        if expected.isEmpty { expected = found }
        #expect(found == expected, "\(type), level \(level.rawValue)")
        #expect(type.floats(Array(0...255)).map(\.bitPattern) == golden.numbers)
      }
    }
  }

  /// By the Swift runtime; NaN quiet.
  private static func widened(_ half: UInt16) -> UInt32 {
    let value = Float(Float16(bitPattern: half))
    return value.isNaN
      ? UInt32(half & 0x8000) << 16 | 0x7FC0_0000 | UInt32(half & 0x3FF) << 13 : value.bitPattern
  }
}
