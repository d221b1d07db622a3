import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Plan.Steps {
  /// The draws of steps that read, by step, with the values of a model that nothing has changed yet.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` for a tensor without values; opening's codes.
  func readDraws(from model: some Node) throws(Diagnostic) -> [Int: Draw] {
    guard draws.contains(where: \.reads) else { return [:] }
    let tensors = try model.leaves(ties: .every).map(\.tensor)
    var reading: [Int: Draw] = [:]
    for (index, step) in enumerated() where step.draw.reads {
      reading[index] = try step.draw.reading(at: step.name) { (source) throws(Diagnostic) in
        try tensor(of: source, for: step, in: tensors)
      }
    }
    return reading
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
