import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Resolution {
  /// A rule's part of a parameter.
  private struct Layer {
    let rule: Int
    /// Nil for a rule about all of the parameter.
    let part: Part?
    let elements: Region.Elements
  }

  /// Adds the steps of a parameter of which rules fill or keep parts.
  ///
  /// The last rule wins for each element: what later ones say is taken away from what earlier ones fill, so that the
  /// steps of one parameter have no element in common, and may be carried out in any order.
  /// - Parameter whole: the last rule about all of it, before these.
  /// - Returns: whether anything is filled.
  mutating func append(
    _ leaf: Int, _ partRules: [Int], over whole: Int?, _ values: (any PartValues)?
  ) throws(Diagnostic) -> Bool {
    let facts = columns.facts(ofLeaf: leaf)
    var layers = whole.map { [Layer(rule: $0, part: nil, elements: .all)] } ?? []
    let resolver = PartResolver(
      name: steps.name(ofLeaf: leaf), shape: facts.shape, dtype: facts.dtype, geometry: facts.geometry,
      weight: columns.weight(besideLeaf: leaf), values: values, leaf: leaf, config: config,
      history: history(of: leaf))
    for rule in partRules {
      guard let part = rules[rule].part else { continue }
      guard let elements = try resolver.elements(of: part) else {
        conditions.unmet[rule] = resolver.place(part)
        continue
      }
      conditions.met.insert(rule)
      layers.append(Layer(rule: rule, part: part, elements: elements))
    }
    let first = steps.entries.count
    for (index, layer) in layers.enumerated() {
      try append(layer, under: layers[(index + 1)...].map(\.elements), leaf, facts)
    }
    return steps.entries.count > first
  }

  private func history(of leaf: Int) -> PartResolver.History? {
    guard reader.isFitted else { return nil }
    guard let before = reader.predecessor(of: leaf) else { return .same }
    guard before.isKept, let shape = before.source?.shape else { return .new }
    return .resized(shape)
  }

  /// Adds what later rules leave of one.
  private mutating func append(
    _ layer: Layer, under later: [Region.Elements], _ leaf: Int, _ facts: ParameterFacts
  ) throws(Diagnostic) {
    let shape = facts.shape
    guard !later.contains(where: { $0.covers(layer.elements, in: shape) }) else { return }
    let region = Region(
      layer.elements, without: later.filter { $0.meets(layer.elements, in: shape) }, text: layer.part?.description)
    guard let map = RegionMap(region, in: shape) else { return }
    let count = map.selectedCount
    guard count > 0 else { return }
    self.count(leaf, for: layer.rule, of: count)
    guard rules[layer.rule].isFill, let draw = try draw(leaf, layer.rule, of: region, map) else { return }
    if layer.part != nil || !region.without.isEmpty {
      steps.cuts[steps.entries.count] = Plan.Steps.Cut(region: region, count: count)
    }
    steps.entries.append(Plan.Steps.Entry(leaf: Int32(leaf), rule: Int32(layer.rule), draw: draw))
  }

  /// The draw of a part: that of the whole tensor, unless the method makes the part as a tensor by itself.
  private mutating func draw(
    _ leaf: Int, _ rule: Int, of region: Region, _ map: RegionMap
  ) throws(Diagnostic) -> Int32? {
    let facts = columns.facts(ofLeaf: leaf)
    guard map.shape != facts.shape || region.text != nil else { return try draw(leaf, rule) }
    let context = PartContext(region, map.shape)
    var drawn: Draw?
    do throws(Diagnostic) { drawn = try draw(leaf, rule).map { steps.draws[Int($0)] } } catch {
      // What does not suit the tensor may suit the part.
      guard error.code == .unsuitableShape else { throw error }
      let own = try resolve(leaf, facts, rules[rule], as: context)
      guard own.isMadeAsAWhole else { throw error }
      drawn = own
    }
    guard var draw = drawn else { return nil }
    if draw.isMadeAsAWhole {
      draw = try resolve(leaf, facts, rules[rule], as: context)
    } else if draw.foreign != nil {
      draw = try resolve(leaf, facts, rules[rule], as: context, byItself: false)
    }
    steps.draws.append(draw)
    return Int32(steps.draws.count - 1)
  }

  /// Counts elements that a rule won.
  private mutating func count(_ leaf: Int, for rule: Int, of elements: Int) {
    reports[rule].tensors += 1
    if sizes[Int(columns.parameters[leaf].facts)] > 0 { reports[rule].parameters += elements }
    if reports[rule].example == nil { reports[rule].example = columns.path(ofLeaf: leaf).description }
  }

  /// - Throws: ``Diagnostics/ErrorCode/ruleMatchesNothing`` for a rule whose condition holds nowhere, unless it may.
  func checkConditionsHold() throws(Diagnostic) {
    for (rule, place) in conditions.unmet.sorted(by: { $0.key < $1.key })
    where !conditions.met.contains(rule) && !rules[rule].allowsNoMatch {
      throw Diagnostic(
        .ruleMatchesNothing, "a rule matches nothing: its condition holds of no row, or its mask is empty", at: place,
        found: "'\(rules[rule].text)'", hints: ["add '?' behind the brackets to accept no match"])
    }
  }

  /// Lets go of masks that must not stay open.
  mutating func close(_ values: (any PartValues)?) {
    guard let values, !values.keepsMasks else { return }
    for (step, cut) in steps.cuts { steps.cuts[step]?.region = cut.region.closed }
  }
}
