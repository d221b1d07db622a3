import CPluginCalls
import CReinit
import Diagnostics

/// A type of layer of the plugin's, behind functions that lend copies of what the host gives.
final class InspectedLayerType: Sendable {
  fileprivate let table: Functions

  /// The functions and the pointer of the plugin's.
  fileprivate struct Functions: @unchecked Sendable {
    let table: ri_layer_type
  }

  private init(_ table: ri_layer_type) { self.table = Functions(table: table) }

  /// Registers what stands for the plugin's type.
  static func standing(
    for given: UnsafePointer<ri_layer_type>?, _ register: (UnsafePointer<ri_layer_type>?) -> ri_status
  ) -> ri_status {
    InspectedCall.patched(
      given,
      { table in
        // Lives as long as the plugin's code.
        let own = InspectedLayerType(table.pointee)
        table.pointee.user = Unmanaged.passRetained(own).toOpaque()
        install(in: table)
      }, register)
  }

  /// Stands for what is there, and for nothing else.
  private static func install(in table: UnsafeMutablePointer<ri_layer_type>) {
    let given = table.pointee
    if given.create != nil { table.pointee.create = { InspectedLayerType.at($1).create($0, $2) } }
    if given.destroy != nil { table.pointee.destroy = { InspectedLayer.destroy($0) } }
    if given.child_count != nil { table.pointee.child_count = { InspectedLayer.at($0)?.childCount() ?? 0 } }
    if given.child_at != nil {
      table.pointee.child_at = { InspectedLayer.at($0)?.child($1, $2) ?? ri_status(RI_INVALID) }
    }
    if given.rebuild != nil {
      table.pointee.rebuild = { InspectedLayer.at($0)?.rebuild($1, $2) ?? ri_status(RI_INVALID) }
    }
    installPasses(in: table, isDescribed: given.create == nil)
    if given.config != nil {
      table.pointee.config = { InspectedLayer.at($0)?.config($1, $2) ?? ri_status(RI_INVALID) }
    }
  }

  /// A described layer has no instances: its passes are given what it has registered as `user`.
  private static func installPasses(in table: UnsafeMutablePointer<ri_layer_type>, isDescribed: Bool) {
    let (runs, infers) = (table.pointee.forward != nil, table.pointee.infer != nil)
    guard isDescribed else {
      if runs { table.pointee.forward = { InspectedLayer.at($0)?.pass(\.forward, $1) ?? ri_status(RI_INVALID) } }
      if infers { table.pointee.infer = { InspectedLayer.at($0)?.pass(\.infer, $1) ?? ri_status(RI_INVALID) } }
      return
    }
    if runs { table.pointee.forward = { InspectedLayerType.described($0, \.forward, $1) } }
    if infers { table.pointee.infer = { InspectedLayerType.described($0, \.infer, $1) } }
  }

  private static func described(
    _ user: UnsafeRawPointer?, _ function: KeyPath<ri_layer_type, rp_forward_function?>,
    _ pass: UnsafePointer<ri_forward>?
  ) -> ri_status {
    let type = at(UnsafeMutableRawPointer(mutating: user))
    guard let pass, let function = type.table.table[keyPath: function] else { return ri_status(RI_INVALID) }
    return InspectedLayer.passing(pass) { given in
      InspectedCall.guarded { rp_forward($0, function, UnsafeRawPointer(type.table.table.user), given, $1) }
    }
  }

  private static func at(_ user: UnsafeMutableRawPointer?) -> InspectedLayerType {
    guard let user else { preconditionFailure("an inspected type of layer has a user") }
    return Unmanaged<InspectedLayerType>.fromOpaque(user).takeUnretainedValue()
  }

  private func create(
    _ build: UnsafePointer<ri_build>?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> ri_status {
    guard let build, let out, let function = table.table.create else { return ri_status(RI_INVALID) }
    return InspectedCall.lending(for: build.pointee.call) { lent, call in
      var copy = build.pointee
      copy.params = lent.values(copy.params, copy.n_params)
      copy.layers = lent.handles(copy.layers, copy.n_layers)
      copy.call = call
      let (given, user) = (lent.structure(copy), table.table.user)
      return InspectedLayer.made(of: self, out) { object in
        InspectedCall.guarded { rp_create($0, function, given, user, object, $1) }
      }
    }
  }
}

/// An instance of a layer: the plugin's, and its type.
private final class InspectedLayer: @unchecked Sendable {
  private let type: InspectedLayerType
  private let object: UnsafeMutableRawPointer
  private var table: ri_layer_type { type.table.table }

  private init(_ type: InspectedLayerType, _ object: UnsafeMutableRawPointer) {
    (self.type, self.object) = (type, object)
  }

  static func at(_ object: UnsafeRawPointer?) -> InspectedLayer? {
    object.map { Unmanaged<InspectedLayer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Gives the host an object that stands for the one that the plugin makes.
  static func made(
    of type: InspectedLayerType, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>,
    _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> ri_status
  ) -> ri_status {
    var object: UnsafeMutableRawPointer?
    let status = body(&object)
    out.pointee = object.flatMap { object in
      status == RI_OK ? Unmanaged.passRetained(InspectedLayer(type, object)).toOpaque() : nil
    }
    return status
  }

  static func destroy(_ object: UnsafeMutableRawPointer?) {
    guard let object else { return }
    let layer = Unmanaged<InspectedLayer>.fromOpaque(object).takeRetainedValue()
    guard let function = layer.table.destroy else { return }
    _ = InspectedCall.guarded { rp_destroy($0, function, layer.object, $1) }
  }

  func childCount() -> UInt64 {
    guard let function = table.child_count else { return 0 }
    var count: UInt64 = 0
    _ = InspectedCall.guarded { rp_child_count($0, function, object, &count, $1) }
    return count
  }

  func child(_ index: UInt64, _ out: UnsafeMutablePointer<ri_child>?) -> ri_status {
    guard let out, let function = table.child_at else { return ri_status(RI_INVALID) }
    return InspectedCall.lending(for: nil) { lent, _ in
      let status = lent.writing(out) { room in
        InspectedCall.guarded { rp_child_at($0, function, object, index, room, $1) }
      }
      guard status == RI_OK else { return status }
      out.pointee.tensor = Inspector.shared.object(out.pointee.tensor, in: "child_at")
      out.pointee.layer = Inspector.shared.object(out.pointee.layer, in: "child_at")
      return status
    }
  }

  func rebuild(
    _ rebuild: UnsafePointer<ri_rebuild>?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> ri_status {
    guard let rebuild, let out, let function = table.rebuild else { return ri_status(RI_INVALID) }
    return InspectedCall.lending(for: rebuild.pointee.call) { lent, call in
      var copy = rebuild.pointee
      copy.parts = lent.parts(copy.parts, copy.n_parts)
      copy.call = call
      let given = lent.structure(copy)
      return InspectedLayer.made(of: type, out) { new in
        InspectedCall.guarded { rp_rebuild($0, function, object, given, new, $1) }
      }
    }
  }

  func pass(
    _ function: KeyPath<ri_layer_type, rp_forward_function?>, _ pass: UnsafePointer<ri_forward>?
  ) -> ri_status {
    guard let pass, let function = table[keyPath: function] else { return ri_status(RI_INVALID) }
    return InspectedLayer.passing(pass) { given in InspectedCall.guarded { rp_forward($0, function, object, given, $1) }
    }
  }

  /// Lends a pass: inputs, and of a described layer its children and arguments.
  static func passing(
    _ pass: UnsafePointer<ri_forward>, _ body: (UnsafePointer<ri_forward>?) -> ri_status
  ) -> ri_status {
    InspectedCall.lending(for: pass.pointee.call) { lent, call in
      var copy = pass.pointee
      copy.inputs = lent.handles(copy.inputs, copy.n_inputs)
      copy.children = lent.parts(copy.children, copy.n_children)
      copy.params = lent.values(copy.params, copy.n_params)
      copy.call = call
      return body(lent.structure(copy))
    }
  }

  func config(_ out: UnsafeMutablePointer<ri_value>?, _ count: UInt64) -> ri_status {
    guard let out, let function = table.config else { return ri_status(RI_INVALID) }
    return InspectedCall.lending(for: nil) { lent, _ in
      let known = UnsafeRawBufferPointer(start: out, count: Int(clamping: count) * MemoryLayout<ri_value>.stride)
      let room = lent.room(known.count, like: known)?.assumingMemoryBound(to: ri_value.self) ?? out
      let status = InspectedCall.guarded { rp_config($0, function, object, room, count, $1) }
      if status == RI_OK, room != out { out.update(from: room, count: Int(clamping: count)) }
      return status
    }
  }
}

extension LentCall {
  /// A list of handles as the plugin knows them.
  func handles(_ first: UnsafePointer<OpaquePointer?>?, _ count: UInt64) -> UnsafePointer<OpaquePointer?>? {
    guard let first, count > 0 else { return first }
    let tokens = (0..<Int(clamping: count)).map { Inspector.shared.token(first[$0]) }
    return tokens.withUnsafeBufferPointer { list($0.baseAddress, count) }
  }

  func parts(_ first: UnsafePointer<ri_part>?, _ count: UInt64) -> UnsafePointer<ri_part>? {
    guard let first, count > 0 else { return first }
    let parts = (0..<Int(clamping: count)).map {
      ri_part(tensor: Inspector.shared.token(first[$0].tensor), layer: Inspector.shared.token(first[$0].layer))
    }
    return parts.withUnsafeBufferPointer { list($0.baseAddress, count) }
  }
}
