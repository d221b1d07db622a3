import Functors
import Initializers
import JSONText
import LayerVocabulary
import Tensors

extension Plan {
  /// For each rule what it came to, as `apply --format json` has it.
  package var rulesJSON: JSONValue {
    .array(
      rules.map { rule in
        [
          "rule": .string(rule.text), "tensors": .integer(Int64(rule.tensors)),
          "parameters": .integer(Int64(rule.parameters)),
        ]
      })
  }

  /// Every tensor of the tree, with the rule that fills or keeps it, and how its values are made.
  /// - Parameter fileName: a leaf's name in its file, where it has one.
  package func tensorsJSON(fileName: (Int) -> String? = { _ in nil }) -> JSONValue {
    let filled = Dictionary(grouping: steps, by: \.leaf)
    let kept = Dictionary(kept.map { ($0.leaf, $0.rule) }, uniquingKeysWith: { first, _ in first })
    return .array(
      inventory.leaves.indices.map { leaf in
        let value = inventory.leaves[leaf]
        let path = inventory.path(ofLeaf: leaf).description
        let steps = filled[leaf] ?? []
        let step = steps.first
        var object: JSONObject = ["path": .string(path)]
        if let file = fileName(leaf), !file.utf8.elementsEqual(path.utf8) { object.append("file", .string(file)) }
        object.append("shape", .array(value.shape.sizes.map { .integer(Int64($0)) }))
        object.append("dtype", .string(value.dtype.rawValue))
        object.append("rule", (step?.rule ?? kept[leaf]).map { .string(rules[$0].text) } ?? .null)
        object.append("changed", .bool(step != nil))
        if let step { append(step, to: &object) }
        if steps.contains(where: { $0.region != nil }) { object.append("parts", .array(steps.map(part))) }
        return .object(object)
      })
  }

  /// Elements of a tensor that one rule fills.
  private func part(_ step: Plan.Step) -> JSONValue {
    [
      "part": step.region?.text.map { .string($0) } ?? .null, "rule": .string(rules[step.rule].text),
      "elements": .integer(Int64(step.count)), "method": .string(step.draw.method.rawValue),
    ]
  }

  private func append(_ step: Plan.Step, to object: inout JSONObject) {
    object.append("method", .string(step.draw.method.rawValue))
    var numbers = JSONObject()
    for number in step.draw.numbers { numbers.append(number.name, .number(number.value)) }
    object.append("numbers", .object(numbers))
    if step.draw.reads { object.append("reads", .array(step.draw.sources.map { .string($0.description) })) }
    object.append("layerGuess", .bool(step.isGuess))
    guard let fans = step.fans else { return }
    object.append("fanIn", .integer(Int64(fans.fanIn)))
    object.append("fanOut", .integer(Int64(fans.fanOut)))
    object.append("guess", .bool(step.usesGuess))
  }
}
