/// Which references a plugin holds, and what it has been lent; handles and calls are addresses.
struct HandleBooks {
  private var owned: [UInt: Int] = [:]
  private var lent: [UInt: [UInt: Int]] = [:]

  /// References that have not been given back.
  var held: Int { owned.values.reduce(0, +) }

  /// Whether the handle was ever the plugin's.
  func isKnown(_ handle: UInt) -> Bool { owned[handle] != nil }

  /// Whether the plugin may use it: it holds a reference, or a call that lends it runs.
  func isUsable(_ handle: UInt) -> Bool {
    owned[handle, default: 0] > 0 || lent.values.contains { $0[handle] != nil }
  }

  mutating func lend(_ handles: [UInt], to call: UInt) {
    for handle in handles {
      remember(handle)
      lent[call, default: [:]][handle, default: 0] += 1
    }
  }

  mutating func takeBack(lentTo call: UInt) { lent[call] = nil }

  mutating func own(_ handle: UInt) {
    remember(handle)
    owned[handle, default: 0] += 1
  }

  /// False where the plugin holds no reference.
  mutating func disown(_ handle: UInt) -> Bool {
    guard let count = owned[handle], count > 0 else { return false }
    owned[handle] = count - 1
    return true
  }

  /// Keeps the object for good, so that its address is not given out again.
  private mutating func remember(_ handle: UInt) {
    guard owned[handle] == nil else { return }
    owned[handle] = 0
    guard let object = UnsafeRawPointer(bitPattern: handle) else { return }
    _ = Unmanaged<AnyObject>.fromOpaque(object).retain()
  }
}
