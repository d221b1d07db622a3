import CPluginCalls
import CReinit
import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A layer of a plugin, as a node like the built-in ones.
///
/// It is a value: copies share the plugin's object, which never changes; rebuilding makes another.
public struct PluginLayer: PrintableLayer {
  package let instance: PluginInstance

  /// None of its own: the children are the plugin's.
  public static let fields = FieldList<PluginLayer>(ordered: [])

  package init(_ instance: PluginInstance) { self.instance = instance }

  /// `org.example.gate/Gate`, also known by the name behind the slash.
  public var kind: LayerKind { instance.type.kind }

  /// What the plugin says of the layer's type.
  public var declaration: LayerDescription { instance.type.declaration }

  /// The parameters, as the plugin says them now.
  public var arguments: [InitializerArgument] { instance.configuration }

  /// The plugin's children, in its order.
  public var children: [NodeChild] { instance.nodes.children }

  /// The layer of other parts; the plugin may refuse those that do not fit.
  /// - Throws: ``Diagnostics/ErrorCode/rebuildMismatch``, ``Diagnostics/ErrorCode/pluginCallFailed``, ….
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> PluginLayer {
    PluginLayer(try instance.rebuilt(from: parts))
  }

  /// A plugin decides by itself.
  public var mayRefuseParts: Bool { true }

  /// As the plugin declares it for the child.
  public func geometry(of field: String) -> Geometry? { child(field)?.geometry }

  /// As the plugin declares it for the child; else by role.
  public func fresh(_ field: String) -> (any Initializer)? { child(field)?.fresh }

  /// As the plugin says of the layers that are its children.
  public var nestedBeginnings: [TreePath: any Initializer] { instance.nestedBeginnings }

  private func child(_ field: String) -> PluginChild? {
    let index = instance.nodes.children.firstIndex { $0.field == field && $0.role != nil }
    return index.map { instance.children[$0] }
  }

  /// `org.example.gate/Gate(size: 64)`: the text that makes it, without the layers nested in it.
  public var code: String {
    let parameters = declaration.parameters
    let given = arguments.filter { argument in
      parameters.first { $0.name == argument.name }?.defaultValue != argument.value
    }
    let list = given.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return "\(kind.name)(\(list))"
  }
}

extension PluginLayer: ForwardLayer {
  /// The plugin's forward pass.
  /// - Throws: ``Diagnostics/ErrorCode/noForwardPass``, ``Diagnostics/ErrorCode/inputCount``,
  ///   ``Diagnostics/ErrorCode/pluginOutput``, and what the plugin says.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    guard let function = instance.type.table.forward else { throw missing("forward pass") }
    try checkCount(inputs.count)
    let type = instance.type
    let context = CallContext(type.environment, outputs: type.declaration.outputs, threads: pass.threads)
    return try instance.run("forward", function, inputs, context)
  }

  /// The plugin's inference of shapes, of inputs of 32-bit floats.
  /// - Throws: as ``forward(_:in:)``.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try inferSpecs(inputs.map { TensorSpec($0) }).map(\.shape)
  }

  /// The plugin's inference of shapes and types.
  /// - Throws: as ``forward(_:in:)``.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] {
    guard let function = instance.type.table.infer else { throw missing("inference of shapes") }
    try checkCount(inputs.count)
    let type = instance.type
    let context = CallContext(type.environment, outputs: type.declaration.outputs, isInferring: true)
    let lazy = inputs.map { Tensor(lazy: $0.shape, dtype: $0.dtype) }
    return try instance.run("infer", function, lazy, context).map(TensorSpec.init)
  }

  private func missing(_ ability: String) -> Diagnostic {
    Diagnostic(.noForwardPass, "'\(kind.name)' has no \(ability)", found: "plugin \(instance.type.plugin.id)")
  }

  private func checkCount(_ count: Int) throws(Diagnostic) {
    let expected = declaration.inputs
    guard !expected.contains(count) else { return }
    throw Diagnostic(
      .inputCount, "'\(kind.name)' takes another number of inputs",
      expected: expected.count == 1 ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)",
      found: "\(count)")
  }
}
