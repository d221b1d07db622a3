import PluginHost

extension Inspector {
  func lendsToFunction() -> (any FunctionLoan)? { InspectedFunction() }
}

/// What one call of a plain function is lent: copies that end with it.
private struct InspectedFunction: FunctionLoan {
  private let lent = LentCall()

  func shape(_ sizes: UnsafeBufferPointer<Int64>) -> UnsafePointer<Int64>? {
    lent.list(sizes.baseAddress, UInt64(sizes.count))
  }

  func doubles(_ count: Int) -> UnsafeMutablePointer<Double>? {
    let size = MemoryLayout<Double>.size
    return lent.room(of: count * size, alignment: size)?.bindMemory(to: Double.self, capacity: count)
  }

  func end() {
    if let breach = lent.end() { Inspector.shared.note(breach) }
  }
}
