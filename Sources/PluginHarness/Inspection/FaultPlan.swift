import Synchronization

/// Which uses of which services are to fail.
final class FaultPlan: Sendable {
  /// The services that can fail.
  enum Service: String, Sendable, CaseIterable {
    case scratch, parallel, tensorNew = "tensor_new", tensorView = "tensor_view", tensorShare = "tensor_share"
    case layerNew = "layer_new", layerApply = "layer_apply", layerInfo = "layer_info", output, setOutput = "set_output"
  }

  private struct State {
    var countdown: Int?
    var uses = 0
    var failed: Service?
    var withholdsServices = false
    var isCancelled = false
  }
  private let state = Mutex(State())

  /// Counts a use; whether it is the one that has to fail.
  func takes(_ service: Service) -> Bool {
    state.withLock { state in
      state.uses += 1
      guard let left = state.countdown else { return false }
      state.countdown = left - 1
      guard left == 0 else { return false }
      state.failed = service
      return true
    }
  }

  /// Runs a body in which use `index` of all services fails.
  /// - Returns: its result, and which service failed; nil if there were not as many uses.
  func failing<Result>(at index: Int, _ body: () -> Result) -> (Result, Service?) {
    state.withLock { ($0.countdown, $0.failed) = (index, nil) }
    let result = body()
    let failed = state.withLock { state in
      defer { state.countdown = nil }
      return state.failed
    }
    return (result, failed)
  }

  /// Whether `service` gives nothing.
  var withholdsServices: Bool {
    get { state.withLock { $0.withholdsServices } }
    set { state.withLock { $0.withholdsServices = newValue } }
  }

  /// Whether calls are told to come back early.
  var isCancelled: Bool {
    get { state.withLock { $0.isCancelled } }
    set { state.withLock { $0.isCancelled = newValue } }
  }
}
