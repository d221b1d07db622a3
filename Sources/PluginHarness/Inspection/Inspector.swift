import CReinit
import Diagnostics
import Glibc
import PluginHost
import Synchronization
import Tensors

/// Sees every call between the host and the plugin of this process, keeps the books of its handles, lends it memory that
/// ends with the call, and lets services fail when a test says so.
///
/// The plugin knows objects and calls by tokens, none of which means two things, so that nothing is kept alive for it.
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
    var books: HandleBooks
    /// The calls that tokens stand for, and what they have lent.
    var calls: [UInt: (context: UInt, lent: LentCall)] = [:]
    var breach: Diagnostic?
    /// Contexts that the plugin knows by their address; kept, so that none means two things.
    var contexts: [any AnyObject & Sendable] = []
  }
  private let state: Mutex<State>
  /// What is to fail.
  let faults = FaultPlan()
  /// How bodies of `parallel` are run.
  let parallel = ParallelPlan()

  private init() { state = Mutex(State(books: HandleBooks(LentMemory.shared.addresses(of: .handle)))) }

  /// The first rule that the plugin has broken.
  var breach: Diagnostic? { state.withLock { $0.breach } }

  /// Forgets a breach that was meant to happen.
  func forgetBreach() { state.withLock { $0.breach = nil } }

  /// Notes a breach; the first one stands.
  func note(_ finding: Diagnostic) { state.withLock { $0.note(finding) } }

  /// Whether addresses, of memory and of handles, are given again as soon as nothing is known by them.
  func recycle(_ recycles: Bool) {
    LentMemory.shared.recycles = recycles
    state.withLock { $0.books.recycles = recycles }
  }

  func install(in table: UnsafeMutablePointer<ri_host>) { InspectedTable.install(in: table) }

  func begins(_ call: StaticString, of subject: String?, _ context: OpaquePointer?) {
    let name = "\(call)" + (subject.map { " of '\($0)'" } ?? "")
    let object = "\(call)" == "entry" ? context.map(InspectedTable.object) : nil
    let active = Active(name: name, context: context.map { UInt(bitPattern: $0) }, thread: UInt(pthread_self()))
    state.withLock { state in
      if let object { state.contexts.append(object) }
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
  /// Begins to lend; what the plugin is given as its `ri_call`.
  func open(_ context: OpaquePointer?, _ lent: LentCall) -> OpaquePointer? {
    guard let context else { return nil }
    return state.withLock { state in
      let token = state.books.fresh()
      state.calls[token] = (UInt(bitPattern: context), lent)
      return OpaquePointer(bitPattern: token)
    }
  }

  /// Ends it: nothing of what was lent can be touched any more.
  func close(_ token: OpaquePointer?, _ lent: LentCall) {
    let breach = lent.end()
    state.withLock { state in
      if let breach { state.note(breach) }
      if let token { state.calls[UInt(bitPattern: token)] = nil }
    }
  }

  /// The host's call behind the plugin's, and what is lent for it; nil, with a breach noted, where it may not be used here.
  func call(_ call: OpaquePointer?, _ service: String) -> (context: OpaquePointer, lent: LentCall?)? {
    let (thread, given) = (UInt(pthread_self()), call.map { UInt(bitPattern: $0) })
    return state.withLock { state in
      let known = given.flatMap { state.calls[$0] }
      let context = known?.context ?? given
      let calls = state.active.filter { $0.context == context }
      if calls.contains(where: { $0.thread == thread }),
        let pointer = context.flatMap({ OpaquePointer(bitPattern: $0) })
      {
        return (pointer, known?.lent)
      }
      let isDead = calls.isEmpty
      state.note(
        Diagnostic(
          .findingDeadCall, "\(service) is used with a call that \(isDead ? "has returned" : "is another thread's")",
          expected: "the ri_call of the call that runs, on its thread or in a body of parallel",
          found: isDead ? "one that is dead" : "one of another thread"))
      return nil
    }
  }

  /// The host's object behind a handle; nil, with a breach noted, where the plugin may not use it now.
  func object(_ handle: OpaquePointer?, in service: String) -> OpaquePointer? {
    guard let handle else { return nil }
    let token = UInt(bitPattern: handle)
    return state.withLock { state in
      if let object = state.books.object(of: token) { return OpaquePointer(bitPattern: object) }
      state.note(
        Diagnostic(
          .findingStale, "\(service) is given a handle that is no longer the plugin's\(state.during)",
          expected: "a handle that is retained, or lent by a call that runs",
          found: state.books.isKnown(token) ? "one that was released, or lent by a call that has returned" : "none"))
      return nil
    }
  }

  /// What the plugin knows an object by.
  func token(_ object: OpaquePointer?) -> OpaquePointer? {
    guard let object else { return nil }
    return state.withLock { OpaquePointer(bitPattern: $0.books.token(of: UInt(bitPattern: object))) }
  }

  /// The plugin has one more reference; what it knows the object by.
  func own(_ object: OpaquePointer) -> OpaquePointer? {
    state.withLock { OpaquePointer(bitPattern: $0.books.own(UInt(bitPattern: object))) }
  }

  /// The plugin gives a reference back; the object, or nil if it has none, which is noted.
  func disown(_ handle: OpaquePointer, in service: String) -> OpaquePointer? {
    let handle = UInt(bitPattern: handle)
    return state.withLock { state in
      if let object = state.books.disown(handle) { return OpaquePointer(bitPattern: object) }
      state.note(
        Diagnostic(
          .findingOverreleased, "\(service) is called for a handle that the plugin does not hold\(state.during)",
          expected: "as many releases as references", found: "one more"))
      return nil
    }
  }
}

extension Inspector.State {
  /// The first breach stands.
  fileprivate mutating func note(_ finding: Diagnostic) { breach = breach ?? finding }

  /// Where it happens.
  fileprivate var during: String {
    let thread = UInt(pthread_self())
    return active.last { $0.thread == thread }.map { ", in \($0.name)" } ?? ""
  }
}
