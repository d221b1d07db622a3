import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A layer whose kind the user told, made from the tensors of its group.
struct ToldLayer {
  let kind: LayerKind
  let numbers: [(name: String, value: Double)]

  func apply(to group: LayerGroup, _ recognizer: Recognizer) throws(Diagnostic) -> LayerGuess {
    guard let primary = group.primary, primary.tensor.dtype.isFloatingPoint else {
      return try byFields(group, recognizer)
    }
    switch kind.name {
    case "Dense": return try dense(group, primary, recognizer)
    case "Conv", "ConvTranspose": return try convolution(group, primary, recognizer)
    case "Embedding":
      try check([], primary, ranks: 2...2)
      return recognizer.embedding(primary, isGuess: false)
    case "Bilinear":
      try check([], primary, ranks: 3...3)
      var guess = recognizer.bilinear(group, primary)
      guess.isGuess = false
      return guess
    case "LayerScale", "Parameter": return try alone(group, primary)
    default: return try norm(group, primary, recognizer)
    }
  }

  private func dense(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    try check(["parts", "transposed"], primary, ranks: 2...2)
    let isTransposed = (argument("transposed") ?? 0) != 0
    let parts = try count("parts")
    let outputs = primary.tensor.shape[isTransposed ? 1 : 0]
    guard parts.map({ outputs % $0 == 0 }) ?? true else {
      throw wrong("\(parts ?? 0) parts do not divide \(outputs)")
    }
    return recognizer.dense(group, primary, isTransposed ? .inOut : .outIn, parts: parts, isGuess: false)
  }

  private func convolution(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    try check(["groups"], primary, ranks: 3...5)
    let layout = recognizer.evidence.convolution(primary.field)
    let groups = try count("groups") ?? 1
    let guess =
      kind.name == "Conv"
      ? recognizer.conv(group, primary, layout, groups: groups)
      : recognizer.convTranspose(group, primary, layout, groups: groups)
    let geometry = guess.geometries.first?.choices.first
    guard geometry?.fits(primary.tensor.shape) ?? false else {
      throw wrong("\(groups) groups do not divide the channels of \(primary.tensor.shape)")
    }
    return guess
  }

  /// A tensor without a name of its own in its layer.
  private func alone(_ group: LayerGroup, _ primary: LayerGroup.Leaf) throws(Diagnostic) -> LayerGuess {
    try check([], primary, ranks: 0...Int.max)
    let isScale = kind.name == "LayerScale"
    let base: any Layer = isScale ? LayerScale(weight: primary.tensor) : Parameter(primary.tensor)
    return LayerGuess(
      base: base, isGuess: false,
      assignments: [
        LayerGuess.Assignment(entry: primary.entry, field: "weight", role: isScale ? .scale : .weight)
      ])
  }

  private func norm(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    let weight = primary.tensor
    try check(kind.name == "GroupNorm" ? ["groups"] : [], primary, ranks: 0...Int.max)
    switch kind.name {
    case "LayerNorm": return recognizer.layerNorm(group, isGuess: false)
    case "RMSNorm":
      return recognizer.scaled(RMSNorm(weight: weight, sizes: weight.shape.sizes), group, isGuess: false)
    case "Scale":
      return recognizer.scaled(Scale(weight: weight, bias: group.bias?.tensor), group, isGuess: false)
    case "PReLU": return recognizer.scaled(PReLU(weight: weight), group, isGuess: false)
    case "BatchNorm": return recognizer.withStatistics(BatchNorm(0), group, isGuess: false)
    case "InstanceNorm": return recognizer.withStatistics(InstanceNorm(0), group, isGuess: false)
    case "GroupNorm":
      let groups = try count("groups") ?? 1
      guard weight.count % groups == 0 else { throw wrong("\(groups) groups do not divide \(weight.count)") }
      return recognizer.scaled(recognizer.groupNorm(group, groups: groups), group, isGuess: false)
    default: return try byFields(group, recognizer)
    }
  }

  /// Types that are told by the names of their fields alone.
  private func byFields(_ group: LayerGroup, _ recognizer: Recognizer) throws(Diagnostic) -> LayerGuess {
    guard let guess = recognizer.guess(group), guess.base.kind == kind else {
      throw wrong("the tensors here cannot be those of '\(kind.name)'")
    }
    return guess
  }

  // MARK: arguments

  private func check(_ names: [String], _ primary: LayerGroup.Leaf, ranks: ClosedRange<Int>)
    throws(Diagnostic)
  {
    if let unknown = numbers.first(where: { !names.contains($0.name) }) {
      throw Diagnostic(
        .usage, "'\(kind.name)' has no argument '\(unknown.name)' in a type correction",
        expected: names.isEmpty ? "no arguments" : names.joined(separator: ", "))
    }
    guard ranks.contains(primary.tensor.shape.rank) else {
      throw wrong("a weight of shape \(primary.tensor.shape) cannot be that of '\(kind.name)'")
    }
  }

  private func argument(_ name: String) -> Double? { numbers.last { $0.name == name }?.value }

  private func count(_ name: String) throws(Diagnostic) -> Int? {
    guard let value = argument(name) else { return nil }
    guard let count = Int(exactly: value), count > 0 else {
      throw wrong("'\(name)' must be a positive integer")
    }
    return count
  }

  private func wrong(_ message: String) -> Diagnostic {
    Diagnostic(
      .usage, message, hints: ["leave --type out to see what is inferred: reinit summary FILE"])
  }
}
