import CPluginCalls
import CReinit
import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// One child of an instance, as the plugin declared it.
package struct PluginChild: Sendable {
  package let geometry: Geometry?
  package let fresh: (any Initializer)?
  /// How parameters of a layer begin, by their paths in it.
  package var beginnings: [(path: TreePath, initializer: any Initializer)] = []
  package let isFrozen: Bool
  package let isTensor: Bool
  /// What the plugin holds; nil where it is absent.
  package let tensor: TensorHandle?
  package let layer: LayerHandle?
}

/// What one instance of a plugin's layer is to the host: the plugin's own object, and its children.
///
/// Instances are immutable, so the children are asked for once.
package final class PluginInstance: @unchecked Sendable {
  package let type: PluginLayerType
  /// The arguments that it was made with.
  let arguments: [InitializerArgument]
  /// The plugin's own object; of a described layer, what it gave as `user`.
  let object: UnsafeMutableRawPointer?
  package let children: [PluginChild]
  /// The children as nodes; the list keeps deeply nested instances from being destroyed one inside of the other.
  let nodes: NodeList
  /// How parameters of nested layers begin, by their paths from here.
  let nestedBeginnings: [TreePath: any Initializer]

  /// Takes over an object that the plugin has made.
  /// - Throws: ``Diagnostics/ErrorCode/pluginChildren``; the object is destroyed.
  private init(
    _ type: PluginLayerType, _ object: UnsafeMutableRawPointer, _ arguments: [InitializerArgument], isNew: Bool
  ) throws(Diagnostic) {
    self.type = type
    self.object = object
    self.arguments = arguments
    type.counter.addInstance()
    do throws(Diagnostic) {
      let (children, nodes) = try ChildReader(type: type, object: object, isNew: isNew).read()
      self.children = children
      self.nodes = nodes
      nestedBeginnings = PluginInstance.beginnings(of: children, nodes)
    } catch {
      (children, nodes, nestedBeginnings) = ([], NodeList(), [:])
      throw error
    }
  }

  /// An instance of a described layer: its children are all of it.
  private init(
    _ type: PluginLayerType, _ children: [PluginChild], _ nodes: NodeList, _ arguments: [InitializerArgument]
  ) throws(Diagnostic) {
    (self.type, self.arguments, self.children, self.nodes) = (type, arguments, children, nodes)
    object = type.table.user
    nestedBeginnings = PluginInstance.beginnings(of: children, nodes)
    type.counter.addInstance()
    do { try checkLentNames(nodes.children) } catch {
      throw Diagnostic(.pluginChildren, "'\(type.fullName)' has two children of one name: \(error.message)")
    }
  }

  private static func beginnings(of children: [PluginChild], _ nodes: NodeList) -> [TreePath: any Initializer] {
    var table: [TreePath: any Initializer] = [:]
    for (child, node) in zip(children, nodes.children) where !child.beginnings.isEmpty {
      for (path, initializer) in child.beginnings { table[TreePath([node.key] + path.keys)] = initializer }
    }
    return table
  }

  deinit {
    type.counter.removeInstance()
    if type.rows == nil, let object { type.destroy(object) }
  }

  /// A new instance.
  /// - Throws: what the plugin says; ``Diagnostics/ErrorCode/pluginChildren``.
  package static func make(
    _ type: PluginLayerType, _ arguments: [InitializerArgument], nested: [any Node]
  ) throws(Diagnostic) -> PluginInstance {
    if let described = type.described {
      let (children, nodes) = try described.make(arguments, nested: nested)
      return try PluginInstance(type, children, nodes, arguments)
    }
    let context = CallContext(type.environment)
    let values = ValueBlock(arguments.map(\.value), as: type.declaration.parameters)
    let handles = nested.map { LayerHandle($0, type.counter) }
    let pointers: [OpaquePointer?] = handles.map(\.pointer)
    context.lend(pointers)
    let object = try pointers.withUnsafeBufferPointerTyped { (pointers) throws(Diagnostic) in
      var build = ri_build()
      build.struct_size = type.environment.shape.size(of: ri_build.self)
      build.params = values.values.baseAddress
      build.n_params = UInt64(values.values.count)
      build.layers = pointers.baseAddress
      build.n_layers = UInt64(pointers.count)
      build.host = type.environment.host
      build.call = context.pointer
      return try type.newObject("create", in: context) { site, object, outcome in
        rp_create(site, type.table.create, &build, type.table.user, object, outcome)
      }
    }
    withExtendedLifetime((values, handles, context)) {}
    return try PluginInstance(type, object, arguments, isNew: true)
  }

  /// The same instance with other parts.
  /// - Throws: what the plugin says of parts that do not fit; ``Diagnostics/ErrorCode/pluginChildren``.
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> PluginInstance {
    guard parts.count == children.count else {
      throw .missingParts(of: type.fullName, expected: children.count, found: parts.count)
    }
    if let described = type.described {
      return try rebuilt(described, from: zip(parts, children).map { DescribedChildren.Part($0, replacing: $1) })
    }
    var handles: [PartHandle] = []
    for (index, part) in parts.enumerated() {
      let key = nodes.children[index].key
      handles.append(try PartHandle(part, replacing: children[index], key: key, type.counter))
    }
    let new = try rebuilt(rawParts: handles.map(\.abi))
    withExtendedLifetime(handles) {}
    return new
  }

  private func rebuilt(
    _ described: DescribedChildren, from parts: [DescribedChildren.Part]
  ) throws(Diagnostic) -> PluginInstance {
    let (children, nodes, arguments) = try described.rebuilt(from: parts, arguments)
    return try PluginInstance(type, children, nodes, arguments)
  }

  /// The same instance with parts as the ABI has them, of whatever number and kind: the plugin's to check.
  package func rebuilt(rawParts parts: [ri_part]) throws(Diagnostic) -> PluginInstance {
    if let described = type.described { return try rebuilt(described, from: parts.map(DescribedChildren.Part.init)) }
    let context = CallContext(type.environment)
    context.lend(parts.flatMap { [$0.tensor, $0.layer] })
    let new = try parts.withUnsafeBufferPointerTyped { (parts) throws(Diagnostic) in
      var rebuild = ri_rebuild()
      rebuild.struct_size = type.environment.shape.size(of: ri_rebuild.self)
      rebuild.parts = parts.baseAddress
      rebuild.n_parts = UInt64(parts.count)
      rebuild.host = type.environment.host
      rebuild.call = context.pointer
      return try type.newObject("rebuild", in: context) { site, object, outcome in
        rp_rebuild(site, type.table.rebuild, self.object, &rebuild, object, outcome)
      }
    }
    withExtendedLifetime(context) {}
    return try PluginInstance(type, new, arguments, isNew: false)
  }

  /// Runs a pass of the plugin's.
  func run(
    _ call: StaticString, _ function: @escaping rp_forward_function, _ inputs: [Tensor], _ context: CallContext
  ) throws(Diagnostic) -> [Tensor] {
    let handles = inputs.map { TensorHandle($0, type.counter) }
    let pointers: [OpaquePointer?] = handles.map(\.pointer)
    context.lend(pointers)
    let values = type.rows.map { _ in ValueBlock(arguments.map(\.value), as: type.declaration.parameters) }
    let parts = type.rows == nil ? [] : ownParts
    context.lend(parts.flatMap { [$0.tensor, $0.layer] })
    let lent = context.lent(parts)
    try pointers.withUnsafeBufferPointerTyped { (pointers) throws(Diagnostic) in
      var pass = ri_forward()
      pass.flags = context.isInferring ? UInt32(RI_FORWARD_SHAPES) : 0
      pass.children = parts.isEmpty ? nil : lent
      pass.n_children = UInt64(parts.count)
      pass.params = UnsafePointer(values?.values.baseAddress)
      pass.n_params = UInt64(values?.values.count ?? 0)
      pass.struct_size = type.environment.shape.size(of: ri_forward.self)
      pass.inputs = pointers.baseAddress
      pass.n_inputs = UInt64(pointers.count)
      pass.n_outputs = UInt64(type.declaration.outputs)
      pass.host = type.environment.host
      pass.call = context.pointer
      try type.guarded(call, in: context) { site, outcome in rp_forward(site, function, object, &pass, outcome) }
    }
    withExtendedLifetime((handles, values)) {}
    return try context.takeOutputs()
  }

  /// The parameters as they are now: as the plugin says them, or as they were given.
  var configuration: [InitializerArgument] {
    let parameters = type.declaration.parameters
    guard let config = type.table.config, !parameters.isEmpty else { return arguments }
    var values = [ri_value](repeating: ri_value(), count: parameters.count)
    let isTold: Void? = try? type.guarded("config") { site, outcome in
      rp_config(site, config, object, &values, UInt64(values.count), outcome)
    }
    guard isTold != nil else { return arguments }
    return zip(parameters, values).map { parameter, value in
      let told = try? ParameterReading.value(told: value, of: parameter)
      let given = arguments.first { $0.name == parameter.name }?.value
      return InitializerArgument(parameter.name, told ?? given ?? .number(0))
    }
  }
}

/// A part for the plugin, and what keeps it alive during the call.
///
/// A part that is what the plugin already holds is given as the very same handle.
private struct PartHandle {
  private let tensor: TensorHandle?
  private let layer: LayerHandle?

  init(
    _ part: any Node, replacing child: PluginChild, key: PathKey, _ counter: HandleCounter
  ) throws(Diagnostic) {
    let node = child.isFrozen ? part.thawed : part
    guard !(node is Absent) else {
      (tensor, layer) = (nil, nil)
      return
    }
    guard child.isTensor else {
      let kept = child.layer.flatMap { $0.node.isSameInstance(as: node) ? $0 : nil }
      (tensor, layer) = (nil, kept ?? LayerHandle(node, counter))
      return
    }
    guard let value = node.tensor ?? (node as? Shared<Tensor>)?.value else {
      throw Diagnostic(
        .rebuildMismatch, "'\(key)' cannot hold that value", expected: "a tensor", found: "\(Swift.type(of: part))")
    }
    let isKept = child.tensor.map { $0.tensor.isSameValue(as: value) && $0.node.identity == node.identity } ?? false
    (tensor, layer) = (isKept ? child.tensor : TensorHandle(node, value, counter), nil)
  }

  var abi: ri_part { ri_part(tensor: tensor?.pointer, layer: layer?.pointer) }
}

extension Node {
  /// What is frozen, if this freezes something.
  fileprivate var thawed: any Node { isFreezing ? children.first?.node ?? Absent() : self }

  /// Whether both are the same instance of a plugin's layer.
  func isSameInstance(as other: any Node) -> Bool {
    guard let a = self as? PluginLayer, let b = other as? PluginLayer else { return false }
    return a.instance === b.instance
  }
}

extension Array {
  /// Lends the elements, with a typed error.
  func withUnsafeBufferPointerTyped<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome = withUnsafeBufferPointer { buffer -> Swift.Result<Result, Failure> in
      do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
