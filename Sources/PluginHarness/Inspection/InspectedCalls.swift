import CPluginCalls
import CReinit
import Diagnostics

/// Calls of the plugin's own functions from functions that stand for them.
enum InspectedCall {
  /// Lends for as long as the body runs.
  static func lending<Result>(
    for context: OpaquePointer?, _ body: (LentCall, OpaquePointer?) -> Result
  ) -> Result {
    let lent = LentCall()
    let token = Inspector.shared.open(context, lent)
    defer { Inspector.shared.close(token, lent) }
    return body(lent, token)
  }

  /// Calls a function of the plugin's within a guard of its own: nothing it throws may meet a frame of Swift's.
  static func guarded(
    at site: UnsafePointer<rp_site>? = nil,
    _ body: (UnsafePointer<rp_site>, UnsafeMutablePointer<rp_outcome>) -> ri_status
  ) -> ri_status {
    var nobody = rp_site()
    return withUnsafePointer(to: &nobody) { nobody in
      withUnsafeTemporaryAllocation(of: rp_outcome.self, capacity: 1) { outcome in
        guard let outcome = outcome.baseAddress else { return ri_status(RI_INTERNAL) }
        let site = site ?? rp_active_site() ?? nobody
        let status = body(site, outcome)
        note(outcome, site)
        return status
      }
    }
  }

  private static func note(_ outcome: UnsafePointer<rp_outcome>, _ site: UnsafePointer<rp_site>) {
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
    let place = "\(text(site.pointee.call)) of '\(text(site.pointee.subject))', plugin '\(text(site.pointee.plugin))'"
    if outcome.pointee.flags & UInt32(RP_EXCEPTION) != 0 {
      Inspector.shared.note(
        Diagnostic(
          .findingException, "an exception left the plugin", at: place, found: text(rp_outcome_message(outcome))))
    } else if outcome.pointee.flags & UInt32(RP_FP_CHANGED) != 0 {
      Inspector.shared.note(
        Diagnostic(
          .findingFloatingPoint, "the plugin changed the floating-point mode", at: place,
          expected: "the mode as it was",
          found: "another rounding, or subnormals flushed to zero"))
    }
  }

  /// A copy of a plugin's struct, as long as it says, in which a body replaces functions; nil for what is none.
  static func patched<Value, Result>(
    _ given: UnsafePointer<Value>?, _ patch: (UnsafeMutablePointer<Value>) -> Void,
    _ body: (UnsafePointer<Value>?) -> Result
  ) -> Result {
    guard let given else { return body(nil) }
    let size = Int(UnsafeRawPointer(given).load(as: UInt32.self))
    guard (MemoryLayout<Value>.size...65_536).contains(size) else { return body(given) }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { copy.deallocate() }
    copy.copyMemory(from: given, byteCount: size)
    let typed = copy.assumingMemoryBound(to: Value.self)
    patch(typed)
    return body(typed)
  }
}

/// An initializer of the plugin's, behind functions that lend copies of what the host gives.
final class InspectedInitializer: Sendable {
  private let fill: rp_fill_function?
  private let check: rp_fill_function?
  private let distribution: rp_distribution_function?
  private let user: UInt

  private init(_ table: ri_initializer) {
    (fill, check, distribution) = (table.fill, table.check, table.distribution)
    user = UInt(bitPattern: table.user)
  }

  /// Registers what stands for the plugin's initializer.
  static func standing(
    for given: UnsafePointer<ri_initializer>?, _ register: (UnsafePointer<ri_initializer>?) -> ri_status
  ) -> ri_status {
    InspectedCall.patched(
      given,
      { table in
        // Lives as long as the plugin's code.
        let own = InspectedInitializer(table.pointee)
        table.pointee.user = Unmanaged.passRetained(own).toOpaque()
        if own.fill != nil { table.pointee.fill = { InspectedInitializer.at($1).call(\.fill, $0) } }
        if own.check != nil { table.pointee.check = { InspectedInitializer.at($1).call(\.check, $0) } }
        if own.distribution != nil {
          table.pointee.distribution = { InspectedInitializer.at($1).ask($0, $2) }
        }
      }, register)
  }

  private static func at(_ user: UnsafeMutableRawPointer?) -> InspectedInitializer {
    guard let user else { preconditionFailure("an inspected initializer has a user") }
    return Unmanaged<InspectedInitializer>.fromOpaque(user).takeUnretainedValue()
  }

  private func call(
    _ function: KeyPath<InspectedInitializer, rp_fill_function?>, _ range: UnsafePointer<ri_fill>?
  ) -> ri_status {
    guard let range, let function = self[keyPath: function] else { return ri_status(RI_INVALID) }
    return lending(range) { range in
      InspectedCall.guarded { rp_fill($0, function, range, UnsafeMutableRawPointer(bitPattern: user), $1) }
    }
  }

  private func ask(_ range: UnsafePointer<ri_fill>?, _ out: UnsafeMutablePointer<ri_distribution>?) -> ri_status {
    guard let range, let out, let function = distribution else { return ri_status(RI_INVALID) }
    return lending(range, writing: out) { range, room in
      InspectedCall.guarded {
        rp_distribution($0, function, range, UnsafeMutableRawPointer(bitPattern: user), room, $1)
      }
    }
  }

  private func lending(
    _ range: UnsafePointer<ri_fill>, _ body: (UnsafePointer<ri_fill>?) -> ri_status
  ) -> ri_status {
    InspectedCall.lending(for: range.pointee.call) { lent, call in
      body(lent.structure(InspectedInitializer.copied(range.pointee, lent, call)))
    }
  }

  private func lending(
    _ range: UnsafePointer<ri_fill>, writing out: UnsafeMutablePointer<ri_distribution>,
    _ body: (UnsafePointer<ri_fill>?, UnsafeMutablePointer<ri_distribution>?) -> ri_status
  ) -> ri_status {
    InspectedCall.lending(for: range.pointee.call) { lent, call in
      lent.writing(out) { room in
        body(lent.structure(InspectedInitializer.copied(range.pointee, lent, call)), room)
      }
    }
  }

  private static func copied(_ range: ri_fill, _ lent: LentCall, _ call: OpaquePointer?) -> ri_fill {
    var range = range
    range.shape = lent.list(range.shape, UInt64(range.rank))
    range.path = lent.text(range.path)
    range.params = lent.values(range.params, range.n_params)
    range.geometry = lent.geometry(range.geometry)
    range.part = lent.list(range.part, range.part == nil ? 0 : UInt64(range.rank))
    range.part_name = lent.text(range.part_name)
    range.sources = lent.handles(range.sources, range.n_sources)
    range.call = call
    return range
  }
}

extension LentCall {
  /// A geometry with the names of its packed parts.
  func geometry(_ given: UnsafePointer<ri_geometry>?) -> UnsafePointer<ri_geometry>? {
    guard var copy = given?.pointee else { return nil }
    if let packed = copy.packed, copy.parts > 0 {
      let parts = UnsafeBufferPointer(start: packed, count: Int(clamping: copy.parts)).map {
        ri_packed(name: text($0.name), size: $0.size)
      }
      copy.packed = parts.withUnsafeBufferPointer { list($0.baseAddress, UInt64(parts.count)) }
    }
    return structure(copy)
  }

  /// Has a result written to memory as long as its first field says, of which the host knows some.
  func writing<Value>(
    _ out: UnsafeMutablePointer<Value>, _ body: (UnsafeMutablePointer<Value>?) -> ri_status
  ) -> ri_status {
    let known = UnsafeRawBufferPointer(start: out, count: MemoryLayout<Value>.size)
    let size = max(Int(known.load(as: UInt32.self)), known.count)
    guard let room = room(size, like: known)?.assumingMemoryBound(to: Value.self) else { return body(out) }
    let status = body(room)
    if status == RI_OK { out.pointee = room.pointee }
    return status
  }
}
