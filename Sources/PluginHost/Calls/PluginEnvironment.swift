import CPluginCalls
import CReinit
import Diagnostics
import Glibc
import Initializers
import Layers
import Synchronization

/// A call that did not succeed.
struct CallFailure: Error {
  /// What the plugin returned; ``RI_INTERNAL`` where it did not come to that.
  let status: ri_status
  /// What the guard found; nil where the plugin failed by itself.
  var fault: Diagnostic?
}

/// What all plugins of one catalog share: the names that their texts may use, and where their lines go.
package final class PluginServices: Sendable {
  /// How important a line of a plugin's is.
  package enum LogLevel: Int, Sendable { case debug, note, warning }

  private struct State {
    var layers = LayerRegistry.standard
    var initializers = InitializerRegistry.standard
  }
  private let state = Mutex(State())
  /// What plugins hold of the host's, and the host of plugins'.
  let counter = HandleCounter()
  private let isStopping = Atomic(false)
  private let sink: @Sendable (LogLevel, String) -> Void
  /// What sees everything that passes between host and plugins; nil but in tests of plugins.
  package let observer: (any HostObserver)?
  private let changes = Mutex<[LoadChange]>([])

  package init(
    observer: (any HostObserver)? = nil, log sink: @escaping @Sendable (LogLevel, String) -> Void = { _, _ in }
  ) {
    self.observer = observer
    self.sink = sink
  }

  /// The layers that `layer_new` can make.
  var layers: LayerRegistry { state.withLock { $0.layers } }
  /// The initializers that a child's fresh state can name.
  var initializers: InitializerRegistry { state.withLock { $0.initializers } }

  func publish(_ layers: LayerRegistry, _ initializers: InitializerRegistry) {
    state.withLock { $0 = State(layers: layers, initializers: initializers) }
  }

  func log(_ level: LogLevel, _ message: String) { sink(level, message) }

  /// Says that a plugin has changed the process when it was loaded.
  func report(_ change: LoadChange, of plugin: String) {
    changes.withLock { $0.append(change) }
    if let text = change.text { log(.warning, "plugin '\(plugin)' changes \(text)") }
  }

  /// What plugins have changed of the process when they were loaded; all of it has been put back.
  package var loadChanges: [LoadChange] { changes.withLock { $0 } }

  /// Whether calls should come back early: those of the catalog, or all of the process.
  package var isCancelled: Bool { isStopping.load(ordering: .relaxed) || rp_calls_cancelled() }
  /// Asks all calls to come back early.
  package func cancel() { isStopping.store(true, ordering: .relaxed) }
  /// Takes that back.
  package func resume() { isStopping.store(false, ordering: .relaxed) }
}

/// One loaded plugin as its calls see it.
///
/// Lives as long as the process, as the plugin's code does.
package final class PluginEnvironment: @unchecked Sendable {
  /// The plugin's id; the file's name until the entry has said it.
  private(set) var pluginID: String
  /// The plugin's file.
  let file: String
  /// What the plugin's catalog offers.
  package let services: PluginServices
  /// Which version of the host the plugin meets.
  let shape: HostShape
  /// The table that the plugin is given.
  private(set) var host: UnsafePointer<ri_host>
  private var cID: UnsafePointer<CChar>?
  private let cFile: UnsafePointer<CChar>?
  /// What the entry registers, while it runs.
  private let registration = Mutex<(Registration, pthread_t)?>(nil)

  /// - Parameter shape: which version of the host the plugin meets.
  init(pluginID: String, file: String, services: PluginServices, shape: HostShape = .current) {
    self.pluginID = pluginID
    self.file = file
    self.services = services
    self.shape = shape
    cID = strdup(pluginID).map { UnsafePointer($0) }
    cFile = strdup(file).map { UnsafePointer($0) }
    host = HostTable.placeholder
    host = HostTable.make(for: self, shape)
  }

  /// Takes the id that the entry has said; before the plugin is published.
  func identify(_ id: String) {
    pluginID = id
    cID = strdup(id).map { UnsafePointer($0) }
  }

  /// The environment behind a host table.
  static func of(_ host: UnsafePointer<ri_host>?) -> PluginEnvironment? {
    host?.pointee.impl.map { Unmanaged<PluginEnvironment>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Runs a body while registrations of this thread are taken.
  func registering<Result>(_ new: Registration, _ body: () -> Result) -> Result {
    let new = Transfer(new)
    registration.withLock { $0 = (new.value, pthread_self()) }
    defer { registration.withLock { $0 = nil } }
    return body()
  }

  /// Whether the entry is running.
  var isEntering: Bool { registration.withLock { $0 != nil } }

  /// Registers something, if an entry is running on this thread.
  func register(_ add: (Registration) throws(Diagnostic) -> Void) -> ri_status {
    let open: Transfer<Registration>? = registration.withLock { open in
      guard let (registration, thread) = open, pthread_equal(thread, pthread_self()) != 0 else { return nil }
      return Transfer(registration)
    }
    guard let registration = open?.value else { return ri_status(RI_INVALID) }
    return registration.accept { () throws(Diagnostic) in try add(registration) }
  }
}

/// A reference that one thread at a time uses, by construction.
private struct Transfer<Value: AnyObject>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension PluginEnvironment {
  /// What is said for a plugin that says nothing.
  package static let silence = "the plugin's function failed and says nothing of it"

  /// The names of a call for reports.
  func site(_ call: StaticString, _ subject: CName?) -> rp_site {
    let name = UnsafeRawPointer(call.utf8Start).assumingMemoryBound(to: CChar.self)
    return rp_site(plugin: cID, file: cFile, call: name, subject: subject?.pointer)
  }

  /// Calls a plugin's function within a guard.
  /// - Throws: ``Diagnostics/ErrorCode/pluginException``, ``Diagnostics/ErrorCode/pluginFloatingPoint``,
  ///   ``Diagnostics/ErrorCode/pluginCancelled``; ``Diagnostics/ErrorCode/pluginCallFailed`` with the plugin's message, or what
  ///   the host refused in the call and the plugin handed on.
  func guarded(
    _ call: StaticString, of subject: CName?, in context: CallContext?,
    _ body: (UnsafePointer<rp_site>, UnsafeMutablePointer<rp_outcome>) -> ri_status
  ) throws(Diagnostic) {
    try refuseIfCancelled(call, subject, context, CallWord.begun)
    do throws(CallFailure) { try attempt(call, of: subject, in: context, body) } catch {
      throw reason(of: error, call, subject, context)
    }
    try refuseIfCancelled(call, subject, context, CallWord.dropped)
  }

  /// Calls a plugin's function within a guard; a failure is told as it is.
  func attempt(
    _ call: StaticString, of subject: CName?, in context: CallContext?,
    _ body: (UnsafePointer<rp_site>, UnsafeMutablePointer<rp_outcome>) -> ri_status
  ) throws(CallFailure) {
    var site = site(call, subject)
    services.observer?.begins(call, of: subject?.text, context?.pointer)
    defer { services.observer?.ends(context?.pointer) }
    try withUnsafeTemporaryAllocation(of: rp_outcome.self, capacity: 1) { (outcome) throws(CallFailure) in
      guard let outcome = outcome.baseAddress else { return }
      let status = body(&site, outcome)
      let isFine = outcome.pointee.flags & ~UInt32(RP_LATE) == 0
      guard status != RI_OK || !isFine else { return }
      throw CallFailure(
        status: status == RI_OK ? ri_status(RI_INTERNAL) : status,
        fault: isFine ? nil : PluginEnvironment.fault(status, outcome))
    }
  }

  private static func fault(_ status: ri_status, _ outcome: UnsafePointer<rp_outcome>) -> Diagnostic? {
    if outcome.pointee.flags & UInt32(RP_EXCEPTION) != 0 {
      let message = String(cString: rp_outcome_message(outcome))
      return Diagnostic(.pluginException, "an exception left the plugin", found: message)
    }
    guard status == RI_OK else { return nil }
    return Diagnostic(
      .pluginFloatingPoint, "the plugin changed the floating-point mode", expected: "the mode as it was",
      found: "another rounding, or subnormals flushed to zero")
  }

  /// Why a call failed, for the user.
  private func reason(
    of failure: CallFailure, _ call: StaticString, _ subject: CName?, _ context: CallContext?
  ) -> Diagnostic {
    let place = place(call, subject, context)
    let hints = ["reinit plugin inspect \(file)"]
    if var fault = failure.fault {
      (fault.place, fault.hints) = (place, hints)
      return fault
    }
    let status = failure.status
    if status == RI_CANCELLED { return cancelled(place) }
    let said = context?.failure
    if var refusal = context?.refusal(of: status) {
      // What the plugin hands on is the host's to explain, with what the plugin has to say of it.
      if let said, !said.message.isEmpty { refusal.notes.append("the plugin says: \(said.message)") }
      return refusal.at(place)
    }
    let message = said?.message ?? ""
    let isRefused = "\(call)" == CallWord.check && !message.isEmpty && StatusName.refusals.contains(status)
    return Diagnostic(
      isRefused ? .pluginRefused : .pluginCallFailed, message.isEmpty ? PluginEnvironment.silence : message, at: place,
      found: "status \(status), \(StatusName.text(of: status))", hints: hints)
  }

  /// `fill of 'gabor', plugin 'org.example.gabor', tensor 'conv1.weight'`.
  private func place(_ call: StaticString, _ subject: CName?, _ context: CallContext?) -> String {
    "\(call)\(subject.map { " of '\($0.text)'" } ?? ""), plugin '\(pluginID)'"
      + (context?.tensor.map { ", tensor '\($0)'" } ?? "")
  }

  /// Refuses a call of one of those names while calls are canceled.
  private func refuseIfCancelled(
    _ call: StaticString, _ subject: CName?, _ context: CallContext?, _ names: Set<String>
  ) throws(Diagnostic) {
    guard services.isCancelled, names.contains("\(call)") else { return }
    throw cancelled(place(call, subject, context))
  }

  private func cancelled(_ place: String) -> Diagnostic {
    Diagnostic(.pluginCancelled, "the plugin's call was canceled", at: place)
  }
}

/// Calls by name.
private enum CallWord {
  static let check = "check"
  /// Those that only give numbers: once all is canceled, what they give is dropped.
  static let dropped: Set = [check, "distribution", "fill", "forward", "infer"]
  /// Those that are not begun any more.
  static let begun: Set = dropped.union(["create", "rebuild"])
}

/// A string for reports that lives as long as the process.
package struct CName: @unchecked Sendable {
  let text: String
  let pointer: UnsafePointer<CChar>?

  init(_ text: String) {
    self.text = text
    pointer = strdup(text).map { UnsafePointer($0) }
  }
}

/// The names of the ABI's status codes.
enum StatusName {
  private static let names = [
    "ok", "invalid", "unsupported", "shape", "dtype", "no memory", "canceled", "duplicate", "abi", "internal",
  ]

  static func text(of status: ri_status) -> String {
    names.indices.contains(Int(status)) ? names[Int(status)] : "unknown"
  }

  /// Those by which a plugin says that something else has to be asked of it.
  static let refusals: Set<ri_status> = Set([RI_INVALID, RI_UNSUPPORTED, RI_SHAPE, RI_DTYPE].map(ri_status.init))

  /// The status by which a plugin is told of an error of the host's.
  static func status(of error: Diagnostic) -> ri_status {
    switch error.code {
    case .outOfMemory: ri_status(RI_NO_MEMORY)
    case .inputShape, .layerMisfit: ri_status(RI_SHAPE)
    case .inputType: ri_status(RI_DTYPE)
    case .pluginCancelled: ri_status(RI_CANCELLED)
    default: ri_status(RI_INVALID)
    }
  }
}
