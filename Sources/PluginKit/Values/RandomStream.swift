import CReinit

/// The random numbers of one tensor: element i is a function of seed, name, lane and i alone.
///
/// Draw element i of a tensor with index i, and any partition of the tensor has the same bits.
public struct RandomStream: Sendable {
  private var raw: ri_random
  private nonisolated(unsafe) let host: UnsafePointer<ri_host>

  init(_ raw: ri_random, _ host: UnsafePointer<ri_host>) {
    self.raw = raw
    self.host = host
  }

  /// A further sequence of the same tensor, independent of the others.
  /// - Parameter index: 0 to 15; 0 is where a stream begins.
  public func lane(_ index: Int) -> RandomStream {
    var copy = self
    copy.raw.lane = UInt32(truncatingIfNeeded: index & 15)
    return copy
  }

  /// Raw words, from element `first` on.
  public func words(from first: Int, into out: UnsafeMutableBufferPointer<UInt32>) {
    withUnsafePointer(to: raw) { host.pointee.random_words($0, position(first), count(out), out.baseAddress) }
  }

  /// Values uniform in `[low, high)`, from element `first` on.
  public func uniform(low: Float, high: Float, from first: Int, into out: UnsafeMutableBufferPointer<Float>) {
    withUnsafePointer(to: raw) {
      host.pointee.random_uniform($0, position(first), count(out), low, high, out.baseAddress)
    }
  }

  /// Normal values, from element `first` on.
  public func normal(
    mean: Float = 0, std: Float, from first: Int, into out: UnsafeMutableBufferPointer<Float>
  ) {
    withUnsafePointer(to: raw) {
      host.pointee.random_normal($0, position(first), count(out), mean, std, out.baseAddress)
    }
  }

  /// Normal values, cut off at absolute bounds, from element `first` on.
  /// - Parameters:
  ///   - mean: of the normal before truncation, as is `std`.
  /// - Throws: `invalid` if no values lie between the bounds.
  public func truncatedNormal(
    mean: Float = 0, std: Float, low: Float, high: Float, from first: Int,
    into out: UnsafeMutableBufferPointer<Float>
  ) throws(PluginError) {
    let status = withUnsafePointer(to: raw) {
      host.pointee.random_truncated_normal(
        $0, position(first), count(out), mean, std, low, high, out.baseAddress)
    }
    try PluginError.check(status, "a truncated normal of these bounds")
  }

  private func position(_ first: Int) -> UInt64 { UInt64(clamping: first) }

  private func count(_ out: UnsafeMutableBufferPointer<some Any>) -> UInt64 { UInt64(out.count) }
}
