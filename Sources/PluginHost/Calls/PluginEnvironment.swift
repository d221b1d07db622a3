import CPluginCalls
import CReinit
import Diagnostics
import Glibc
import Initializers
import Layers
import Synchronization

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

  /// Whether calls should come back early.
  package var isCancelled: Bool { isStopping.load(ordering: .relaxed) }
  /// Asks all calls to come back early.
  package func cancel() { isStopping.store(true, ordering: .relaxed) }
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
  ///   the host refused in the call.
  func guarded(
    _ call: StaticString, of subject: CName?, in context: CallContext?,
    _ body: (UnsafePointer<rp_site>, UnsafeMutablePointer<rp_outcome>) -> ri_status
  ) throws(Diagnostic) {
    var site = site(call, subject)
    services.observer?.begins(call, of: subject?.text, context?.pointer)
    defer { services.observer?.ends(context?.pointer) }
    try withUnsafeTemporaryAllocation(of: rp_outcome.self, capacity: 1) { (outcome) throws(Diagnostic) in
      guard let outcome = outcome.baseAddress else { return }
      let status = body(&site, outcome)
      guard status != RI_OK || outcome.pointee.flags & ~UInt32(RP_LATE) != 0 else { return }
      throw fault(status, outcome, "\(call)", subject?.text, context)
    }
  }

  private func fault(
    _ status: ri_status, _ outcome: UnsafePointer<rp_outcome>, _ call: String, _ subject: String?,
    _ context: CallContext?
  ) -> Diagnostic {
    let place = "\(call)\(subject.map { " of '\($0)'" } ?? ""), plugin '\(pluginID)'"
    let hints = ["reinit plugin inspect \(file)"]
    if outcome.pointee.flags & UInt32(RP_EXCEPTION) != 0 {
      let message = String(cString: rp_outcome_message(outcome))
      return Diagnostic(.pluginException, "an exception left the plugin", at: place, found: message, hints: hints)
    }
    if status == RI_OK {
      return Diagnostic(
        .pluginFloatingPoint, "the plugin changed the floating-point mode", at: place,
        expected: "the mode as it was", found: "another rounding, or subnormals flushed to zero", hints: hints)
    }
    if status == RI_CANCELLED { return Diagnostic(.pluginCancelled, "the plugin's call was canceled", at: place) }
    if let refusal = context?.refusal { return refusal.at(place) }
    let message = context?.failure.message ?? ""
    return Diagnostic(
      .pluginCallFailed, message.isEmpty ? PluginEnvironment.silence : message,
      at: place, found: "status \(status), \(StatusName.text(of: status))", hints: hints)
  }
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
}
