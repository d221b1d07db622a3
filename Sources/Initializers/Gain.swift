import Diagnostics
import Glibc

/// Activations with a name.
public enum Nonlinearity: String, Sendable, CaseIterable {
  /// f(x) = x.
  case linear
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// tanh x.
  case tanh
  /// max(0, x).
  case relu
  /// x above 0, slope·x below.
  case leakyReLU = "leaky_relu"
  /// Klambauer et al. 2017.
  case selu
  /// min(max(0, x), 6).
  case relu6
  /// x·Φ(x).
  case gelu
  /// GELU by tanh, as in GPT-2.
  case geluTanh = "gelu_tanh"
  /// x·sigmoid(x), also called swish.
  case silu
  /// x·tanh(softplus(x)).
  case mish
  /// x above 0, eˣ − 1 below.
  case elu
  /// The same as ELU at its default α of 1.
  case celu
  /// ln(1 + eˣ).
  case softplus
  /// x/(1 + |x|).
  case softsign
  /// x·hardsigmoid(x).
  case hardswish
  /// min(max(0, x/6 + 1/2), 1).
  case hardsigmoid
  /// min(max(−1, x), 1).
  case hardtanh

  /// Other frameworks' names for the same functions.
  static let aliases: [String: Nonlinearity] = [
    "identity": .linear, "conv1d": .linear, "conv2d": .linear, "conv3d": .linear, "conv_transpose1d": .linear,
    "conv_transpose2d": .linear, "conv_transpose3d": .linear, "swish": .silu, "hard_swish": .hardswish,
    "hard_sigmoid": .hardsigmoid, "hard_tanh": .hardtanh,
  ]

  /// The function; `slope` is that of leaky ReLU below 0.
  public func callAsFunction(_ x: Double, slope: Double = 0.01) -> Double {
    switch self {
    case .linear: x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Glibc.tanh(x)
    case .relu: max(0, x)
    case .leakyReLU: x > 0 ? x : slope * x
    case .selu: 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
    case .relu6: min(max(0, x), 6)
    case .gelu: x * erfc(-x * 0.5.squareRoot()) / 2
    case .geluTanh: x / 2 * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + exp(-x))
    case .mish: x * Glibc.tanh(Nonlinearity.softplus(x))
    case .elu, .celu: x > 0 ? x : expm1(x)
    case .softplus: Nonlinearity.softplus(x)
    case .softsign: x / (1 + abs(x))
    case .hardswish: x * min(max(0, x / 6 + 0.5), 1)
    case .hardsigmoid: min(max(0, x / 6 + 0.5), 1)
    case .hardtanh: min(max(-1, x), 1)
    }
  }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

/// By how much weights must grow to make up for what an activation takes away.
public enum Gain {
  /// The gain of a named activation: torch's table where it has an entry, else the second-moment gain.
  ///
  /// torch's: linear and sigmoid 1, tanh 5/3, relu √2, leaky_relu √(2/(1 + slope²)), selu 3/4.
  public static func of(_ nonlinearity: Nonlinearity, slope: Double = 0.01) -> Double {
    switch nonlinearity {
    case .linear, .sigmoid: 1
    case .tanh: 5.0 / 3
    case .relu: 2.0.squareRoot()
    case .leakyReLU: (2 / (1 + slope * slope)).squareRoot()
    case .selu: 0.75
    default: computed[nonlinearity] ?? 1
    }
  }

  /// The gain 1/√E[f(z)²] for a standard normal z, of any piecewise smooth function.
  ///
  /// With it, the second moment of activations is the same before and after a layer whose weights have variance
  /// gain²/fan_in (He et al. 2015, eq. 9, for a general f). Accurate to 1e-9.
  /// - Throws: ``Diagnostics/ErrorCode/noGain`` if the expectation is 0, infinite or cannot be computed.
  public static func secondMoment(of activation: (Double) -> Double) throws(Diagnostic) -> Double {
    let density = 1 / (2 * Double.pi).squareRoot()
    let moment = Quadrature.standard.adaptiveIntegral(from: -38, to: 38, panels: 76) { z in
      let value = activation(z)
      return value * value * exp(-z * z / 2) * density
    }
    guard let moment, moment > 0, moment.isFinite else {
      throw Diagnostic(
        .noGain, "the activation's gain cannot be computed",
        expected: "0 < E[f(z)²] < ∞ for a standard normal z",
        found: moment.map { "E[f(z)²] = \($0)" } ?? "values that are not finite or not piecewise smooth",
        hints: ["give the gain as a number, as in 'kaiming_normal(gain: 1.4)'"])
    }
    return 1 / moment.squareRoot()
  }

  private static let computed: [Nonlinearity: Double] = {
    var gains: [Nonlinearity: Double] = [:]
    for nonlinearity in Nonlinearity.allCases { gains[nonlinearity] = try? secondMoment { nonlinearity($0) } }
    return gains
  }()
}
