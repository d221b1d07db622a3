import Diagnostics
import LayerVocabulary

/// How a tensor begins that a layer's weight is computed from: by no initializer, since another weight than was asked for would
/// come of it.
struct ComputedWeight: RefusedBeginning, Equatable {
  enum Way: String {
    /// weight = g · v / ‖v‖ (Salimans, Kingma, 2016).
    case weightNorm = "weight norm"
    /// weight = w / σ(w) (Miyato et al., 2018).
    case spectralNorm = "spectral norm"
    /// A function that the file does not name.
    case unknown = "a parametrization"
  }
  let way: Way
  /// The paths of the direction, or what is stored instead of the weight, and of the gain.
  let stored: String
  let gain: String?
  /// How many elements of the direction one element of the gain is the norm of.
  let elements: Int

  static let described = InitializerDescriptor(
    "computed_weight", summary: "a tensor that a layer's weight is computed from", formula: "none",
    reference: "torch.nn.utils")

  var descriptor: InitializerDescriptor { ComputedWeight.described }
  var arguments: [InitializerArgument] { [] }

  func refusal(of name: String) -> Diagnostic {
    var hints: [String] = []
    if way == .weightNorm, let gain {
      hints.append(
        "--fill '\(stored)=normal(std: 0.02)' --fill '\(gain)=constant(0.02 * sqrt(\(elements)))' gives the weight that deviation"
      )
    }
    hints.append("\(removal) in the framework first, and put it on again afterwards")
    return Diagnostic(
      .noFreshState, "'\(name)' is no weight: the layer's weight is computed from it (\(way.rawValue))", at: name,
      hints: hints + ["--keep '\(name)' leaves it as it is"])
  }

  private var removal: String {
    let isNew = stored.contains("parametrizations.")
    switch way {
    case .weightNorm where !isNew: return "take it off with remove_weight_norm"
    case .spectralNorm where !isNew: return "take it off with remove_spectral_norm"
    default: return "take it off with parametrize.remove_parametrizations"
    }
  }
}
