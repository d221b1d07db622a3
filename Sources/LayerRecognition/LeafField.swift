/// A layer's field that the last part of a name means, in the vocabularies of torch, Flax, Keras and MLX.
enum LeafField {
  case weight
  case kernel
  case embedding
  case scale
  case gamma
  case bias
  case runningMean
  case runningVar
  case counter
  /// A tensor under torch's names of a recurrent layer.
  case recurrent
  /// A matrix under torch's names of attention.
  case attention
  /// The direction of a weight whose norm is a parameter of its own.
  case direction
  /// That norm.
  case gain
  case other

  init(_ name: String) {
    switch LeafField.withoutOutput(name) {
    case "weight": self = .weight
    case "kernel", "depthwise_kernel": self = .kernel
    case "embedding", "embeddings": self = .embedding
    case "scale": self = .scale
    case "gamma": self = .gamma
    case "bias", "beta": self = .bias
    case "running_mean", "moving_mean": self = .runningMean
    case "running_var", "moving_variance", "moving_var": self = .runningVar
    case "num_batches_tracked": self = .counter
    case "weight_v", "original1": self = .direction
    case "weight_g", "original0": self = .gain
    case "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight": self = .attention
    default: self = LeafField.isRecurrent(name) ? .recurrent : .other
    }
  }

  /// TensorFlow names the output of an operation: `kernel:0`.
  private static func withoutOutput(_ name: String) -> String {
    name.utf8.suffix(2).elementsEqual(":0".utf8) ? String(name.dropLast(2)) : name
  }

  private static func isRecurrent(_ name: String) -> Bool {
    ["weight_ih", "weight_hh", "weight_hr", "bias_ih", "bias_hh"].contains { name.utf8.starts(with: $0.utf8) }
  }
}
