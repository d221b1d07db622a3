import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import PluginHost
import Reinitialization
import Tensors

/// A layer of the plugin's as a text makes it, with what is nested in it.
struct LayerVariant: Sendable {
  let arguments: [InitializerArgument]
  let nested: [any Layer]
  /// The text that makes it, for reports.
  let text: String
  /// Inputs that its forward pass takes; none where that was not asked, or where there is no forward pass.
  var inputs: [Tensor] = []
}

extension Bench {
  /// What the plugin says of the layer that is tested.
  func layer() throws(Diagnostic) -> LayerDescription {
    let description = try plugin().description
    guard let item = description.layers.first(where: { $0.name == subject }) else {
      throw Diagnostic(.pluginUnstable, "'\(subject)' is not registered in this process")
    }
    return item
  }

  /// The ways in which the layer is made: the first that works, and with each switch, word and nested layer otherwise.
  /// - Throws: ``Diagnostics/ErrorCode/findingNotMade`` where none works; what the plugin does wrong meanwhile.
  func variants() throws(Diagnostic) -> [LayerVariant] {
    let item = try layer()
    var first: LayerVariant?
    var last: Diagnostic?
    for arguments in try candidates(item.parameters) {
      for nested in try nestings(item, arguments) where first == nil {
        do throws(Diagnostic) { first = try madeVariant(arguments, nested) } catch {
          guard error.isRefusal else { throw error }
          last = last ?? error
        }
      }
    }
    guard let first else { throw examples.isEmpty ? notMade(item, last) : refusedByPlugin(last) }
    var variants = [first]
    for (arguments, nested) in try others(than: first, item) where variants.count < 8 {
      do throws(Diagnostic) { variants.append(try madeVariant(arguments, nested)) } catch {
        guard error.isRefusal else { throw error }
      }
    }
    return variants
  }

  private func notMade(_ item: LayerDescription, _ last: Diagnostic?) -> Diagnostic {
    Diagnostic(
      .findingNotMade, "'\(item.name)' cannot be made: \(last?.message ?? "")",
      expected: "a layer of arguments within their ranges", found: last?.found,
      notes: ["--with '\(item.name)(…)' says how it is meant to be made"])
  }

  private func madeVariant(
    _ arguments: [InitializerArgument], _ nested: [any Layer]
  ) throws(Diagnostic) -> LayerVariant {
    let inside = nested.isEmpty ? "" : " around " + nested.map { "\($0.kind.name)" }.joined(separator: ", ")
    let variant = LayerVariant(
      arguments: arguments, nested: nested, text: try shown(arguments, of: layer().parameters) + inside)
    _ = try make(variant)
    return variant
  }

  /// A new instance.
  func make(_ variant: LayerVariant) throws(Diagnostic) -> PluginLayer {
    announcer.step("create of \(variant.text)")
    let layer = try catalog().layers.layer(parsing: text(variant.arguments), children: variant.nested)
    guard let layer = layer as? PluginLayer else {
      throw Diagnostic(.findingNotMade, "'\(subject)' is not the plugin's own")
    }
    return layer
  }

  /// A new instance with the values that it begins with, and none of them 0.
  func filled(_ variant: LayerVariant) throws(Diagnostic) -> PluginLayer {
    try perturbed(fresh(variant))
  }

  /// A new instance with the values that it begins with.
  func fresh(_ variant: LayerVariant) throws(Diagnostic) -> PluginLayer {
    var tree = AnyNode(try make(variant))
    announcer.step("the fresh state of \(variant.text)")
    do {
      try tree.reinitialize(with: .default, seed: 1)
    } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingFresh, "the layer's own state cannot be made: \(error.message)", at: variant.text,
        expected: "each weight with a 'fresh' that fits it, and a geometry if that needs fans", found: error.found)
    }
    return try plain(tree)
  }

  /// The same with every parameter moved a little, so that each takes part.
  func perturbed(_ layer: PluginLayer) throws(Diagnostic) -> PluginLayer {
    var number = 0
    return try changed(layer) { tensor in
      number += 1
      var stream = RandomStream(seed: 5, name: "perturbed \(number)")
      return tensor.mapElements { $0 * 1.1 + 0.02 + 0.05 * Double(stream.nextUniform()) }
    }
  }

  /// The same with other values in its weights, biases and scales; buffers stay.
  func changed(_ layer: PluginLayer, _ change: (Tensor) -> Tensor) throws(Diagnostic) -> PluginLayer {
    announcer.step("rebuild of '\(subject)' with other values")
    let roles = try AnyNode(layer).leaves()
    var buffers: Set<String> = []
    for leaf in roles where leaf.role == .buffer { buffers.insert(leaf.path.description) }
    return try plain(
      AnyNode(layer).mapWithPath { path, tensor in
        buffers.contains(path.description) ? tensor : change(tensor)
      })
  }

  private func plain(_ tree: AnyNode) throws(Diagnostic) -> PluginLayer {
    guard let layer = tree.value as? PluginLayer else {
      throw Diagnostic(.findingRebuild, "rebuilding gives another kind of layer")
    }
    return layer
  }
}

extension Bench {
  /// What may be nested in the layer, the likeliest first.
  private func nestings(
    _ item: LayerDescription, _ arguments: [InitializerArgument]
  ) throws(Diagnostic) -> [[any Layer]] {
    guard item.nested.lowerBound > 0 else { return [[]] }
    return try insides(arguments, item).map { inside in Array(repeating: inside, count: item.nested.lowerBound) }
  }

  /// Layers over the sizes that the arguments name.
  private func insides(
    _ arguments: [InitializerArgument], _ item: LayerDescription
  ) throws(Diagnostic) -> [any Layer] {
    let given = item.parameters.compactMap { parameter in
      arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
    }
    var sizes: [Int] = []
    for value in given {
      guard case .number(let number) = value else { continue }
      if let size = Int(exactly: number), (1...512).contains(size), !sizes.contains(size) { sizes.append(size) }
    }
    if sizes.isEmpty { sizes = [8] }
    let texts =
      sizes.flatMap { a in sizes.map { b in "Dense(in: \(a), out: \(b))" } }
      + sizes.map { "Conv(in: \($0), out: \($0), kernel: [1, 1])" }
    return try texts.map { (text) throws(Diagnostic) in try inside(text) }
  }

  /// A built-in layer with values: what is frozen keeps those that it has.
  private func inside(_ text: String) throws(Diagnostic) -> any Layer {
    var tree = AnyNode(try LayerRegistry.standard.layer(parsing: text))
    _ = try? tree.reinitialize(with: .default, seed: 3)
    guard let layer = tree.value as? any Layer else { return try LayerRegistry.standard.layer(parsing: text) }
    return layer
  }

  private func others(
    than first: LayerVariant, _ item: LayerDescription
  ) throws(Diagnostic) -> [([InitializerArgument], [any Layer])] {
    var others: [([InitializerArgument], [any Layer])] = []
    if item.nested.upperBound > first.nested.count {
      others += try insides(first.arguments, item).prefix(2).map { (first.arguments, first.nested + [$0]) }
    }
    for parameter in item.parameters where parameter.kind == .bool || parameter.kind == .word {
      let present = first.arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
      for attempt in 0..<max(1, parameter.choices.count - 1) {
        guard let value = ArgumentGuess.other(than: present, parameter, attempt) else { continue }
        let rest = first.arguments.filter { $0.name != parameter.name }
        others.append((rest + [InitializerArgument(parameter.name, value)], first.nested))
      }
    }
    return others
  }
}
