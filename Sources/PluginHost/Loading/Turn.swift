import Diagnostics
import Synchronization
import Tensors

/// Held around the calls of a plugin's part that must not overlap.
///
/// It belongs to the code, of which there is one in a process however many catalogs there are. A call that waits for
/// another one of its own call tree, also for one that the tree's `parallel` has on another thread, would wait for ever:
/// it is refused instead.
final class Turn: Sendable {
  private let mutex = Mutex(())
  private let waiting = Mutex<[@Sendable () -> Void]>([])

  /// A turn that is held, and the one that its holder has had before: all that a call tree holds.
  private final class Holding: Sendable {
    let turn: Turn
    let outer: Holding?

    init(_ turn: Turn, _ outer: Holding?) {
      self.turn = turn
      self.outer = outer
    }

    static var current: Holding? { Workers.handedDown as? Holding }
  }

  /// Whether the calls that led here hold it.
  private var isHeldHere: Bool {
    var holding = Holding.current
    while let present = holding {
      if present.turn === self { return true }
      holding = present.outer
    }
    return false
  }

  /// Runs a call when no other one runs.
  /// - Throws: ``Diagnostics/ErrorCode/pluginTooDeep`` where a call has led to another one, which would wait for ever.
  func taking(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard !isHeldHere else {
      throw Diagnostic(
        .pluginTooDeep, "a call of what is exclusive led to another one", expected: "one call at a time",
        found: "a call within a call")
    }
    defer { catchUp() }
    try mutex.withLock { (_) throws(Diagnostic) in try holding(body) }
  }

  /// Runs a call, here or later, when no other one runs; never waits.
  ///
  /// For calls that nobody waits for, and that may come about anywhere: the end of an instance.
  func whenFree(_ body: @escaping @Sendable () -> Void) {
    waiting.withLock { $0.append(body) }
    if !isHeldHere { catchUp() }
  }

  /// Whoever has the turn looks once more after giving it back, so that nothing is left.
  private func catchUp() {
    while !waiting.withLock({ $0.isEmpty }) {
      let isDone: Void? = mutex.withLockIfAvailable { _ in
        let bodies = waiting.withLock { bodies in
          defer { bodies = [] }
          return bodies
        }
        holding { bodies.forEach { $0() } }
      }
      if isDone == nil { return }
    }
  }

  private func holding<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    try Workers.handingDown(Holding(self, Holding.current), body)
  }
}

extension Turn {
  /// A part of the code that a process has once.
  private struct Place: Hashable {
    /// The loaded file's handle.
    let image: UInt
    let part: String
  }
  private static let known = Mutex<[Place: Turn]>([:])

  /// The turn of a part of a loaded file, whichever catalog asks.
  static func of(_ part: String, in image: UInt) -> Turn {
    known.withLock { known in
      let place = Place(image: image, part: part)
      if let turn = known[place] { return turn }
      let turn = Turn()
      known[place] = turn
      return turn
    }
  }
}
