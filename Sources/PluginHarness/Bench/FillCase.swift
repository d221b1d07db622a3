import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// A tensor that an initializer has accepted, with the draw that fills it.
struct FillCase: Sendable {
  var context: ParameterContext
  let draw: Draw

  /// What reports say: `weight [24, 10]`.
  var name: String { "\(context.role.rawValue) \(context.shape)" }

  var total: Int { context.shape.count }

  /// Whether any range can be filled by itself.
  var isElementwise: Bool { draw.isElementwise }

  /// Whether elements may be infinite or NaN.
  var givesNonFinite: Bool { draw.foreign?.filler?.givesNonFinite ?? false }

  /// Fills the range that begins with an element.
  func fill(_ buffer: FillBuffer, from first: Int = 0, stream: RandomStream) throws(Diagnostic) {
    try fill(buffer.bytes, dtype: buffer.dtype, from: first, stream: stream)
  }

  /// Fills any memory; nothing is held back from the plugin, not even a range of no elements.
  func fill(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType = .f32, from first: Int, stream: RandomStream
  ) throws(Diagnostic) {
    guard let foreign = draw.foreign else {
      if isElementwise { draw.fill(bytes, dtype: dtype, from: first, stream: stream) }
      return
    }
    try foreign.filler?.fill(bytes, dtype: dtype, shape: context.shape, from: first, of: draw, stream: stream)
  }

  /// The whole tensor, as bits of f32.
  func whole(seed: UInt64 = 1) throws(Diagnostic) -> [UInt32] {
    try whole(stream: RandomStream(seed: seed, name: context.name))
  }

  func whole(stream: RandomStream) throws(Diagnostic) -> [UInt32] {
    let buffer = FillBuffer(total, margin: total)
    try fill(buffer, stream: stream)
    return buffer.floats
  }

  /// A range of it, as bits of f32.
  func range(_ range: Range<Int>, seed: UInt64 = 1) throws(Diagnostic) -> [UInt32] {
    let buffer = FillBuffer(range.count, margin: min(total, 1 << 20))
    try fill(buffer, from: range.lowerBound, stream: RandomStream(seed: seed, name: context.name))
    return buffer.floats
  }
}

/// Tensors of all kinds that layers have, for an initializer to accept or to refuse.
enum FillOffers {
  static let all: [ParameterContext] = weights + others

  /// What has fans.
  static let weights: [ParameterContext] = [
    weight([24, 10]), weight([16, 16]), weight([8, 6, 3, 3]), weight([12, 1, 7, 7]), weight([6, 5, 9]),
    weight([70, 31]),
    weight([4, 3, 5, 5]), weight([5, 12]), weight([31, 17, 9]),
    weight([10, 24], Geometry(outAxis: 1, inAxes: [0])), weight([12, 4, 3, 3], Geometry(groups: 4)),
    weight([36, 12], Geometry(parts: 3)), weight([30, 8], Geometry(outAxis: 1, inAxes: [0], isOneHot: true)),
  ]

  /// What has none.
  static let others: [ParameterContext] = [
    plain([24], .bias), plain([24], .scale), plain([7, 5], .weight), plain([6, 6], .buffer), plain([], .scale),
    plain([1], .bias),
  ]

  static func weight(_ sizes: [Int], _ geometry: Geometry = Geometry()) -> ParameterContext {
    ParameterContext(
      name: "block.2.layer.weight", shape: Shape(sizes), geometry: geometry, block: (index: 2, count: 8))
  }

  static func plain(_ sizes: [Int], _ role: ParameterRole) -> ParameterContext {
    ParameterContext(name: "block.2.layer.\(role.rawValue)", shape: Shape(sizes), role: role)
  }
}
