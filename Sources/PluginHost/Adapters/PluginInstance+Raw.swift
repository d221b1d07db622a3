import CPluginCalls
import CReinit
import CallText
import Diagnostics
import Functors
import Initializers

/// Calls as only a test of plugins makes them: what the host itself asks once, or never.
extension PluginInstance {
  /// One child as the plugin says it now.
  package struct RawChild: Equatable {
    /// `RI_CHILD_…`.
    package let kind: UInt32
    package let role: UInt32
    package let flags: UInt32
    package let name: String
    /// The tensor's or the layer's handle; nil where absent.
    package let handle: OpaquePointer?

    fileprivate init(kind: UInt32, role: UInt32, flags: UInt32, name: String, handle: OpaquePointer?) {
      (self.kind, self.role, self.flags, self.name, self.handle) = (kind, role, flags, name, handle)
    }

    fileprivate init(_ child: PluginChild, _ node: NodeChild) {
      self.init(
        kind: UInt32(child.isTensor ? RI_CHILD_TENSOR : RI_CHILD_LAYER), role: node.role?.abi ?? 0,
        flags: child.isFrozen ? UInt32(RI_CHILD_FROZEN) : 0, name: node.key.text,
        handle: child.tensor?.pointer ?? child.layer?.pointer)
    }
  }

  /// The children, asked for again.
  package func rawChildren() throws(Diagnostic) -> [RawChild] {
    guard type.rows == nil else { return zip(children, nodes.children).map(RawChild.init) }
    var count: UInt64 = 0
    try type.guarded("child_count") { site, outcome in
      rp_child_count(site, type.table.child_count, object, &count, outcome)
    }
    var children: [RawChild] = []
    for index in 0..<min(count, 1 << 20) {
      var child = ri_child()
      try guardedChild(index, &child)
      children.append(
        RawChild(
          kind: child.kind, role: child.role, flags: child.flags,
          name: try CText.string(child.name, "name of child \(index)"), handle: child.tensor ?? child.layer))
    }
    return children
  }

  /// Whether the plugin gives a child of that index.
  package func hasChild(at index: UInt64) throws(Diagnostic) -> Bool {
    guard type.rows == nil else { return index < UInt64(children.count) }
    var child = ri_child()
    do throws(Diagnostic) { try guardedChild(index, &child) } catch {
      guard error.code == .pluginCallFailed else { throw error }
      return false
    }
    return true
  }

  private func guardedChild(_ index: UInt64, _ child: inout ri_child) throws(Diagnostic) {
    child.struct_size = type.environment.shape.size(of: ri_child.self)
    try type.guarded("child_at") { site, outcome in
      rp_child_at(site, type.table.child_at, object, index, &child, outcome)
    }
  }

  /// The parts that the plugin holds now, as it would be given them.
  package var ownParts: [ri_part] {
    children.map { ri_part(tensor: $0.tensor?.pointer, layer: $0.layer?.pointer) }
  }

  /// What `config` tells, without a fallback; nil where the plugin has none.
  package func toldValues() throws(Diagnostic) -> [ArgumentValue]? {
    let parameters = type.declaration.parameters
    guard let config = type.table.config, !parameters.isEmpty else { return nil }
    var values = [ri_value](repeating: ri_value(), count: parameters.count)
    try type.guarded("config") { site, outcome in
      rp_config(site, config, object, &values, UInt64(values.count), outcome)
    }
    var told: [ArgumentValue] = []
    for (parameter, value) in zip(parameters, values) {
      told.append(try ParameterReading.value(told: value, of: parameter))
    }
    return told
  }
}
