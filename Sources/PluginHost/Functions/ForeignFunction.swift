import CPluginCalls
import CReinit
import Diagnostics
import Glibc

/// A plain C function with a declared signature, ready to be called from any thread.
///
/// Calls are guarded: an exception, a status or a changed floating-point mode is an error; a crash ends the process
/// with a report. Calls that must not overlap are the caller's business.
package final class ForeignFunction: @unchecked Sendable {
  let signature: FunctionSignature
  private let prepared: OpaquePointer
  private let code: rp_code
  private let user: UInt
  private let site: rp_site
  private let observer: (any HostObserver)?

  /// Prepares the calls.
  ///
  /// - Parameters:
  ///   - code: The function's address.
  ///   - user: What an argument of the role `user` is given.
  ///   - site: Names for reports, whose strings live as long as the process.
  ///   - observer: Lends memory of its own to each call.
  /// - Throws: ``Diagnostics/ErrorCode/functionNotCallable``.
  package init(
    _ signature: FunctionSignature, code: UInt, user: UInt = 0, site: rp_site, observer: (any HostObserver)? = nil
  ) throws(Diagnostic) {
    guard let function = unsafeBitCast(code, to: rp_code?.self) else {
      throw Diagnostic(.functionNotCallable, "a function's address is null", at: Self.place(of: site))
    }
    self.signature = signature
    (self.code, self.user, self.site, self.observer) = (function, user, site, observer)
    prepared = try Self.prepare(signature, site)
  }

  private static func prepare(_ signature: FunctionSignature, _ site: rp_site) throws(Diagnostic) -> OpaquePointer {
    let types = signature.arguments.map(\.type.rawValue)
    var text = [CChar](repeating: 0, count: 128)
    guard let prepared = rp_function_prepare(types, types.count, signature.result.rawValue, &text, text.count) else {
      let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw Diagnostic(
        .functionNotCallable, "a signature cannot be called: \(reason)", at: place(of: site),
        found: signature.prototype(named: "f"))
    }
    return prepared
  }

  /// Writes elements `request.offset` and on, as many as there is room for.
  ///
  /// A function that is called for the whole tensor gets offset 0 and room for all of it.
  /// - Throws: ``Diagnostics/ErrorCode/functionValue``, ``Diagnostics/ErrorCode/noFan``; and what comes of the call:
  ///   ``Diagnostics/ErrorCode/pluginCallFailed``, ``Diagnostics/ErrorCode/pluginException``,
  ///   ``Diagnostics/ErrorCode/pluginFloatingPoint``.
  package func fill(_ request: FunctionRequest, into out: UnsafeMutableBufferPointer<Float>) throws(Diagnostic) {
    guard let start = out.baseAddress, out.count > 0 else { return }
    guard !signature.isWhole || (request.offset == 0 && out.count == request.total) else {
      throw Diagnostic(
        .functionValue, "a function that fills whole tensors was asked for a part of one", at: Self.place(of: site),
        expected: "0 to \(request.total)", found: "\(request.offset) to \(request.offset + out.count)")
    }
    let loan = observer?.lendsToFunction()
    defer { loan?.end() }
    if signature.writesDoubles { return try fillDoubles(request, out, loan) }
    try call(request, UnsafeMutableRawPointer(start), start, out.count, loan)
  }

  private func fillDoubles(
    _ request: FunctionRequest, _ out: UnsafeMutableBufferPointer<Float>, _ loan: (any FunctionLoan)?
  ) throws(Diagnostic) {
    let lent = loan?.doubles(out.count)
    let own = lent == nil ? calloc(out.count, MemoryLayout<Double>.size) : nil
    guard let raw = lent.map({ UnsafeMutableRawPointer($0) }) ?? own, let start = out.baseAddress else {
      throw Diagnostic(
        .pluginCallFailed, "there is no memory for the doubles of a function", at: Self.place(of: site),
        found: "\(out.count) doubles")
    }
    defer { free(own) }
    try call(request, raw, start, out.count, loan)
    let doubles = raw.assumingMemoryBound(to: Double.self)
    for index in 0..<out.count { start[index] = Float(doubles[index]) }
  }

  /// Lays out the frame and calls, once or for each element.
  private func call(
    _ request: FunctionRequest, _ output: UnsafeMutableRawPointer, _ elements: UnsafeMutablePointer<Float>,
    _ count: Int, _ loan: (any FunctionLoan)?
  ) throws(Diagnostic) {
    let shape = request.shape.map(Int64.init)
    try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: signature.arguments.count + 1) {
      (cells) throws(Diagnostic) in
      cells.initialize(repeating: 0)
      try shape.withUnsafeBufferPointer { (shape) throws(Diagnostic) in
        let frame = FunctionFrame(
          signature: signature, request: request, count: count, output: output,
          shape: loan?.shape(shape) ?? shape.baseAddress, user: user)
        try frame.fill(cells, at: site)
        try call(cells, request, elements, count)
      }
    }
  }

  private func call(
    _ cells: UnsafeMutableBufferPointer<UInt64>, _ request: FunctionRequest, _ elements: UnsafeMutablePointer<Float>,
    _ count: Int
  ) throws(Diagnostic) {
    try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: cells.count) {
      (pointers) throws(Diagnostic) in
      for index in cells.indices { pointers[index] = cells.baseAddress.map { UnsafeMutableRawPointer($0 + index) } }
      try withUnsafeTemporaryAllocation(of: rp_outcome.self, capacity: 1) { (outcomes) throws(Diagnostic) in
        guard let outcome = outcomes.baseAddress, let frame = pointers.baseAddress else { return }
        call(frame, request, elements, count, outcome)
        // The cell behind the arguments' is the result's.
        try check(outcome, rp_load_integer(signature.result.rawValue, cells.baseAddress.map { $0 + cells.count - 1 }))
      }
    }
  }

  private func call(
    _ frame: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ request: FunctionRequest,
    _ elements: UnsafeMutablePointer<Float>, _ count: Int, _ outcome: UnsafeMutablePointer<rp_outcome>
  ) {
    withUnsafePointer(to: site) { site in
      guard let index = signature.position(of: .index) else {
        _ = rp_function_call(prepared, site, code, frame, frame[signature.arguments.count], outcome)
        return
      }
      _ = rp_function_elements(
        prepared, site, code, frame, index, UInt64(request.offset), UInt64(count), elements, outcome)
    }
  }
}

extension ForeignFunction {
  private func check(_ outcome: UnsafePointer<rp_outcome>, _ result: Int64) throws(Diagnostic) {
    let place = Self.place(of: site)
    if outcome.pointee.flags & UInt32(RP_EXCEPTION) != 0 {
      throw Diagnostic(
        .pluginException, "an exception left the plugin", at: place, found: String(cString: rp_outcome_message(outcome))
      )
    }
    if outcome.pointee.status != RI_OK {
      throw Diagnostic(
        .functionValue, "the call was refused: \(String(cString: rp_outcome_message(outcome)))", at: place)
    }
    if signature.returnsStatus, result != 0 {
      throw Diagnostic(
        .pluginCallFailed, "the plugin's function failed", at: place, expected: "status 0", found: "status \(result)")
    }
    if outcome.pointee.flags & UInt32(RP_FP_CHANGED) != 0 {
      throw Diagnostic(
        .pluginFloatingPoint, "the plugin changed the floating-point mode", at: place,
        expected: "the mode as it was", found: "another rounding, or subnormals flushed to zero")
    }
  }

  /// `function of 'lecun', plugin 'org.example.lecun'`.
  static func place(of site: rp_site) -> String {
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
    let subject = text(site.subject)
    return "\(text(site.call))\(subject.isEmpty ? "" : " of '\(subject)'"), plugin '\(text(site.plugin))'"
  }
}
