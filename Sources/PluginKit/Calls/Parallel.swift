import CReinit

extension Call {
  /// Runs `body` over ranges that make up `0 ..< count`, on the host's threads.
  ///
  /// The first failure is thrown. Ranges are run at once and depend on the machine: write to places of their
  /// own, and let results not depend on where ranges end.
  /// - Parameter grain: the least number of indices in a range, so that small work stays on one thread.
  public func parallel(
    _ count: Int, grain: Int = 1, _ body: (Range<Int>) throws(PluginError) -> Void
  ) throws(PluginError) {
    let status = withoutActuallyEscaping(body) { body in
      let work = Work(self, body)
      return withExtendedLifetime(work) {
        host.pointee.parallel(
          raw, UInt64(clamping: count), UInt64(clamping: max(grain, 1)), runRange,
          Unmanaged.passUnretained(work).toOpaque())
      }
    }
    try PluginError.check(status, "to go on")
  }
}

/// The body of a parallel loop, lent to the host.
private final class Work {
  let call: Call
  let body: (Range<Int>) throws(PluginError) -> Void

  init(_ call: Call, _ body: @escaping (Range<Int>) throws(PluginError) -> Void) {
    self.call = call
    self.body = body
  }
}

private func runRange(_ first: UInt64, _ end: UInt64, _ work: UnsafeMutableRawPointer?) -> ri_status {
  guard let work, first <= end, let end = Int(exactly: end) else { return Status.abi.rawValue }
  let loop = Unmanaged<Work>.fromOpaque(work).takeUnretainedValue()
  do throws(PluginError) {
    try loop.body(Int(first)..<end)
    return Status.success
  } catch {
    return error.report(to: loop.call)
  }
}
