import CPluginCalls
import CReinit
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Asks an instance for its children, and checks what it says.
struct ChildReader {
  let type: PluginLayerType
  let object: UnsafeMutableRawPointer
  /// Whether the instance was created; one that was rebuilt may hold other layers, which begin by themselves.
  let isNew: Bool

  /// More children than any layer has.
  private static let limit: UInt64 = 1 << 20

  /// The children with the nodes that stand for them in a tree.
  /// - Throws: ``Diagnostics/ErrorCode/pluginChildren``, and what the plugin says.
  func read() throws(Diagnostic) -> ([PluginChild], NodeList) {
    var count: UInt64 = 0
    try type.guarded("child_count") { site, outcome in
      rp_child_count(site, type.table.child_count, object, &count, outcome)
    }
    guard count <= ChildReader.limit else { throw fault("has too many children", found: "\(count)") }
    var raw: [ri_child] = []
    for index in 0..<count { raw.append(try child(at: index)) }
    let twice = tensorsGivenTwice(raw)
    var children: [PluginChild] = []
    var parts: [NodeChild] = []
    for (index, value) in raw.enumerated() {
      let (child, part) = try read(value, at: index, twice)
      children.append(child)
      parts.append(part)
    }
    do { try checkLentNames(parts) } catch { throw fault("has two children of one name: \(error.message)") }
    return (children, NodeList(parts))
  }

  private func child(at index: UInt64) throws(Diagnostic) -> ri_child {
    var child = ri_child()
    child.struct_size = type.environment.shape.size(of: ri_child.self)
    try type.guarded("child_at") { site, outcome in
      rp_child_at(site, type.table.child_at, object, index, &child, outcome)
    }
    return child
  }

  /// Handles that stand for several children: a tie that the plugin declares by giving one tensor twice.
  private func tensorsGivenTwice(_ children: [ri_child]) -> [OpaquePointer: Shared<Tensor>] {
    var counts: [OpaquePointer: Int] = [:]
    for child in children where child.kind == RI_CHILD_TENSOR {
      if let tensor = child.tensor { counts[tensor, default: 0] += 1 }
    }
    return counts.filter { $0.value > 1 }.reduce(into: [:]) { result, entry in
      let handle = TensorHandle.at(entry.key)
      if handle.node.identity == nil { result[entry.key] = Shared(handle.tensor) }
    }
  }

  private func read(
    _ raw: ri_child, at index: Int, _ twice: [OpaquePointer: Shared<Tensor>]
  ) throws(Diagnostic) -> (PluginChild, NodeChild) {
    let name = try CText.string(raw.name, "\(type.fullName): name of child \(index)")
    guard name.isEmpty || PluginNames.child.accepts(name) else {
      throw fault(
        "names a child as no path can", expected: "[A-Za-z_][A-Za-z0-9_]* or an index", found: "'\(name)'")
    }
    let isFrozen = has(raw.flags, RI_CHILD_FROZEN)
    switch Int(raw.kind) {
    case RI_CHILD_TENSOR: return try tensor(raw, name, isFrozen, twice)
    case RI_CHILD_LAYER:
      let handle = raw.layer.map(LayerHandle.at)
      let node = handle?.node ?? Absent()
      let child = PluginChild(
        geometry: nil, fresh: nil, beginnings: try beginnings(raw, name, node), isFrozen: isFrozen, isTensor: false,
        tensor: nil, layer: handle)
      return (child, NodeChild(key(name), isFrozen ? Frozen(AnyNode(node)) : node))
    default:
      throw fault(
        "has a child '\(name)' of no kind", expected: "RI_CHILD_TENSOR or RI_CHILD_LAYER", found: "\(raw.kind)")
    }
  }

  private func tensor(
    _ raw: ri_child, _ name: String, _ isFrozen: Bool, _ twice: [OpaquePointer: Shared<Tensor>]
  ) throws(Diagnostic) -> (PluginChild, NodeChild) {
    guard let role = ParameterRole(abi: raw.role) else {
      throw fault(
        "gives '\(name)' no role", expected: "RI_ROLE_WEIGHT, …_BIAS, …_SCALE, …_BUFFER or …_OTHER",
        found: "\(raw.role)")
    }
    let handle = raw.tensor.map(TensorHandle.at)
    let child = PluginChild(
      geometry: try geometry(raw, name, handle?.tensor.shape), fresh: try fresh(raw, name), isFrozen: isFrozen,
      isTensor: true, tensor: handle, layer: nil)
    let node: any Node = raw.tensor.flatMap { twice[$0] } ?? handle?.node ?? Absent()
    let part: any Node = isFrozen && handle != nil ? Frozen(AnyNode(node)) : node
    return (child, NodeChild(key(name), field: name.isEmpty ? "weight" : name, role: role, part))
  }

  private func geometry(_ raw: ri_child, _ name: String, _ shape: Shape?) throws(Diagnostic) -> Geometry? {
    guard raw.geometry != nil else { return nil }
    let abi: ri_geometry = try CStruct.copy(raw.geometry)
    let geometry = try Geometry(abi, at: "\(type.fullName): geometry of '\(name)'")
    guard let shape, !geometry.fits(shape) else { return geometry }
    throw fault(
      "gives '\(name)' a geometry that its shape does not have",
      expected: "axes of \(shape), and groups and parts that divide them",
      found: "outputs along axis \(geometry.outAxis), inputs along \(geometry.inAxes)")
  }

  private func fresh(_ raw: ri_child, _ name: String) throws(Diagnostic) -> (any Initializer)? {
    let text = try CText.string(raw.fresh, "\(type.fullName): fresh of '\(name)'")
    if raw.begins != nil {
      guard text.isEmpty else {
        throw fault("begins '\(name)' in two ways", expected: "fresh or begins", found: "both")
      }
      let owner = "\(type.fullName): begins of '\(name)'"
      return try DistributionInitializer.make(try CStruct.copy(raw.begins, at: owner), owner: owner)
    }
    guard !text.isEmpty else { return nil }
    do { return try type.environment.services.initializers.initializer(parsing: text) } catch {
      throw fault(
        "begins '\(name)' with what is no initializer: \(error.message)", expected: error.expected, found: "'\(text)'")
    }
  }

  private func beginnings(
    _ raw: ri_child, _ name: String, _ node: any Node
  ) throws(Diagnostic) -> [(path: TreePath, initializer: any Initializer)] {
    guard raw.begins == nil else {
      throw fault("begins '\(name)', a layer, with one distribution", expected: "fresh, with paths", found: "begins")
    }
    guard raw.fresh.len > 0 else { return [] }
    let text = try CText.string(raw.fresh, "\(type.fullName): fresh of '\(name)'")
    let table: BeginningTable
    do throws(BeginningTable.Failure) { table = try BeginningTable(text) } catch {
      throw fault(
        "has a table for '\(name)' that \(error.problem)", expected: "weight: zeros, norm.scale: constant(0.1)",
        found: "'\(error.found)'")
    }
    return try type.beginnings(table.entries, of: name, in: isNew ? node : nil)
  }

  private func key(_ name: String) -> PathKey { name.isEmpty ? "" : PathKey(name) }

  private func fault(_ problem: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
    Diagnostic(.pluginChildren, "'\(type.fullName)' \(problem)", expected: expected, found: found)
  }
}
