import CReinit
import Diagnostics
import Functors
import Layers
import PluginHost
import Tensors

extension LayerLaws {
  /// It is made, in each of the ways that were found, and destroyed.
  static func create(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() { _ = try bench.make(variant) }
    return .passed
  }

  /// Asked again and again, also after a pass: the same children; none behind the last one.
  static func children(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() {
      let layer = try bench.make(variant)
      let instance = layer.instance
      bench.announcer.step("children of \(variant.text)")
      let first = try instance.rawChildren()
      for _ in 0..<3 { try requireSame(first, try instance.rawChildren(), variant) }
      _ = try? layer.inferShapes(Array(repeating: [2, 8], count: max(1, layer.declaration.inputs.lowerBound)))
      _ = layer.arguments
      try requireSame(first, try instance.rawChildren(), variant)
      try requireNested(layer, variant)
      for index in [UInt64(first.count), UInt64(first.count) + 1, 1 << 32, .max] {
        bench.announcer.step("child_at(\(index)) of \(variant.text), which has \(first.count) children")
        guard try instance.hasChild(at: index) else { continue }
        throw Diagnostic(
          .findingChildRange, "child_at gives a child behind the last one", at: variant.text,
          expected: "RI_INVALID from index \(first.count) on", found: "RI_OK for index \(index)")
      }
    }
    return .passed
  }

  private static func requireNested(_ layer: PluginLayer, _ variant: LayerVariant) throws(Diagnostic) {
    let held = layer.instance.children.filter { !$0.isTensor && $0.layer != nil }.count
    guard held < variant.nested.count else { return }
    throw Diagnostic(
      .findingNestedLost, "a layer that was nested in it is not among its children", at: variant.text,
      expected: "\(variant.nested.count) layers", found: "\(held)")
  }

  static func requireSame(
    _ a: [PluginInstance.RawChild], _ b: [PluginInstance.RawChild], _ variant: LayerVariant,
    _ code: ErrorCode = .findingUnstable, _ message: String = "the children change while the instance lives"
  ) throws(Diagnostic) {
    guard a != b else { return }
    let names = { (children: [PluginInstance.RawChild]) in "[" + children.map(\.name).joined(separator: ", ") + "]" }
    throw Diagnostic(
      code, message, at: variant.text, expected: names(a),
      found: names(a) == names(b) ? "other handles or roles" : names(b))
  }

  /// The layer's own state, which has to be finite.
  static func fresh(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() {
      let tree = AnyNode(try bench.fresh(variant))
      for leaf in (try? tree.leaves()) ?? [] {
        guard let index = leaf.tensor.elements.firstIndex(where: { !$0.isFinite }) else { continue }
        throw Diagnostic(
          .findingFresh, "the fresh state of '\(leaf.path)' is not finite", at: variant.text,
          expected: "finite numbers",
          found: "\(leaf.tensor.elements[index]) at element \(index)")
      }
    }
    return .passed
  }

  /// From its own parts: the same children and values, the same output; and from others, without a trace in it.
  static func rebuild(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() {
      // New and without values first: filling it is rebuilding it.
      _ = try requireIdentity(bench.make(variant), variant, bench)
      let layer = try bench.filled(variant)
      let before = try State(layer)
      let again = try requireIdentity(layer, variant, bench)
      let other = try bench.changed(layer) { tensor in tensor.mapElements { $0 * 2 + 1 } }
      let message = "rebuilding changes the instance that it starts from"
      try State(layer).require(before, .findingOriginal, message, variant)
      withExtendedLifetime(other) {}
      try requireSame(before.children, try layer.instance.rawChildren(), variant, .findingOriginal, message)
      if let inputs = try? bench.inputs(of: layer, variant.text), let output = try? output(layer, inputs) {
        try requireOutput(output, of: again, inputs, variant)
      }
    }
    return .passed
  }

  private static func requireIdentity(
    _ layer: PluginLayer, _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) -> PluginLayer {
    bench.announcer.step("rebuild of \(variant.text) from its own parts")
    let again = PluginLayer(try layer.instance.rebuilt(rawParts: layer.instance.ownParts))
    try State(again).require(
      State(layer), .findingRebuild, "rebuilding from its own parts gives another layer", variant)
    return again
  }

  private static func requireOutput(
    _ expected: [Tensor], of layer: PluginLayer, _ inputs: [Tensor], _ variant: LayerVariant
  ) throws(Diagnostic) {
    let found = try output(layer, inputs)
    // Passes that differ from one to the next are another law's business.
    guard !areEqual(found, expected), areEqual(try output(layer, inputs), found) else { return }
    throw Diagnostic(
      .findingRebuild, "rebuilding from its own parts gives a layer with another output", at: variant.text,
      expected: "equal bits", found: "other values")
  }

  /// Handles that are given are kept, not copied: ties are made of them.
  static func ties(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() {
      let layer = try bench.filled(variant)
      let counter = layer.instance.type.counter
      let parts = layer.instance.children.map { child -> (TensorHandle?, LayerHandle?) in
        (
          child.tensor.map { TensorHandle(Tensor($0.tensor.floats, shape: $0.tensor.shape), counter) },
          child.layer.map { LayerHandle($0.node, counter) }
        )
      }
      bench.announcer.step("rebuild of \(variant.text) from other handles")
      let raw = parts.map { ri_part(tensor: $0.0?.pointer, layer: $0.1?.pointer) }
      let new = try layer.instance.rebuilt(rawParts: raw)
      for (index, (part, child)) in zip(parts, new.children).enumerated() {
        let isKept = part.0?.pointer == child.tensor?.pointer && part.1?.pointer == child.layer?.pointer
        guard !isKept else { continue }
        throw Diagnostic(
          .findingHandles, "rebuild copies what it is given: ties of '\(name(index, layer))' would separate",
          at: variant.text, expected: "the very handle of the part, retained", found: "another handle")
      }
      withExtendedLifetime(parts) {}
    }
    return .passed
  }

  static func name(_ index: Int, _ layer: PluginLayer) -> String { layer.children[index].field }

  /// Parts of another number, without what is needed, of other shapes.
  static func refuses(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for variant in try bench.variants() {
      let layer = try bench.filled(variant)
      let own = layer.instance.ownParts
      guard !own.isEmpty else { continue }
      try requireRefusal(Array(own.dropLast()), "one part too few", layer, variant, bench)
      try requireRefusal([], "no parts", layer, variant, bench)
      try requireRefusal(own + [own[0]], "one part too many", layer, variant, bench)
      for (index, child) in layer.instance.children.enumerated() where child.tensor != nil && child.isTensor {
        let shape = child.tensor?.tensor.shape ?? []
        let wrong = TensorHandle(Tensor(zeros: Shape(shape.sizes.map { $0 + 1 } + [2])), layer.instance.type.counter)
        var parts = own
        parts[index].tensor = wrong.pointer
        try requireRefusal(
          parts, "a part '\(name(index, layer))' of another shape, \(wrong.tensor.shape)", layer, variant, bench)
        withExtendedLifetime(wrong) {}
      }
      try refusesOtherKinds(layer, own, variant, bench)
    }
    return .passed
  }

  /// Without a weight; with a layer in its place, and a tensor in that of a layer.
  private static func refusesOtherKinds(
    _ layer: PluginLayer, _ own: [ri_part], _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) {
    let counter = layer.instance.type.counter
    let (plain, number) = (LayerHandle(PassThrough(), counter), TensorHandle(Tensor([1]), counter))
    if let index = layer.children.indices.first(where: { layer.children[$0].role == .weight }) {
      var parts = own
      (parts[index].tensor, parts[index].layer) = (nil, nil)
      try requireRefusal(parts, "no '\(name(index, layer))'", layer, variant, bench)
      parts[index].layer = plain.pointer
      try requireRefusal(parts, "a layer for the tensor '\(name(index, layer))'", layer, variant, bench)
    }
    if let index = layer.instance.children.indices.first(where: { layer.instance.children[$0].layer != nil }) {
      var parts = own
      (parts[index].tensor, parts[index].layer) = (number.pointer, nil)
      try requireRefusal(parts, "a tensor for the layer '\(name(index, layer))'", layer, variant, bench)
    }
    withExtendedLifetime((plain, number)) {}
  }

  private static func requireRefusal(
    _ parts: [ri_part], _ what: String, _ layer: PluginLayer, _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) {
    bench.announcer.step("rebuild of \(variant.text) with \(what)")
    do throws(Diagnostic) { _ = try layer.instance.rebuilt(rawParts: parts) } catch {
      guard error.isRefusal || error.code == .pluginChildren else { throw error }
      guard error.isSilent else { return }
      throw Diagnostic(
        .findingSilent, "rebuild refuses \(what) without a reason", at: variant.text,
        expected: "a text by host->fail before the status is returned", found: error.found)
    }
    throw Diagnostic(
      .findingUnchecked, "rebuild accepts \(what)", at: variant.text, expected: "a refusal with a reason",
      found: "RI_OK")
  }
}

/// What a layer is, for comparing.
private struct State {
  let children: [PluginInstance.RawChild]
  private let described: [String]
  private let tensors: [Tensor?]

  init(_ layer: PluginLayer) throws(Diagnostic) {
    children = try layer.instance.rawChildren()
    described = layer.children.map { child in
      "\(child.field) \(child.role.map { $0.rawValue } ?? "layer") \(child.node is Absent ? "absent" : "")"
    }
    tensors = layer.instance.children.map { $0.tensor?.tensor }
  }

  func require(_ other: State, _ code: ErrorCode, _ message: String, _ variant: LayerVariant) throws(Diagnostic) {
    guard described == other.described else {
      throw Diagnostic(
        code, message, at: variant.text, expected: "children \(other.described.joined(separator: ", "))",
        found: described.joined(separator: ", "))
    }
    for (index, (a, b)) in zip(tensors, other.tensors).enumerated() {
      guard !State.areEqual(a, b) else { continue }
      throw Diagnostic(
        code, message, at: variant.text, expected: "equal values in child \(index), \(described[index])",
        found: "others")
    }
  }

  private static func areEqual(_ a: Tensor?, _ b: Tensor?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.shape == b.shape && a.isLazy == b.isLazy && (a.isLazy || a.hasSameBits(as: b))
  }
}
