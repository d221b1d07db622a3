import JSONText
import Presentation
import Reinit

/// What `apply` and `build` print: each rule with what it came to.
struct ApplyReport {
  let schema: String
  /// The file or the model that the plan is for.
  let source: String
  let plan: Plan
  let output: String?
  let isDryRun: Bool
  /// The file's name of a leaf, where there is a file.
  var fileName: (Int) -> String? = { _ in nil }
  /// Whether recipes were named, and are not those that a model of its kind begins with.
  var namesRecipes = true

  /// The optimizer's state that follows.
  var state: OptimizerState?

  /// What is known of the file's architecture.
  var architecture: NoteFit?

  /// What layers were read by, and a line for each recipe some of whose rules reached nothing.
  private var notes: [String] {
    (architecture.map { ["layers are read as the architecture's note says: \($0.description)"] } ?? [])
      + (namesRecipes ? plan.unreachedRules.map(\.description) : []) + computedWeights
  }

  /// Layers whose weights are computed from other tensors, left as they were where rules filled the weights of others.
  private var computedWeights: [String] {
    guard plan.rules.contains(where: { $0.isFill && $0.tensors > 1 }) else { return [] }
    let told = Set(plan.steps.map(\.leaf)).union(plan.kept.map(\.leaf))
    let left = inventory.leaves.indices.filter { !told.contains($0) && inventory.leaves[$0].isComputedFrom }
    guard let first = left.first else { return [] }
    let names = "'\(inventory.path(ofLeaf: first))'" + (left.count > 1 ? " and \(left.count - 1) more" : "")
    return [
      "\(names) were left: weights are computed from them (weight norm, spectral norm), and rules do not reach those"
    ]
  }

  private var inventory: Inventory { plan.inventory }

  /// Schema `reinit.apply/1` or `reinit.build/1`.
  var json: JSONValue {
    var object: JSONObject = ["schema": .string(schema)]
    object.append(schema.hasPrefix("reinit.build") ? "model" : "file", .string(source))
    object.append("output", isDryRun ? .null : output.map { .string($0) } ?? .null)
    object.append("dryRun", .bool(isDryRun))
    object.append("seed", Int64(exactly: plan.seed).map { .integer($0) } ?? .string(String(plan.seed)))
    object.append("rules", plan.rulesJSON)
    if let state {
      object.append(
        "also",
        [
          "file": .string(state.checkpoint.path), "tensors": .integer(Int64(state.tensors)),
          "elements": .integer(Int64(state.elements)),
        ])
    }
    object.append("notes", .array(notes.map { .string($0) }))
    object.append("tensors", plan.tensorsJSON(fileName: fileName))
    return .object(object)
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    let lines = [style(headline(style.numbers)), ""] + table(style).lines(in: style, width: console.tableWidth)
    return lines + [""]
      + (notes.map { "\($0)." } + parts(style.numbers) + reads + moments(style.numbers) + guesses + [closing]).map {
        style($0)
      }
  }

  private func headline(_ numbers: NumberFormat) -> Text {
    let tensors = inventory.leaves.indices.count { Int(inventory.leaves[$0].tie) == $0 }
    let total = inventory.parameters
    let filled = plan.tensors
    return
      """
      \(isDryRun ? "Would fill" : "Filled") \(numbers.integer(filled)) of \(numbers.integer(tensors)) \
      tensors (\(numbers.integer(plan.parameters)) of \(numbers.integer(total)) parameters), \
      \(isDryRun ? "leave" : "left") \(numbers.integer(tensors - filled)).
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
      Text(numbers.integer(rest.reduce(0) { $0 + inventory.parameters(ofLeaf: $1) })),
      Text(rest.first.map { inventory.path(ofLeaf: $0).description } ?? ""),
    ])
    return table
  }

  private var closing: Text {
    guard !isDryRun else { return "Nothing was written." }
    let output = output ?? source
    return "Wrote \(output), seed \(String(plan.seed)); the receipt is \(place(of: output))."
  }

  private func place(of output: String) -> Text {
    do throws(Diagnostic) {
      return try Checkpoint.sidecarPath(of: output).map { "in \($0)" } ?? "in its metadata"
    } catch { return "in its metadata, or beside it" }
  }

  /// What becomes of the optimizer's state.
  private func moments(_ numbers: NumberFormat) -> [Text] {
    guard let state else { return [] }
    let verb = isDryRun ? "would become" : "became"
    return [
      "\(numbers.integer(state.elements)) elements of \(numbers.integer(state.tensors)) moments in \(state.checkpoint.path) \(verb) 0."
    ]
  }

  /// What parts come to, the first of each rule.
  private func parts(_ numbers: NumberFormat) -> [Text] {
    var (known, lines): (Set<Int>, [Text]) = ([], [])
    for step in plan.steps {
      guard let region = step.region, let part = region.text, known.insert(step.rule).inserted else { continue }
      var line =
        "\(step.name)[\(part)] is \(numbers.integer(step.count)) of \(numbers.integer(step.shape.count)) elements"
      if case .rows(let rows) = region.elements {
        line += ", in \(numbers.integer(rows.reduce(0) { $0 + $1.count })) of \(numbers.integer(step.shape[0])) rows"
      }
      if step.isMadeByItself { line += "; \(step.draw.method.rawValue) is made for the part by itself" }
      lines.append("\(line).")
    }
    return lines
  }

  /// Which tensors are made of what, the first of each rule.
  private var reads: [Text] {
    var (known, lines): (Set<Int>, [Text]) = ([], [])
    for step in plan.steps where step.draw.reads && known.insert(step.rule).inserted {
      let sources = step.draw.sources.map(\.description).joined(separator: ", ")
      lines.append("\(step.name) is made of: \(sources) ('\(plan.rules[step.rule].text)').")
    }
    return lines
  }

  /// What rests on a guess: the kind of a layer, or the groups of a convolution, which are in no file.
  private var guesses: [Text] {
    let (layers, fans) = (plan.steps.count { $0.isGuess }, plan.steps.count { $0.usesGuess })
    let numbers = [
      layers > 0 ? "\(layers) of the tensors are in layers guessed by names and shapes" : nil,
      fans > 0 ? "fans? of \(fans) rest on guessed groups" : nil,
    ].compactMap { $0 }
    guard !numbers.isEmpty else { return [] }
    return ["\(numbers.joined(separator: "; ")): summary marks them with ?, --type corrects them."]
  }
}

extension ApplyReport {
  /// The report of a plan for a file.
  init(of plan: Plan, for checkpoint: Checkpoint, output: String?, isDryRun: Bool) {
    self.init(
      schema: "reinit.apply/1", source: checkpoint.path, plan: plan, output: output, isDryRun: isDryRun,
      fileName: { checkpoint.entry(ofLeaf: $0).name }, architecture: checkpoint.architecture)
  }
}

extension Inventory {
  /// The elements of a parameter; those of a buffer, and of a tied parameter's further paths, do not count.
  func parameters(ofLeaf leaf: Int) -> Int {
    leaves[leaf].role != .buffer && Int(leaves[leaf].tie) == leaf ? leaves[leaf].shape.count : 0
  }

  /// The elements of all parameters.
  var parameters: Int { leaves.indices.reduce(0) { $0 + parameters(ofLeaf: $1) } }
}
