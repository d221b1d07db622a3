import Diagnostics
import LayerVocabulary
import Tensors

extension Draw {
  /// The smallest and the largest value that a bounded method may give in a type: bounds hold after rounding too.
  ///
  /// Of `[low, high)` and of the open interval of a truncation, bounds as they were written; f32 has its own way,
  /// which rounds the bounds. Nil for other methods, and where the type has no number between the bounds.
  func bounds(in dtype: DType) -> ClosedRange<Float>? {
    guard method == .uniform || method == .truncatedNormal, let low = self["low"], let high = self["high"] else {
      return nil
    }
    let first = dtype.least(above: low, orEqual: method == .uniform)
    let last = 0 - dtype.least(above: -high, orEqual: false)
    return first <= last ? first...last : nil
  }
}

extension DType {
  /// The smallest number of a floating-point type, as f32, that is above `value`, or equal to it where that counts.
  ///
  /// f64 elements are widened f32 values, so its numbers here are those of f32.
  func least(above value: Double, orEqual: Bool) -> Float {
    func suits(_ number: Float) -> Bool { Double(number) > value || orEqual && Double(number) == value }
    switch self {
    case .f16:
      let near = Float16(value)
      return suits(Float(near)) ? Float(near) : Float(near.nextUp)
    case .bf16:
      // Cut off towards zero, so that what lies above is the next one at most.
      let near = Float(value)
      let cut = Float(bitPattern: near.bitPattern & 0xFFFF_0000)
      if suits(cut) { return cut }
      let next = cut.bitPattern >> 31 == 0 ? cut.bitPattern + 0x1_0000 : cut.bitPattern - 0x1_0000
      return cut == 0 ? Float(bitPattern: 0x1_0000) : Float(bitPattern: next)
    case .f8e4m3: return DType.finiteE4M3.first(where: suits) ?? .infinity
    case .f8e5m2: return DType.finiteE5M2.first(where: suits) ?? .infinity
    default:
      let near = Float(value)
      return suits(near) ? near : near.nextUp
    }
  }

  /// All finite numbers of the 8-bit types, ascending; 0 once.
  private static let finiteE4M3 = finite(.f8e4m3), finiteE5M2 = finite(.f8e5m2)

  private static func finite(_ dtype: DType) -> [Float] {
    var numbers = [Double](repeating: 0, count: 128)
    Array(UInt8(0)...127).withUnsafeBytes { codes in
      numbers.withUnsafeMutableBufferPointer { ElementBuffer.read(codes, dtype: dtype, into: $0) }
    }
    let positive = numbers.filter(\.isFinite).map { Float($0) }
    return positive.dropFirst().reversed().map { -$0 } + positive
  }
}
