import CKernels
import Diagnostics
import Foundation
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// RandomTests/Reference/rounded.json, made by reference_random.py with ml_dtypes.
private struct Rounded: Decodable {
  struct Case: Decodable {
    var method, type: String
    var parameters: [String]
    /// Nil where the type has no such values.
    var bits: [UInt64]?

    /// The initializer as a user types it.
    var text: String {
      let names = [
        "constant": ["value"], "uniform": ["low", "high"], "normal": ["mean", "std"],
        "truncated_normal": ["mean", "std", "low", "high"],
      ]
      let numbers = zip(names[method] ?? [], parameters).map { "\($0): \(Double($1) ?? .nan)" }
      return "\(method)(\(numbers.joined(separator: ", ")))"
    }
    var draw: Draw {
      let p = parameters.map { Double($0) ?? .nan }
      return switch method {
      case "constant": .constant(p[0])
      case "uniform": .uniform(low: p[0], high: p[1])
      case "normal": .normal(mean: p[0], std: p[1])
      default: .truncatedNormal(mean: p[0], std: p[1], low: p[2], high: p[3])
      }
    }
  }
  var seed: UInt64
  var name: String
  var draws: [Case]

  static func load() throws -> Rounded {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSONDecoder().decode(
      Rounded.self, from: Data(contentsOf: tests.appendingPathComponent("RandomTests/Reference/rounded.json")))
  }
}

private func bits(of tensor: Tensor) -> [UInt64] {
  let size = tensor.dtype.size
  return tensor.withBytes { bytes in
    stride(from: 0, to: bytes.count, by: size).map { start in
      (0..<size).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
  }
}

@Suite("Values of short types are those of another implementation", .serialized)
struct RoundedTests {
  @Test(
    "Draws in every type have the golden bits, at every level",
    arguments: [DType.f64, .f16, .bf16, .f8e4m3, .f8e5m2])
  func draws(_ dtype: DType) throws {
    let golden = try Rounded.load()
    let cases = golden.draws.filter { $0.type == dtype.rawValue }
    #expect(cases.count { $0.bits != nil } > 10)
    let best = rk_level()
    defer { rk_use_level(best) }
    for level in [RK_LEVEL_SCALAR, RK_LEVEL_AVX2, RK_LEVEL_AVX512, RK_LEVEL_NEON] where rk_use_level(level) {
      for one in cases {
        guard let expected = one.bits else { continue }
        let stream = RandomStream(seed: golden.seed, name: golden.name)
        let tensor = try Tensor(drawing: one.draw, shape: [expected.count], dtype: dtype, stream: stream)
        #expect(bits(of: tensor) == expected, "\(dtype), \(one.method) \(one.parameters), level \(level.rawValue)")
      }
    }
  }

  @Test("What a type has no values for is refused in the plan", arguments: [DType.f16, .bf16, .f8e4m3, .f8e5m2])
  func refused(_ dtype: DType) throws {
    var seen = [false, false]
    for one in try Rounded.load().draws where one.type == dtype.rawValue {
      let message = errorText {
        _ = try InitializerRegistry.standard.initializer(parsing: one.text).draw(
          for: ParameterContext(name: "w", shape: [4, 4], dtype: dtype))
      }
      #expect(one.bits == nil ? message.hasPrefix("error[R0112]") : message == "no error", "\(one.text): \(message)")
      seen[one.bits == nil ? 0 : 1] = true
    }
    #expect(seen == [true, true])
  }

  @Test("Another type's elements are converted as constants are", arguments: [DType.f16, .bf16, .f8e4m3, .f8e5m2])
  func converted(_ dtype: DType) throws {
    let cases = try Rounded.load().draws.filter {
      $0.type == dtype.rawValue && $0.method == "constant" && $0.bits != nil
    }
    let doubles = try Tensor(
      doubles: cases.map { Double($0.parameters[0]) ?? .nan })
    #expect(bits(of: doubles.converted(to: dtype)) == cases.map { $0.bits?[0] })
    #expect(doubles.converted(to: dtype).converted(to: .f64).converted(to: dtype) == doubles.converted(to: dtype))
  }
}

extension Tensor {
  fileprivate init(doubles: [Double]) throws {
    self = try Tensor(allocating: [doubles.count], dtype: .f64)
    withMutableBytes { bytes in
      for (index, value) in doubles.enumerated() {
        bytes.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
      }
    }
  }
}

@Test(
  "8-bit floats overflow to nothing that was not written: the plan refuses it",
  arguments: [
    ("normal(std: 80)", DType.f8e4m3), ("uniform(low: 0, high: 500)", .f8e4m3), ("constant(465)", .f8e4m3),
    ("truncated_normal(std: 100, low: 0, high: inf)", .f8e4m3), ("orthogonal(gain: 470)", .f8e4m3),
    ("normal(std: 0.0009)", .f8e4m3), ("normal(std: 10000)", .f8e5m2), ("constant(61440)", .f8e5m2),
    ("constant(7e-6)", .f8e5m2),
  ])
func overflow(_ text: String, _ dtype: DType) throws {
  func message(_ dtype: DType) -> String {
    errorText {
      _ = try InitializerRegistry.standard.initializer(parsing: text).draw(
        for: ParameterContext(name: "w", shape: [4, 4], dtype: dtype, geometry: Geometry()))
    }
  }
  #expect(message(dtype).hasPrefix("error[R0112]"))
  #expect(message(.f32) == "no error")
}

@Test(
  "Every method fills 8-bit floats with its f32 values, rounded", arguments: [DType.f8e4m3, .f8e5m2],
  [
    "normal(std: 0.5)", "identity", "dirac", "sparse(sparsity: 0.5, std: 1)", "kaiming_normal(fans: shape)", "ones",
    "zeros",
  ] + (hasBLAS ? ["orthogonal"] : []))
func methods(_ dtype: DType, _ text: String) throws {
  let shape: Shape = text == "dirac" ? [4, 4, 3] : [32, 24]
  func tensor(_ dtype: DType) throws -> Tensor {
    let context = ParameterContext(name: "w", shape: shape, dtype: dtype, geometry: Geometry())
    let draw = try InitializerRegistry.standard.initializer(parsing: text).draw(for: context)
    return try Tensor(drawing: draw, shape: shape, dtype: dtype, stream: RandomStream(seed: 5, name: "w"))
  }
  let (short, long) = (try tensor(dtype), try tensor(.f32))
  #expect(short == long.converted(to: dtype) && short.isFinite)
  #expect(short.statistics.zeros == short.elements.count { $0 == 0 })
}
