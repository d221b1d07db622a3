import CPluginCalls
import CReinit
import Diagnostics
import Tensors

/// Failures, lines for the user, scratch memory, threads, services.
enum HostMemory {
  static func install(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.fail = { call, code, message in
      guard let call else { return code == RI_OK ? ri_status(RI_INTERNAL) : code }
      return CallContext.at(call).fail(code, CText.message(message))
    }
    table.pointee.log = { host, level, message in
      guard let environment = PluginEnvironment.of(host) else { return }
      let level = PluginServices.LogLevel(rawValue: Int(level)) ?? .warning
      environment.services.log(level, "plugin '\(environment.pluginID)': \(CText.message(message))")
    }
    table.pointee.cancelled = { call in
      call.map { CallContext.at($0).environment.services.isCancelled ? 1 : 0 } ?? 0
    }
    table.pointee.scratch = { call, bytes, alignment in
      call.flatMap { CallContext.at($0).scratch(bytes, alignment: alignment) }
    }
    table.pointee.parallel = { call, count, grain, body, argument in
      guard let call, let body else { return ri_status(RI_INVALID) }
      return ParallelBody(context: CallContext.at(call), body: body, argument: argument).run(count, grain: grain)
    }
    table.pointee.service = { _, name, version in
      let name = CText.message(name)
      return HostServices.version(of: name) == Int(version) ? HostServices.table(of: name) : nil
    }
  }
}

/// Work of a plugin that is spread over the host's threads.
private struct ParallelBody: @unchecked Sendable {
  let context: CallContext
  let body: rp_body_function
  let argument: UnsafeMutableRawPointer?

  /// Any grain is one, 0 and more than there are indices too.
  func run(_ count: UInt64, grain: UInt64) -> ri_status {
    guard count > 0 else { return ri_status(RI_OK) }
    let threads = UInt64(max(1, context.threads))
    let piece = max(grain, (count - 1) / (4 * threads) + 1)
    do throws(CallFailure) {
      try Workers.run(Int((count - 1) / piece) + 1, threads: Int(threads)) { (index) throws(CallFailure) in
        let first = UInt64(index) * piece
        try context.environment.attempt("parallel", of: nil, in: context) { site, outcome in
          rp_body(site, body, first, first + min(piece, count - first), argument, outcome)
        }
      }
      return ri_status(RI_OK)
    } catch {
      // The call around it is the place that says more.
      return error.fault.map { context.refuse(error.status, $0) } ?? error.status
    }
  }
}
