import CReinit
import Diagnostics
import Glibc
import Synchronization
import Tensors

/// What a `ri_call` points to: one call from the host into a plugin, with what the plugin says and takes in it.
package final class CallContext: @unchecked Sendable {
  /// What is common to all calls of a plugin.
  let environment: PluginEnvironment
  /// Whether shapes are inferred: tensors have no data, and nothing is computed.
  let isInferring: Bool
  /// How many threads the call may use: those of the run that it is part of.
  let threads: Int
  /// The tensor that the call is about; nil for calls of layers.
  let tensor: String?

  private struct State {
    var status = ri_status(RI_OK)
    var message = ""
    var scratch: [UInt] = []
    var kept: [any AnyObject & Sendable] = []
    var outputs: [Tensor?] = []
    /// What the host refused in the call, the last one under each status that the plugin was given.
    var refusals: [ri_status: Diagnostic] = [:]
  }
  private let state = Mutex(State())

  init(
    _ environment: PluginEnvironment, outputs: Int = 0, isInferring: Bool = false, threads: Int = Workers.permitted,
    tensor: String? = nil
  ) {
    self.environment = environment
    self.isInferring = isInferring
    self.threads = threads
    self.tensor = tensor
    state.withLock { $0.outputs = Array(repeating: nil, count: outputs) }
  }

  deinit {
    state.withLock { $0.scratch.forEach { free(UnsafeMutableRawPointer(bitPattern: $0)) } }
  }

  /// What the plugin is given; dead when the call returns.
  var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object behind a plugin's pointer.
  static func at(_ pointer: OpaquePointer) -> CallContext {
    Unmanaged<CallContext>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// The first failure that was said: its status and text.
  var failure: (status: ri_status, message: String) { state.withLock { ($0.status, $0.message) } }

  /// What the host refused with a status: why a call failed that hands it on.
  func refusal(of status: ri_status) -> Diagnostic? { state.withLock { $0.refusals[status] } }

  /// Notes a refusal; its status.
  func refuse(_ status: ri_status, _ reason: Diagnostic) -> ri_status {
    state.withLock { $0.refusals[status] = reason }
    return status
  }

  /// Notes a failure; the first one stands.
  func fail(_ code: ri_status, _ message: String) -> ri_status {
    let code = code == RI_OK ? ri_status(RI_INTERNAL) : code
    state.withLock { state in
      guard state.status == RI_OK else { return }
      (state.status, state.message) = (code, message)
    }
    return code
  }

  /// Runs what the host does for the plugin; an error becomes a status, and is kept.
  func serve(_ body: () throws(Diagnostic) -> Void) -> ri_status {
    do throws(Diagnostic) {
      try body()
      return ri_status(RI_OK)
    } catch { return refuse(StatusName.status(of: error), error) }
  }

  /// Memory until the call ends; nil if there is none.
  func scratch(_ count: UInt64, alignment: UInt64) -> UnsafeMutableRawPointer? {
    guard count <= UInt64(Int.max), alignment <= 4096, alignment.nonzeroBitCount <= 1 else { return nil }
    var memory: UnsafeMutableRawPointer?
    let boundary = max(Int(alignment), MemoryLayout<UnsafeRawPointer>.size)
    guard posix_memalign(&memory, boundary, max(1, Int(count))) == 0, let memory else { return nil }
    let address = UInt(bitPattern: memory)
    state.withLock { $0.scratch.append(address) }
    return memory
  }

  /// A copy of the elements until the call ends; nil without memory.
  func lent<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element>? {
    let size = MemoryLayout<Element>.stride * elements.count
    let room = scratch(UInt64(size), alignment: UInt64(MemoryLayout<Element>.alignment))
    guard let room else { return nil }
    elements.withUnsafeBytes { room.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(room), byteCount: $0.count) }
    return UnsafePointer(room.bindMemory(to: Element.self, capacity: elements.count))
  }

  /// A text until the call ends; empty without memory.
  func lent(_ text: String) -> ri_str {
    let bytes = lent(text.utf8.map { CChar(bitPattern: $0) })
    return ri_str(ptr: bytes, len: bytes == nil ? 0 : UInt64(text.utf8.count))
  }

  /// Says that handles are the host's, and the plugin's to use until the call ends.
  func lend(_ handles: [OpaquePointer?]) { environment.services.observer?.lends(handles, pointer) }

  /// Keeps an object alive until the call ends.
  func keep(_ object: any AnyObject & Sendable) { state.withLock { $0.kept.append(object) } }

  /// Sets an output, once.
  func setOutput(_ index: UInt64, _ tensor: Tensor) throws(Diagnostic) {
    let problem: String? = state.withLock { state in
      guard index < state.outputs.count else { return "output \(index) of \(state.outputs.count) is set" }
      guard state.outputs[Int(index)] == nil else { return "output \(index) is set twice" }
      state.outputs[Int(index)] = tensor
      return nil
    }
    if let problem { throw Diagnostic(.pluginOutput, "\(problem) by '\(environment.pluginID)'") }
  }

  /// All outputs, once the call has returned.
  func takeOutputs() throws(Diagnostic) -> [Tensor] {
    let outputs = state.withLock { $0.outputs }
    if let missing = outputs.firstIndex(where: { $0 == nil }) {
      throw Diagnostic(.pluginOutput, "output \(missing) is not set by '\(environment.pluginID)'")
    }
    return outputs.compactMap(\.self)
  }
}
