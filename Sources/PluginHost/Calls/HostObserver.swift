import CReinit

/// Sees, and may change, what passes between the host and plugins: what a test of plugins is made of.
package protocol HostObserver: AnyObject, Sendable {
  /// Puts functions of its own into a table that a plugin is about to be given.
  func install(in table: UnsafeMutablePointer<ri_host>)
  /// A call into the plugin begins on this thread; calls nest. Bodies of `parallel` are calls with the outer `ri_call`.
  func begins(_ call: StaticString, of subject: String?, _ context: OpaquePointer?)
  /// The innermost call of this thread has ended.
  func ends(_ context: OpaquePointer?)
  /// The host lends handles until the call ends.
  func lends(_ handles: [OpaquePointer?], _ context: OpaquePointer)
  /// A plain function is about to be called: memory for what it is lent, in place of the host's; nil for the host's.
  func lendsToFunction() -> (any FunctionLoan)?
}

extension HostObserver {
  package func lendsToFunction() -> (any FunctionLoan)? { nil }
}

/// What one call of a plain function is lent.
package protocol FunctionLoan {
  /// A copy of sizes, to be read alone; nil without memory.
  func shape(_ sizes: UnsafeBufferPointer<Int64>) -> UnsafePointer<Int64>?
  /// Room for doubles, to be written; nil without memory.
  func doubles(_ count: Int) -> UnsafeMutablePointer<Double>?
  /// The call has returned, and what it wrote has been read.
  func end()
}

/// What a plugin has changed of the process by being loaded; it was put back.
package enum LoadChange: Sendable, Equatable {
  /// Rounding, traps, or the flushing of subnormals.
  case floatingPoint
  /// Handlers of the signals by which crashes come.
  case crashHandlers
  /// What ``ProcessState`` watches, in words.
  case process([String])

  /// For the user, after "plugin 'x' changes"; nil for what is not worth a warning in a run.
  var text: String? {
    switch self {
    case .floatingPoint:
      "the floating-point mode when it is loaded, which was put back; link it without -ffast-math"
    case .crashHandlers: nil
    case .process(let changes): "\(changes.joined(separator: ", ")) when it is loaded, which was put back"
    }
  }
}
