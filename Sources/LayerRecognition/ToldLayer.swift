import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A layer whose kind was told, made from the tensors of its group.
struct ToldLayer {
  let kind: LayerKind
  let arguments: ToldArguments
  let config: ModelConfig?
  /// Whose word it is.
  var source = ToldSource.user

  func apply(to group: LayerGroup, _ recognizer: Recognizer) throws(Diagnostic) -> LayerGuess {
    var guess = try plain(group, recognizer)
    guess.beginnings = arguments.beginnings
    if beginsAtZero, guess.base is any CenteredNorm { guess.becomeOther() }
    return guess
  }

  /// Whether the weight was told to begin at 0: a norm then multiplies by 1 + w, and is no rule's for factors that begin at 1.
  private var beginsAtZero: Bool {
    (arguments.beginnings.last { $0.field == "weight" }?.initializer as? Constant)?.value == 0
  }

  private func plain(_ group: LayerGroup, _ recognizer: Recognizer) throws(Diagnostic) -> LayerGuess {
    if kind == Parameter([]).kind, let only = group.leaves.first, group.leaves.count == 1 {
      guard source == .user || only.field == .other || only.name.isEmpty else {
        throw wrong("'\(only.name)' is that of a layer")
      }
      return try parameter(only)
    }
    guard let primary = group.primary, primary.tensor.dtype.isFloatingPoint else {
      return try byFields(group, recognizer)
    }
    switch kind.name {
    case "Dense": return try dense(group, primary, recognizer)
    case "Conv", "ConvTranspose": return try convolution(group, primary, recognizer)
    case "Experts": return try experts(group, primary, recognizer)
    case "Embedding":
      try check([], primary, ranks: 2...2)
      return recognizer.embedding(primary, isGuess: false)
    case "Bilinear":
      try check([], primary, ranks: 3...3)
      var guess = recognizer.bilinear(group, primary)
      guess.isGuess = false
      return guess
    case "LayerScale":
      try check([], primary, ranks: 0...Int.max)
      return alone(LayerScale(weight: primary.tensor), primary, .scale)
    default: return try norm(group, primary, recognizer)
    }
  }

  private func dense(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    try check(["parts", "heads", "transposed"], primary, ranks: 2...2)
    let isTransposed = try isTransposed(group, primary, recognizer)
    let outputs = primary.tensor.shape[isTransposed ? 1 : 0]
    let sizes = try partSizes(of: outputs)
    let parts = sizes == nil ? try count("parts") : 1
    guard parts.map({ outputs % $0 == 0 }) ?? true else {
      throw wrong("\(parts ?? 0) parts do not divide \(outputs)")
    }
    var guess = recognizer.dense(group, primary, isTransposed ? .inOut : .outIn, parts: parts, isGuess: false)
    if let sizes { guess.pack(sizes) }
    try deal(&guess, sizes ?? parts.map { Array(repeating: outputs / $0, count: $0) } ?? [])
    return guess
  }

  /// Says how parts lie that were told: one after the other, or head by head.
  private func deal(_ guess: inout LayerGuess, _ sizes: [Int]) throws(Diagnostic) {
    let heads = try count("heads")
    guard !sizes.isEmpty else {
      guard heads == nil else { throw wrong("'heads' says how 'parts' lie, and no parts were told") }
      return
    }
    if let heads, let size = sizes.first(where: { $0 % heads != 0 }) {
      throw wrong("\(heads) heads do not divide a part of \(size)")
    }
    guess.lay(heads.map { $0 == 1 ? .sequence : .byHead($0) } ?? .sequence)
  }

  /// Whether the weight is [in, out]: as it was told, or, where a note about names alone says nothing, as its bias does.
  private func isTransposed(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> Bool {
    if let told = try numbers("transposed")?.first { return told != 0 }
    guard source == .names else { return false }
    return recognizer.evidence.orientation(
      of: primary.tensor.shape, bias: group.bias?.tensor.shape, field: primary.field, hint: recognizer.hint(group))
      == .inOut
  }

  /// Maps of experts, `[experts, out, in]` or `[experts, in, out]`.
  private func experts(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    try check(["parts", "transposed"], primary, ranks: 3...3)
    let out = try (numbers("transposed")?.first ?? 0) != 0 ? 2 : 1
    let outputs = primary.tensor.shape[out]
    let sizes = try partSizes(of: outputs)
    let parts = sizes == nil ? try count("parts") ?? 1 : 1
    guard outputs % parts == 0 else { throw wrong("\(parts) parts do not divide \(outputs)") }
    let geometry = Geometry(outAxis: out, inAxes: [3 - out], parts: parts, isStacked: true)
    var guess = recognizer.guess(Experts(weight: primary.tensor), group, isGuess: false, [geometry])
    if let sizes { guess.pack(sizes) }
    return guess
  }

  /// The sizes of parts that were told as a list; nil where they were not.
  private func partSizes(of outputs: Int) throws(Diagnostic) -> [Int]? {
    guard let numbers = try numbers("parts"), numbers.count > 1 else { return nil }
    let sizes = numbers.compactMap { Int(exactly: $0) }.filter { $0 > 0 }
    guard sizes.count == numbers.count, sizes.reduce(0, { $0.addingReportingOverflow($1).partialValue }) == outputs
    else {
      throw wrong("parts of the sizes \(numbers) are not \(outputs) outputs")
    }
    return sizes
  }

  private func convolution(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    try check(["groups"], primary, ranks: 3...5)
    let layout = recognizer.evidence.convolution(primary.field)
    // A note that gives no number leaves it to the channels before.
    let groups = try count("groups") ?? (source == .user ? 1 : nil)
    var guess =
      kind.name == "Conv"
      ? recognizer.conv(group, primary, layout, groups: groups)
      : recognizer.convTranspose(group, primary, layout, groups: groups)
    let geometry = guess.geometries.first?.choices.first
    guard geometry?.fits(primary.tensor.shape) ?? false else {
      throw wrong("\(groups ?? 1) groups do not divide the channels of \(primary.tensor.shape)")
    }
    if guess.geometries[0].choices.count == 1 { guess.isGuess = false }
    return guess
  }

  /// A tensor on its own, whatever its type and shape.
  private func parameter(_ only: LayerGroup.Leaf) throws(Diagnostic) -> LayerGuess {
    try check([], only, ranks: 0...Int.max)
    let role = arguments.role ?? .weight
    let begins = arguments.beginnings.last?.initializer
    return alone(Parameter(only.tensor, role: role, start: begins), only, role)
  }

  /// A layer of one tensor without a name of its own.
  private func alone(_ base: any Layer, _ only: LayerGroup.Leaf, _ role: ParameterRole) -> LayerGuess {
    LayerGuess(
      base: base, isGuess: false,
      assignments: [LayerGuess.Assignment(entry: only.entry, field: "weight", role: role)])
  }

  private func norm(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess {
    let weight = primary.tensor
    try check(kind.name == "GroupNorm" ? ["groups"] : [], primary, ranks: 0...Int.max)
    switch kind.name {
    case "LayerNorm": return recognizer.layerNorm(group, isGuess: false)
    case "RMSNorm" where source == .names && recognizer.norms.mayBeginAtZero && arguments.beginnings.isEmpty:
      // The names are those of models of both kinds.
      return recognizer.unknown(RMSNorm(weight: weight, sizes: weight.shape.sizes), group)
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
    if let unknown = arguments.numbers.first(where: { !names.contains($0.name) })?.name
      ?? (arguments.role != nil && kind.name != "Parameter" ? "role" : nil)
    {
      throw Diagnostic(
        .usage, "'\(kind.name)' has no argument '\(unknown)' in a type correction",
        expected: (names + (kind.name == "Parameter" ? ["role"] : []) + ["begins", "begins_FIELD"])
          .joined(separator: ", "))
    }
    guard ranks.contains(primary.tensor.shape.rank) else {
      throw wrong("a weight of shape \(primary.tensor.shape) cannot be that of '\(kind.name)'")
    }
  }

  private func numbers(_ name: String) throws(Diagnostic) -> [Double]? { try arguments.numbers(name, config) }

  private func count(_ name: String) throws(Diagnostic) -> Int? {
    guard let value = try numbers(name)?.first else { return nil }
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

/// Who says what a layer is.
enum ToldSource: Sendable {
  /// A person, of this very file.
  case user
  /// A note that was named.
  case note
  /// A note that was chosen because its names are the file's.
  case names
}

/// Norms whose factor may be stored as what it is more than 1.
private protocol CenteredNorm {}
extension RMSNorm: CenteredNorm {}
extension LayerNorm: CenteredNorm {}
