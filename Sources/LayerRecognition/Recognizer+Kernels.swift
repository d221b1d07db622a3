import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Recognizer {
  /// A weight of three or more axes: a convolution, unless its name says otherwise.
  func kernel(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess? {
    let shape = primary.tensor.shape
    let hint = hint(group)
    if shape.rank == 3, hint.isBilinear { return bilinear(group, primary) }
    if shape.rank == 3, let map = generalDense(group, primary) { return map }
    if hint.has("grn") { return unknown(Scale(weight: primary.tensor, bias: group.bias?.tensor), group) }
    guard shape.rank <= 5 else { return nil }
    if isStack(group, primary) { return stack(primary) }
    let layout = evidence.convolution(primary.field)
    if hint.isTransposed || biasFitsSecondAxis(group, primary, layout) || enlarges(group, primary, layout) {
      return convTranspose(group, primary, layout, groups: nil)
    }
    return conv(group, primary, layout, groups: nil)
  }

  /// Matrices of experts lie in one tensor, `[experts, …, …]`: no kernel is as wide as their last axis.
  private func isStack(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> Bool {
    let shape = primary.tensor.shape
    guard shape.rank == 3, primary.field == .weight else { return false }
    guard !trie.names(of: group.entry, upTo: 3).contains(where: { NameHint($0).has("conv") }) else { return false }
    return shape[2] >= 64 || !expertGeometries(of: primary.entry, shape).isEmpty
  }

  private func stack(_ primary: LayerGroup.Leaf) -> LayerGuess {
    let choices = expertGeometries(of: primary.entry, primary.tensor.shape)
    return LayerGuess(
      base: Parameter(primary.tensor), isGuess: true,
      assignments: [LayerGuess.Assignment(entry: primary.entry, field: "weight", role: .weight)],
      geometries: choices.isEmpty ? [] : [.init(field: "weight", choices: choices)])
  }

  /// Whether the names around say that pictures get larger, and the kernel is as wide as its stride, which is even.
  private func enlarges(_ group: LayerGroup, _ primary: LayerGroup.Leaf, _ layout: WeightLayout) -> Bool {
    let shape = primary.tensor.shape
    guard layout == .torch, shape[0] == shape[1] || shape[1] == 1, shape.sizes.dropFirst(2).allSatisfy({ $0 % 2 == 0 })
    else { return false }
    if let bias = group.bias?.tensor.shape, bias.sizes != [shape[0]] { return false }
    let names = trie.names(of: group.entry, upTo: 4).map(NameHint.init)
    // Masks are predicted at a higher resolution than what they are predicted from.
    let isMask = shape[0] == shape[1] && shape[0] > 1 && names.contains { $0.has("mask") }
    return (isMask || names.contains(where: \.isEnlarging)) && !names.prefix(2).contains { $0.has("down") }
  }

  /// In torch's layout the bias of a transposed convolution is as long as its weight's second axis.
  private func biasFitsSecondAxis(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ layout: WeightLayout
  ) -> Bool {
    guard layout == .torch, let bias = group.bias?.tensor.shape, bias.rank == 1 else { return false }
    return bias[0] == primary.tensor.shape[1] && bias[0] != primary.tensor.shape[0]
  }

  func bilinear(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess {
    guess(
      Bilinear(weight: primary.tensor, bias: group.bias?.tensor), group, isGuess: true,
      [Geometry(inAxes: [1, 2])])
  }

  /// A convolution; without a number of groups it is what the widths of layers before it say.
  func conv(_ group: LayerGroup, _ primary: LayerGroup.Leaf, _ layout: WeightLayout, groups: Int?)
    -> LayerGuess
  {
    let shape = primary.tensor.shape
    var axes = Recognizer.axes(of: shape, layout)
    axes.isGuess = groups == nil
    let counts = groups.map { [$0] } ?? flow.groups(of: primary.entry)
    let choices = counts.map { count in
      var geometry = axes
      geometry.groups = count
      return geometry
    }
    let base = Conv(
      weight: canonical(primary.tensor, choices[0]), bias: group.bias?.tensor, groups: choices[0].groups)
    // Three axes are a bilinear form's as well.
    let isUnnamed = shape.rank == 3 && groups == nil && !group.name.lowercased().contains("conv")
    // So is a kernel of even size between as many channels a transposed convolution's.
    let isEven = groups == nil && shape[0] == shape[1] && axes.kernelAxes(of: shape).allSatisfy { shape[$0] % 2 == 0 }
    return guess(base, group, isGuess: isUnnamed || isEven || isShort(group, shape) || choices.count > 1, choices)
  }

  /// A few steps of each channel beside a state-space model's decay: some begin as convolutions, some at 0, some as the identity.
  private func isShort(_ group: LayerGroup, _ shape: Shape) -> Bool {
    group.bias == nil && shape.rank == 3 && shape[1] == 1 && hasSibling(group, "A_log")
  }

  func convTranspose(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ layout: WeightLayout, groups: Int?
  ) -> LayerGuess {
    let shape = primary.tensor.shape
    var geometry = Recognizer.axes(of: shape, layout)
    if layout == .torch { (geometry.outAxis, geometry.inAxes) = (1, [0]) }
    geometry.isTransposed = true
    // One output for each input, and as many biases as inputs: each channel on its own.
    let isDepthwise =
      layout == .torch && shape[1] == 1 && shape[0] > 1
      && (group.bias.map { $0.tensor.shape.sizes == [shape[0]] } ?? true)
    geometry.groups = groups ?? (isDepthwise ? shape[0] : 1)
    geometry.isGuess = groups == nil
    let base = ConvTranspose(
      weight: canonical(primary.tensor, geometry), bias: group.bias?.tensor, groups: geometry.groups)
    return guess(base, group, isGuess: groups == nil, [geometry])
  }

  /// Outputs and inputs of a convolution's weight.
  static func axes(of shape: Shape, _ layout: WeightLayout) -> Geometry {
    switch layout {
    case .flax: Geometry(outAxis: shape.rank - 1, inAxes: [shape.rank - 2])
    case .mlx: Geometry(outAxis: 0, inAxes: [shape.rank - 1])
    default: Geometry()
    }
  }

  /// Flax's attention keeps the heads as an axis: `[in, heads, size]` with a bias `[heads, size]` for
  /// queries, keys and values, `[heads, size, out]` for the output.
  private func generalDense(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess? {
    let shape = primary.tensor.shape
    guard primary.field == .kernel, shape.count > 0 else { return nil }
    let isProjection =
      group.bias?.tensor.shape.rank == 2 || ["query", "key", "value"].contains(group.name)
    if isProjection { return splitHeads(group, primary, shape) }
    guard group.name == "out", hasSibling(group, "query") else { return nil }
    let joined = Geometry(outAxis: 2, inAxes: [0, 1])
    return guess(
      wideDense(group, primary, in: shape[0] * shape[1], out: shape[2]), group, isGuess: false, [joined])
  }

  /// Inputs feed all heads, and the heads' outputs are two axes.
  ///
  /// As one out-axis and a kernel axis that counts
  /// the heads, the fans come out right if inputs are split over the heads, which they always are in
  /// attention.
  private func splitHeads(_ group: LayerGroup, _ primary: LayerGroup.Leaf, _ shape: Shape) -> LayerGuess {
    let geometry = Geometry(
      outAxis: 2, inAxes: [0], groups: max(1, shape[1]), isTransposed: true, isGuess: true)
    let base = wideDense(group, primary, in: shape[0], out: shape[1] * shape[2])
    return guess(base, group, isGuess: false, geometry.fits(shape) ? [geometry] : [])
  }

  private func wideDense(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, in inputs: Int, out outputs: Int
  ) -> Dense {
    let weight = Shape(checking: [outputs, inputs]).map { Tensor(lazy: $0, dtype: primary.tensor.dtype) }
    return Dense(weight: weight ?? primary.tensor, bias: group.bias?.tensor)
  }
}

extension NameHint {
  /// Names of branches that make pictures or sounds larger.
  var isEnlarging: Bool {
    has("upsampl") || has("upscal") || hasWord("up") || hasWord("resize")
  }
}
