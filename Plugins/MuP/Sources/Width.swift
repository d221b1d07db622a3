import PluginKit

/// What a matrix joins: axes that grow with the model's width, and axes that do not.
enum Place: String, CaseIterable {
  /// From a size that does not grow, as of a vocabulary or an image's channels, to the width.
  case input
  /// From the width to the width.
  case hidden
  /// From the width to a size that does not grow, and nothing is divided behind it.
  case output
  /// As `output`, of a model that divides by the width itself, as `MuReadout` does.
  case readout
}

/// By how much deviations shrink from the model that was tuned to the one that is trained.
///
/// Yang et al. 2021, Tensor Programs V: table 3, and table 8 for `readout`.
struct Width {
  static let parameters = [
    Parameter.int(
      "base_fan_in", in: .atLeast(1), "the fan-in of the same weight in the model that was tuned"),
    Parameter.word(
      "role", default: Place.hidden.rawValue, of: Place.allCases.map(\.rawValue),
      "what the matrix joins; readout: an output behind which the model divides by the width"),
  ]

  let baseFanIn: Double
  let place: Place

  init(_ arguments: Arguments) throws(PluginError) {
    baseFanIn = Double(try arguments.int("base_fan_in"))
    let word = try arguments.word("role")
    guard let place = Place(rawValue: word) else { throw PluginError(.invalid, "unknown role '\(word)'") }
    self.place = place
  }

  /// The factor of what is right at the base; 1 where there is nothing to sum.
  func scale(_ tensor: Fill) -> Double {
    guard tensor.fanIn > 0 else { return 1 }
    return switch place {
    case .input, .readout: 1
    case .hidden: (baseFanIn / tensor.fanIn).squareRoot()
    case .output: baseFanIn / tensor.fanIn
    }
  }
}
