import CReinit
import Diagnostics
import Functors
import LayerVocabulary
import PluginHost
import Tensors

extension LayerLaws {
  /// How many rows a batch has: one, even and odd numbers.
  private static let rowCounts = [1, 3, 4, 5, 7, 8, 17]

  /// Batches of any number of rows; where rows of a batch of two are what they are alone, those of every other one are.
  static func rows(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var isTried = false
    let verdict = try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      guard let batch = RowBatch(inputs) else { return }
      isTried = true
      var alone = try batch.rowsAlone(layer)
      for count in [2] + rowCounts {
        bench.announcer.step("forward of \(variant.text) for \(count) rows")
        guard let outputs = try accepted(layer, batch.rows(0..<count)) else { continue }
        try requireFinite(outputs, variant, "\(count) rows")
        guard let rows = alone, let problem = RowBatch.difference(outputs, rows, count) else { continue }
        // Rows that know of one another are no matter of their number.
        guard count != 2 else {
          alone = nil
          continue
        }
        throw Diagnostic(
          .findingRows, "rows of a batch of \(count) are not what they are alone, as those of two are",
          at: variant.text,
          expected: "equal rows, to rounding", found: problem)
      }
      try deeper(layer, inputs, variant, bench)
    }
    return isTried ? verdict : .skipped("its inputs have no rows")
  }

  /// One axis more: refused, or the same each time and finite.
  private static func deeper(
    _ layer: PluginLayer, _ inputs: [Tensor], _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) {
    let deep = inputs.enumerated().map { index, input in
      InputValues.tensor(Shape([3, 5] + input.shape.sizes.dropFirst()), input.dtype, number: index)
    }
    bench.announcer.step("forward of \(variant.text) for inputs of shapes \(deep.map(\.shape))")
    guard let outputs = try accepted(layer, deep), let again = try accepted(layer, deep) else { return }
    try requireFinite(outputs, variant, "inputs of shapes \(deep.map(\.shape))")
    guard !areEqual(outputs, again) else { return }
    throw Diagnostic(
      .findingForwardRepeat, "the same pass gives another output for inputs of shapes \(deep.map(\.shape))",
      at: variant.text, expected: "equal bits", found: "other values")
  }

  /// What comes out; nil for a refusal.
  static func accepted(_ layer: PluginLayer, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor]? {
    do throws(Diagnostic) { return try output(layer, inputs) } catch {
      guard error.isRefusal else { throw error }
      guard error.isSilent else { return nil }
      throw Diagnostic(
        .findingSilent, "a call is refused without a reason", at: error.place,
        expected: "a text by host->fail before the status is returned", found: error.found)
    }
  }

  static func requireFinite(_ outputs: [Tensor], _ variant: LayerVariant, _ what: String) throws(Diagnostic) {
    for (index, output) in outputs.enumerated() {
      guard let element = output.elements.firstIndex(where: { !$0.isFinite }) else { continue }
      throw Diagnostic(
        .findingOutputNotFinite, "output \(index) is not finite for \(what)", at: variant.text,
        expected: "finite numbers", found: "\(output.elements[element]) at element \(element)")
    }
  }

  /// Biases and the like that are absent from now on: refused, or a layer that works.
  static func absent(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var isTried = false
    for variant in try bench.passing() {
      let layer = try bench.filled(variant)
      for (index, child) in layer.instance.children.enumerated() where child.tensor != nil && child.isTensor {
        guard layer.children[index].role != .weight else { continue }
        isTried = true
        bench.announcer.step("rebuild of \(variant.text) without '\(name(index, layer))', and a pass")
        var parts = layer.instance.ownParts
        parts[index].tensor = nil
        guard let new = try rebuilt(layer, parts) else { continue }
        guard let outputs = try accepted(new, variant.inputs) else { continue }
        try requireFinite(outputs, variant, "a layer without '\(name(index, layer))'")
        _ = new.arguments
      }
    }
    return isTried ? .passed : .skipped("it has no parts that may be absent")
  }

  private static func rebuilt(_ layer: PluginLayer, _ parts: [ri_part]) throws(Diagnostic) -> PluginLayer? {
    do throws(Diagnostic) { return PluginLayer(try layer.instance.rebuilt(rawParts: parts)) } catch {
      guard error.isRefusal || error.code == .pluginChildren else { throw error }
      return nil
    }
  }

  /// Inputs and parts of other element types: refused, or what the same numbers give in f32.
  static func dtypes(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      guard inputs.allSatisfy({ $0.dtype == .f32 }), !inputs.isEmpty else { return }
      for dtype in [DType.f64, .f16, .bf16, .i32] {
        // Numbers that all of the types can hold.
        let whole = inputs.map { $0.mapElements { ($0 * 4).rounded() } }
        bench.announcer.step("forward of \(variant.text) for inputs of \(dtype)")
        guard let outputs = try accepted(layer, whole.map { $0.converted(to: dtype) }) else { continue }
        try requireNear(outputs, try output(layer, whole), "inputs of \(dtype) are taken for another type", variant)
      }
      for (index, child) in layer.instance.children.enumerated() where child.isTensor {
        guard let tensor = child.tensor?.tensor, tensor.dtype == .f32, !tensor.isLazy else { continue }
        for dtype in [DType.f64, .f16] { try part(index, tensor, dtype, layer, variant, bench) }
      }
    }
  }

  /// One part of another type.
  private static func part(
    _ index: Int, _ tensor: Tensor, _ dtype: DType, _ layer: PluginLayer, _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) {
    let counter = layer.instance.type.counter
    let whole = tensor.mapElements { ($0 * 4).rounded() / 4 }
    let (other, same) = (TensorHandle(whole.converted(to: dtype), counter), TensorHandle(whole, counter))
    bench.announcer.step("rebuild of \(variant.text) with '\(name(index, layer))' in \(dtype), and a pass")
    var parts = layer.instance.ownParts
    parts[index].tensor = other.pointer
    guard let new = try rebuilt(layer, parts), let outputs = try accepted(new, variant.inputs) else { return }
    parts[index].tensor = same.pointer
    guard let usual = try rebuilt(layer, parts) else { return }
    try requireNear(
      outputs, try output(usual, variant.inputs), "'\(name(index, layer))' in \(dtype) is taken for another type",
      variant)
    withExtendedLifetime((other, same)) {}
  }

  private static func requireNear(
    _ found: [Tensor], _ expected: [Tensor], _ message: String, _ variant: LayerVariant
  ) throws(Diagnostic) {
    for (found, expected) in zip(found, expected) {
      let (a, b) = (found.elements, expected.elements)
      let scale = b.reduce(1e-6) { max($0, abs($1)) }
      let isNear = a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 0.02 * scale }
      guard !isNear else { continue }
      throw Diagnostic(
        .findingMisread, message, at: variant.text, expected: "a refusal, or what f32 gives: \(b.prefix(3))",
        found: "\(a.prefix(3))")
    }
  }
}

/// Inputs of any number of rows, of which row i is always the same.
struct RowBatch {
  private static let most = 17
  private let tables: [Tensor]

  /// - Parameter inputs: inputs that a layer takes; nil where they have no common first axis.
  init?(_ inputs: [Tensor]) {
    guard let rows = inputs.first?.shape.sizes.first,
      inputs.allSatisfy({ $0.shape.rank > 1 && $0.shape.sizes.first == rows })
    else { return nil }
    tables = inputs.enumerated().map { index, input in
      InputValues.tensor(Shape([RowBatch.most] + input.shape.sizes.dropFirst()), input.dtype, number: index)
    }
  }

  func rows(_ range: Range<Int>) -> [Tensor] {
    tables.map { table in
      let size = table.shape.count / RowBatch.most * table.dtype.size
      var rows = Tensor(
        uninitialized: Shape([range.count] + table.shape.sizes.dropFirst()), dtype: table.dtype)
      table.withBytes { source in
        rows.withMutableBytes(keepingContents: false) {
          $0.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[(range.lowerBound * size)..<(range.upperBound * size)]))
        }
      }
      return rows
    }
  }

  /// The first output for each row alone; nil where a row alone is refused or has another number of rows.
  func rowsAlone(_ layer: PluginLayer) throws(Diagnostic) -> [[Double]]? {
    var alone: [[Double]] = []
    for row in 0..<RowBatch.most {
      guard let output = try LayerLaws.accepted(layer, rows(row..<(row + 1)))?.first,
        output.shape.sizes.first == 1
      else { return nil }
      alone.append(output.elements)
    }
    return alone
  }

  /// Where rows of a batch are not what they are alone; nil where all are.
  static func difference(_ outputs: [Tensor], _ alone: [[Double]], _ count: Int) -> String? {
    guard let output = outputs.first, output.shape.sizes.first == count else { return "another number of rows" }
    let (values, size) = (output.elements, output.shape.count / max(1, count))
    let scale = values.reduce(1e-6) { max($0, abs($1)) }
    for row in 0..<count where alone[row].count == size {
      let pairs = zip(values[(row * size)..<((row + 1) * size)], alone[row])
      if let place = pairs.enumerated().first(where: { abs($0.element.0 - $0.element.1) > 1e-3 * scale }) {
        let (together, single) = (Decimals.text(place.element.0), Decimals.text(place.element.1))
        return "row \(row), element \(place.offset): \(together), alone \(single)"
      }
    }
    return nil
  }
}
