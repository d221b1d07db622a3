import Diagnostics
import Initializers
import Tensors

/// How new layers begin: torch's own defaults, unless a layer says otherwise.
enum Fresh {
  /// All zeros.
  static let zeros: any Initializer = FreshState.fixed(.constant(0))
  /// All ones.
  static let ones: any Initializer = FreshState.fixed(.constant(1))
  /// `kaiming_uniform(slope: √5)`, which is uniform within ±1/√fan_in.
  static let weight: any Initializer = FreshState.fanIn
  /// Standard normal.
  static let standardNormal: any Initializer = FreshState.fixed(.normal(std: 1))

  /// All one value.
  static func constant(_ value: Double) -> any Initializer { FreshState.fixed(.constant(value)) }

  /// Normal with mean 0.
  static func normal(std: Double) -> any Initializer { FreshState.fixed(.normal(std: std)) }

  /// Uniform within ±bound.
  static func uniform(_ bound: Double) -> any Initializer { FreshState.fixed(.uniform(low: -bound, high: bound)) }

  /// Uniform within ±1/√size; zeros where there is nothing to count.
  static func uniform(overRootOf size: Int) -> any Initializer {
    size > 0 ? uniform(1 / Double(size).squareRoot()) : zeros
  }

  /// What a bias begins with beside a weight: uniform within ±1/√fan_in of the weight.
  static func bias(beside weight: Tensor, _ geometry: Geometry?) -> any Initializer {
    guard weight.count > 0, let fans = geometry?.fans(of: weight.shape) else { return zeros }
    return uniform(overRootOf: fans.fanIn)
  }
}

private enum FreshState: Initializer {
  case fixed(Draw)
  case fanIn

  var descriptor: InitializerDescriptor {
    InitializerDescriptor("fresh", summary: "a layer's own start", formula: "", reference: "")
  }
  var arguments: [Argument] { [] }

  func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    switch self {
    case .fixed(let draw): return draw
    case .fanIn:
      let fans = context.geometry?.fans(of: context.shape)
      let bound = fans.map { 1 / Double(max(1, $0.fanIn)).squareRoot() } ?? 0
      return .uniform(low: -bound, high: bound)
    }
  }
}
