import CPluginCalls
import CReinit
import Glibc
import PluginHost

/// A random signature, and C code that folds its arguments into a checksum.
struct RandomSignature: Sendable {
  let number: Int
  let types: [FunctionType]
  let result: FunctionType

  static let scalars = FunctionType.allCases.filter { $0 != .void }

  /// 300 signatures of 0 to 32 arguments of every type, in every order; the same ones in each run.
  static let all: [RandomSignature] = {
    var generator = SmallGenerator(state: 0x5EED)
    return (0..<300).map { number in
      let count = number < 66 ? number / 2 : Int.random(in: 0...32, using: &generator)
      let types = (0..<count).map { _ in scalars.randomElement(using: &generator) ?? .i32 }
      return RandomSignature(
        number: number, types: types, result: FunctionType.allCases[number % 11])
    }
  }()

  static let library = Workbench.library("signatures", source, "-fno-strict-aliasing")

  private static var source: String {
    """
    #include <stdint.h>
    #include <string.h>
    static uint64_t fold(uint64_t h, uint64_t v) { return (h ^ v) * 1099511628211ull; }
    static uint64_t f32(float v) { uint32_t b; memcpy(&b, &v, 4); return b; }
    static uint64_t f64(double v) { uint64_t b; memcpy(&b, &v, 8); return b; }
    uint64_t void_result;
    \(all.map(\.code).joined(separator: "\n"))
    """
  }

  private var code: String {
    let arguments = types.enumerated().map { "\($1.spelling) a\($0)" }.joined(separator: ", ")
    let folds = types.enumerated().map { index, type in
      let value =
        switch type {
        case .f32, .f64: "\(type)(a\(index))"
        case .pointer: "(uint64_t)a\(index)"
        default: "(uint64_t)(int64_t)a\(index)"
        }
      return "h = fold(h, \(value));"
    }
    let end =
      switch result {
      case .void: "void_result = h;"
      case .f32, .f64: "return (\(result.spelling))((double)(h >> 40) * 0x1p-24);"
      default: "return (\(result.spelling))h;"
      }
    return """
      \(result.spelling) call\(number)(\(arguments.isEmpty ? "void" : arguments)) {
        uint64_t h = 14695981039346656037ull; \(folds.joined(separator: " ")) \(end)
      }
      """
  }

  /// What C computes for these cells, computed here.
  func checksum(_ cells: [UInt64]) -> UInt64 {
    zip(types, cells).reduce(14_695_981_039_346_656_037) { hash, argument in
      (hash ^ Self.folded(argument.0, argument.1)) &* 1_099_511_628_211
    }
  }

  private static func folded(_ type: FunctionType, _ cell: UInt64) -> UInt64 {
    switch type {
    case .i8: UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: cell)))
    case .i16: UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: cell)))
    case .i32: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: cell)))
    case .u8: UInt64(UInt8(truncatingIfNeeded: cell))
    case .u16: UInt64(UInt16(truncatingIfNeeded: cell))
    case .u32, .f32: UInt64(UInt32(truncatingIfNeeded: cell))
    default: cell
    }
  }
}

/// SplitMix64: a few lines, and the same numbers everywhere.
struct SmallGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
