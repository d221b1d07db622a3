import CReinit

/// What the elements of a tensor are drawn from, all independent and alike.
public enum Distribution: Sendable, Hashable {
  /// None of the others.
  case unknown
  /// One value.
  case constant(Double)
  /// Uniform in `[low, high)`.
  case uniform(low: Double, high: Double)
  /// Normal.
  case normal(mean: Double = 0, std: Double)
  /// Normal with that mean and deviation, then cut off at absolute bounds.
  case truncatedNormal(mean: Double = 0, std: Double, low: Double, high: Double)

  init(_ raw: ri_distribution) {
    switch Int(raw.kind) {
    case RI_DISTRIBUTION_CONSTANT: self = .constant(raw.mean)
    case RI_DISTRIBUTION_UNIFORM: self = .uniform(low: raw.low, high: raw.high)
    case RI_DISTRIBUTION_NORMAL: self = .normal(mean: raw.mean, std: raw.std)
    case RI_DISTRIBUTION_TRUNCATED_NORMAL:
      self = .truncatedNormal(mean: raw.mean, std: raw.std, low: raw.low, high: raw.high)
    default: self = .unknown
    }
  }

  /// As the ABI has it, in memory of the arena's.
  func lent(in arena: Arena) -> UnsafePointer<ri_distribution> {
    var raw = ri_distribution()
    raw.struct_size = UInt32(MemoryLayout<ri_distribution>.size)
    write(to: &raw)
    return UnsafePointer(arena.array([raw]))
  }

  func write(to out: inout ri_distribution) {
    (out.mean, out.std, out.low, out.high) = (0, 0, 0, 0)
    switch self {
    case .unknown: out.kind = UInt32(RI_DISTRIBUTION_UNKNOWN)
    case .constant(let value): (out.kind, out.mean) = (UInt32(RI_DISTRIBUTION_CONSTANT), value)
    case .uniform(let low, let high):
      (out.kind, out.low, out.high) = (UInt32(RI_DISTRIBUTION_UNIFORM), low, high)
    case .normal(let mean, let std):
      (out.kind, out.mean, out.std) = (UInt32(RI_DISTRIBUTION_NORMAL), mean, std)
    case .truncatedNormal(let mean, let std, let low, let high):
      (out.kind, out.mean, out.std) = (UInt32(RI_DISTRIBUTION_TRUNCATED_NORMAL), mean, std)
      (out.low, out.high) = (low, high)
    }
  }
}
