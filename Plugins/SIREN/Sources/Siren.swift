import PluginKit

/// A linear map inside of a sine: `y = sin(ω·(W·x + b))` over the last axis.
///
/// Sitzmann et al. 2020, eq. 4 and sec. 3.2.
struct Siren: ForwardLayer {
  static let name = "Siren"
  static let summary = "a linear map inside of a sine: y = sin(ω·(W·x + b))"
  static let reference =
    "Sitzmann et al. 2020, Implicit Neural Representations with Periodic Activation Functions"
  static let omega = Parameter.real("omega", default: 30, in: .above(0), "ω, the factor before the sine")
  static let parameters = [
    Parameter.int("in", in: .atLeast(1), "elements of the input's last axis"),
    Parameter.int("out", in: .atLeast(1), "elements of the output's last axis"),
    omega,
    Parameter.bool("first", default: false, "whether it reads coordinates: how its weight begins")
      .withoutEffectAtTimes(),
    Parameter.bool("bias", default: true, "whether there is a bias"),
  ]

  let inputs: Int
  let outputs: Int
  let omega: Double
  let first: Bool
  var weight: TensorHandle
  var bias: TensorHandle?

  /// Refuses what is above 0 and still no factor.
  static func omega(in arguments: Arguments) throws(PluginError) -> Double {
    let omega = try arguments.real("omega")
    guard omega.isFinite else { throw PluginError(.invalid, "omega must be finite: found \(omega)") }
    return omega
  }
}

extension Siren {
  init(_ build: Build) throws(PluginError) {
    inputs = try build.arguments.int("in")
    outputs = try build.arguments.int("out")
    omega = try Siren.omega(in: build.arguments)
    first = try build.arguments.bool("first")
    weight = try build.call.tensor([outputs, inputs])
    bias = try build.arguments.bool("bias") ? build.call.tensor([outputs]) : nil
  }

  var children: [Child] {
    // The authors' code leaves the bias as torch.nn.Linear makes it.
    let bound = 1 / Double(inputs).squareRoot()
    return [
      .tensor(
        "weight", weight, .weight, geometry: .outIn,
        fresh: "org.reinit.siren/siren_uniform(omega: \(omega), first: \(first))"),
      .tensor("bias", bias, .bias, fresh: "uniform(low: \(-bound), high: \(bound))"),
    ]
  }

  func replacing(_ parts: Parts) throws(PluginError) -> Siren {
    var copy = self
    copy.weight = try parts.tensor("weight", shape: [outputs, inputs])
    copy.bias = try parts.optionalTensor("bias", shape: [outputs])
    return copy
  }

  var overrides: [String: Argument] { ["bias": .bool(bias != nil)] }
}
