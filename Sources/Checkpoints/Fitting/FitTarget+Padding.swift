import Diagnostics

extension FitTarget {
  /// A tensor with more rows than was said, so that their number is a multiple of another.
  struct Padding: Sendable {
    let name: String
    let from, to: Int
  }

  /// The same with the first axes of some tensors rounded up to a multiple, as fast kernels want tables of words and heads.
  ///
  /// - Parameter names: which, by parts of their names.
  /// - Throws: ``Diagnostics/ErrorCode/fitTarget`` for a model, whose shapes are its own.
  public func padding(_ names: [String], toMultipleOf multiple: Int) throws(Diagnostic) -> FitTarget {
    guard model == nil, !isAdapter else {
      throw Diagnostic(
        .fitTarget, "a model says its sizes itself, and is not padded", at: text,
        hints: [
          "a config.json, a checkpoint or a file of names and shapes may be padded", "--set with the padded number",
        ])
    }
    let padded = try NamedTensors(names)
    var paddings: [Padding] = []
    let items = items.map { item in
      guard let rows = item.shape.first, rows % multiple != 0, item.names.contains(where: padded.contains) else {
        return item
      }
      let (blocks, isOver) = (rows / multiple + 1).multipliedReportingOverflow(by: multiple)
      guard !isOver else { return item }
      paddings += item.names.map { Padding(name: $0, from: rows, to: blocks) }
      return Item(names: item.names, shape: [blocks] + item.shape.dropFirst(), dtype: item.dtype)
    }
    return FitTarget(called: text, items, config: config, paddings: paddings)
  }
}
