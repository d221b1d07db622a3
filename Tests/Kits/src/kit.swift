import PluginKit

// What plugins in Swift say by the kit's words alone: needs, an extension, a layer that asks about others, a described one.

/// y = n · inner(x), with as many tensors as `inner` has; says what it is, and what they are, if it is to be loud.
struct Facts: DescribedForwardLayer {
  static let name = "Facts"
  static let summary = "what a nested layer is"
  static let parameters = [Parameter.bool("loud", default: false, "whether it says so")]
  static let nestedLayers = 1...1
  static let children = [ChildRow.layer("inner")]
  let isLoud: Bool

  init(_ arguments: Arguments) throws(PluginError) { isLoud = try arguments.bool("loud") }

  func forward(_ pass: Pass) throws(PluginError) {
    guard let inner = try pass.childLayer("inner") else { throw PluginError(.invalid, "no layer is nested") }
    let facts = try pass.call.facts(of: inner)
    var tensors = 0
    if isLoud { pass.call.log(.note, "\(facts.type) | \(facts.text) | \(facts.childCount)") }
    for index in 0..<facts.childCount {
      let child = try pass.call.child(of: inner, index)
      tensors += child.tensor == nil ? 0 : 1
      if isLoud { pass.call.log(.note, try line(child, pass)) }
    }
    if isLoud { pass.call.log(.note, beyond(inner, facts.childCount, pass)) }
    let z = try pass.floats(inner, of: pass.tensor(0), "what the nested layer gives")
    let y = try pass.output(0, shape: z.shape)
    for i in y.indices { y[i] = Float(tensors) * z[i] }
  }

  private func line(_ child: LayerChild, _ pass: Pass) throws(PluginError) -> String {
    var text = "\(child.name): "
    if let tensor = child.tensor {
      text += "tensor \(try pass.call.floats(of: tensor, child.name).shape)"
    } else if let layer = child.layer {
      text += "layer \(try pass.call.facts(of: layer).type)"
    } else {
      text += "absent"
    }
    text += ", role \(child.role.rawValue)\(child.isFrozen ? ", frozen" : "")"
    if let geometry = child.geometry { text += " axes \(geometry.outAxis) \(geometry.inAxes[0])" }
    if case .constant(let value)? = child.begins { text += " begins 1 \(Int(value))" }
    return text + " \(child.fresh)"
  }

  private func beyond(_ layer: LayerHandle, _ count: Int, _ pass: Pass) -> String {
    do throws(PluginError) {
      _ = try pass.call.child(of: layer, count)
      return "beyond: a child"
    } catch { return "beyond: \(error.status.rawValue)" }
  }
}

/// y = out(x) + (W x) ∘ decay: every way in which a child can begin.
struct Begins: DescribedForwardLayer {
  static let name = "Begins"
  static let summary = "children that say how they begin"
  static let parameters = [
    Parameter.int("n", in: .between(1, 64), "elements of the last axis"),
    Parameter.real("start", default: 0, in: .between(-10, 10), "of the bias of 'out'").withoutEffectAtTimes(),
  ]
  static let children = [
    ChildRow.tensor("weight", .weight, "[n, n]", fresh: "uniform({-1 / n}, {1 / n})", geometry: Geometry()),
    ChildRow.tensor("decay", .other, "[n]", begins: .constant(2)),
    ChildRow.tensor("count", .buffer, "[1]", fresh: "zeros", frozen: true),
    ChildRow.layer("out", "Dense(in: {n}, out: {n})", fresh: "weight: zeros, bias: constant({start})"),
  ]
  let n: Int

  init(_ arguments: Arguments) throws(PluginError) { n = try arguments.int("n") }

  func forward(_ pass: Pass) throws(PluginError) {
    let x = try pass.floats(0)
    try x.require(lastAxis: n)
    guard let out = try pass.childLayer("out") else { throw PluginError(.invalid, "'out' is missing") }
    let z = try pass.floats(out, of: pass.tensor(0), "what 'out' gives")
    let (w, d) = (try pass.childFloats("weight"), try pass.childFloats("decay"))
    let y = try pass.output(0, shape: x.shape)
    for i in y.indices {
      let (row, first) = (i % n, i - i % n)
      var sum: Float = 0
      for j in 0..<n { sum += w[row * n + j] * x[first + j] }
      y[i] = z[i] + d[row] * sum
    }
  }
}

/// What newer hosts may ask for.
struct Answer {
  var size: UInt32
  var twice: @convention(c) (Int32) -> Int32
}

@c func reinit_plugin() {
  #if LACKING
    let needs: [Requirement] = [.service("draft.light", version: 3), .service("draft.dlpack", version: 1)]
  #elseif OTHER
    let needs: [Requirement] = [.service("draft.dlpack", version: 2)]
  #elseif NEWER
    let needs: [Requirement] = [.minor(9)]
  #else
    let needs: [Requirement] = [.service("draft.dlpack", version: 1), .minor(0)]
  #endif
  Plugin.register(
    id: "org.example.kit-swift", version: "1.0.0", license: "MIT", summary: "the kit's words", needs: needs
  ) {
    $0.add(Facts.self)
    $0.add(Begins.self)
    $0.add(
      extension: "org.example.answer", version: 1,
      Answer(size: UInt32(MemoryLayout<Answer>.size), twice: { 2 * $0 }))
  }
}
