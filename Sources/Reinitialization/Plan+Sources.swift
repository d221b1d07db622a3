import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Plan.Steps {
  /// The draws of steps that read, by step, with the values of a model that nothing has changed yet.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` for a tensor without values; opening's codes.
  func readDraws(from model: some Node) throws(Diagnostic) -> [Int: Draw] {
    guard draws.contains(where: \.reads) else { return [:] }
    return try readDraws(from: model.leaves(ties: .every).map(\.tensor))
  }

  /// The same with the values of tensors, by leaf.
  func readDraws(from tensors: [Tensor]) throws(Diagnostic) -> [Int: Draw] {
    var reading: [Int: Draw] = [:]
    for (index, step) in enumerated() where step.draw.reads { reading[index] = try readDraw(index, from: tensors) }
    return reading
  }

  /// The draw of a step that reads, with the values.
  func readDraw(_ index: Int, from tensors: [Tensor]) throws(Diagnostic) -> Draw {
    let step = self[index]
    return try step.draw.reading(at: step.name) { (source) throws(Diagnostic) in
      try tensor(of: source, for: step, in: tensors)
    }
  }

  private func tensor(
    of source: DrawSource, for step: Plan.Step, in tensors: [Tensor]
  ) throws(Diagnostic) -> Tensor {
    switch source.place {
    case .old: return tensors[step.leaf]
    case .tensor(let path, _):
      let keys = TreePath(path).keys.dropFirst(prefix.keys.count)
      if let leaf = inventory.leaf(at: TreePath(Array(keys))) { return tensors[leaf] }
    case .file(let file, let tensor):
      if let library { return try library.tensor(tensor, in: file) }
    }
    throw Diagnostic.sourceMissing(source.description, at: step.name, expected: "the tensor that was planned with")
  }
}
