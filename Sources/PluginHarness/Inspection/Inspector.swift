import CReinit
import Diagnostics
import Glibc
import PluginHost
import Synchronization
import Tensors

/// Sees every call between the host and the plugin of this process, keeps the books of its handles, and lets services
/// fail when a test says so.
///
/// Whatever is lent or handed over is kept alive for good, and calls' contexts for thousands of calls: an address does
/// not mean two things.
final class Inspector: HostObserver, Sendable {
  /// The one of this process: the ABI's functions have no place for another.
  static let shared = Inspector()

  /// A call that is active on a thread.
  fileprivate struct Active {
    let name: String
    let context: UInt?
    let thread: UInt
  }

  fileprivate struct State {
    var active: [Active] = []
    var books = HandleBooks()
    var breach: Diagnostic?
    var contexts: [any AnyObject & Sendable] = []
    var outputs = 0
  }
  private let state = Mutex(State())
  /// What is to fail.
  let faults = FaultPlan()

  /// The first rule that the plugin has broken.
  var breach: Diagnostic? { state.withLock { $0.breach } }

  /// Forgets a breach that was meant to happen.
  func forgetBreach() { state.withLock { $0.breach = nil } }

  func install(in table: UnsafeMutablePointer<ri_host>) { InspectedTable.install(in: table) }

  func begins(_ call: StaticString, of subject: String?, _ context: OpaquePointer?) {
    let name = "\(call)" + (subject.map { " of '\($0)'" } ?? "")
    let object = context.map(InspectedTable.object)
    let active = Active(name: name, context: context.map { UInt(bitPattern: $0) }, thread: UInt(pthread_self()))
    state.withLock { state in
      if let object { state.keep(object) }
      state.active.append(active)
    }
  }

  func ends(_ context: OpaquePointer?) {
    let (thread, context) = (UInt(pthread_self()), context.map { UInt(bitPattern: $0) })
    state.withLock { state in
      if let last = state.active.lastIndex(where: { $0.thread == thread }) { state.active.remove(at: last) }
      guard let context, !state.active.contains(where: { $0.context == context }) else { return }
      state.books.takeBack(lentTo: context)
    }
  }

  func lends(_ handles: [OpaquePointer?], _ context: OpaquePointer) {
    let (handles, context) = (handles.compactMap { $0.map { UInt(bitPattern: $0) } }, UInt(bitPattern: context))
    state.withLock { $0.books.lend(handles, to: context) }
  }

  /// How many handles the plugin holds that it has not released.
  var held: Int { state.withLock { $0.books.held } }
}

extension Inspector {
  /// Whether a service may be used with that call here; notes the breach if not.
  func mayUse(_ context: OpaquePointer?, _ service: String) -> Bool {
    let (thread, context) = (UInt(pthread_self()), context.map { UInt(bitPattern: $0) })
    return state.withLock { state in
      let calls = state.active.filter { $0.context == context }
      if calls.contains(where: { $0.thread == thread }) { return true }
      let isDead = calls.isEmpty
      state.note(
        Diagnostic(
          .findingDeadCall, "\(service) is used with a call that \(isDead ? "has returned" : "is another thread's")",
          expected: "the ri_call of the call that runs, on its thread or in a body of parallel",
          found: isDead ? "one that is dead" : "one of another thread"))
      return false
    }
  }

  /// Whether the plugin may use a handle now; notes the breach if not.
  func mayUse(_ handle: OpaquePointer, in service: String) -> Bool {
    let handle = UInt(bitPattern: handle)
    return state.withLock { state in
      guard !state.books.isUsable(handle) else { return true }
      state.note(
        Diagnostic(
          .findingStale, "\(service) is given a handle that is no longer the plugin's\(state.during)",
          expected: "a handle that is retained, or lent by a call that runs",
          found: state.books.isKnown(handle) ? "one that was released, or lent by a call that has returned" : "none"))
      return false
    }
  }

  /// Fills the memory of an output with something that is another thing each time: who leaves elements is found.
  func litter(_ view: ri_view) {
    guard let data = view.data, let dtype = DType(abi: view.dtype), view.count < 1 << 24 else { return }
    let number = state.withLock { state in
      state.outputs += 1
      return state.outputs
    }
    let patterns = FillBuffer.Pattern.allCases
    let pattern = patterns[number % patterns.count].rawValue
    let words = Int(view.count) * dtype.size / 4
    data.bindMemory(to: UInt32.self, capacity: words).update(repeating: pattern, count: words)
  }

  /// The plugin has one more reference.
  func own(_ handle: OpaquePointer) {
    let handle = UInt(bitPattern: handle)
    state.withLock { $0.books.own(handle) }
  }

  /// The plugin gives one back; false if it has none, which is noted.
  func disown(_ handle: OpaquePointer, in service: String) -> Bool {
    let handle = UInt(bitPattern: handle)
    return state.withLock { state in
      if state.books.disown(handle) { return true }
      state.note(
        Diagnostic(
          .findingOverreleased, "\(service) is called for a handle that the plugin does not hold\(state.during)",
          expected: "as many releases as references", found: "one more"))
      return false
    }
  }
}

extension Inspector.State {
  /// Keeps a call's context: long enough that a plugin that comes back to it is found, not for good.
  fileprivate mutating func keep(_ context: any AnyObject & Sendable) {
    if contexts.count >= 4096 { contexts.removeFirst(2048) }
    contexts.append(context)
  }

  /// The first breach stands.
  fileprivate mutating func note(_ finding: Diagnostic) { breach = breach ?? finding }

  /// Where it happens.
  fileprivate var during: String {
    let thread = UInt(pthread_self())
    return active.last { $0.thread == thread }.map { ", in \($0.name)" } ?? ""
  }
}
