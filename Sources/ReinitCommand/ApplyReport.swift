import JSONText
import Presentation
import Reinit

/// What `apply` prints: each rule with what it came to.
struct ApplyReport {
  let checkpoint: Checkpoint
  let plan: Plan
  let output: String?
  let isDryRun: Bool

  private var inventory: Inventory { checkpoint.inventory }

  /// Schema `reinit.apply/1`.
  var json: JSONValue {
    var object: JSONObject = ["schema": "reinit.apply/1", "file": .string(checkpoint.path)]
    object.append("output", isDryRun ? .null : output.map { .string($0) } ?? .null)
    object.append("seed", Int64(exactly: plan.seed).map { .integer($0) } ?? .string(String(plan.seed)))
    object.append("rules", .array(plan.rules.map(json)))
    object.append("tensors", .array(tensors))
    return .object(object)
  }

  private func json(of rule: Plan.RuleReport) -> JSONValue {
    [
      "rule": .string(rule.text), "tensors": .integer(Int64(rule.tensors)),
      "parameters": .integer(Int64(rule.parameters)),
    ]
  }

  /// Every tensor of the file, with the rule that filled or kept it.
  private var tensors: [JSONValue] {
    var filled: [Int: Plan.Step] = [:]
    for step in plan.steps { filled[step.leaf] = step }
    return inventory.leaves.indices.map { leaf in
      let value = inventory.leaves[leaf]
      let step = filled[leaf]
      var object: JSONObject = ["path": .string(inventory.path(ofLeaf: leaf).description)]
      object.append("shape", .array(value.shape.sizes.map { .integer(Int64($0)) }))
      object.append("dtype", .string(value.dtype.rawValue))
      object.append("rule", step.map { .string(plan.rules[$0.rule].text) } ?? .null)
      object.append("changed", .bool(step != nil))
      return .object(object)
    }
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let lines = [style(headline(style.numbers)), ""] + table(style).lines(in: style, width: console.tableWidth)
    return lines + ["", style(closing)]
  }

  private func headline(_ numbers: NumberFormat) -> Text {
    let tensors = inventory.leaves.count
    let total = inventory.parameters
    return
      """
      \(isDryRun ? "Would fill" : "Filled") \(numbers.integer(plan.steps.count)) of \(numbers.integer(tensors)) \
      tensors (\(numbers.integer(plan.parameters)) of \(numbers.integer(total)) parameters), \
      \(isDryRun ? "leave" : "left") \(numbers.integer(tensors - plan.steps.count)).
      """
  }

  private func table(_ style: Style) -> Table {
    let numbers = style.numbers
    var table = Table([
      .init("rule", elision: .middle), .init("tensors", .right), .init("parameters", .right),
      .init("example", elision: .path),
    ])
    for rule in plan.rules {
      table.add([
        Text(rule.text).styled(rule.isFill ? .initializer : nil), Text(numbers.integer(rule.tensors)),
        Text(numbers.integer(rule.parameters)), Text(rule.example ?? ""),
      ])
    }
    let rest = plan.untouched
    table.add([
      ("no rule" as Text).styled(.secondary), Text(numbers.integer(rest.count)),
      Text(numbers.integer(rest.reduce(0) { $0 + inventory.leaves[$1].shape.count })),
      Text(rest.first.map { inventory.path(ofLeaf: $0).description } ?? ""),
    ])
    return table
  }

  private var closing: Text {
    guard !isDryRun else { return "Nothing was written. Run again without --dry-run to write." }
    return "Wrote \(output ?? "nothing"), seed \(String(plan.seed)); the receipt is in its metadata."
  }
}

extension Inventory {
  /// The elements of all parameters, tied ones once; buffers are not parameters.
  var parameters: Int {
    leaves.indices.reduce(0) { sum, leaf in
      let value = leaves[leaf]
      return value.role != .buffer && Int(value.tie) == leaf ? sum + value.shape.count : sum
    }
  }
}
