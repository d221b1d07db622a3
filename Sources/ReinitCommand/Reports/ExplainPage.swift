import Diagnostics
import JSONText
import Presentation
import Reinit

/// A page of `explain`: a title and sections, the same for text and JSON.
struct ExplainPage {
  let kind: String
  let name: String
  let title: String
  var sections: [(heading: String, paragraphs: [String])] = []

  init(_ code: ErrorCode) {
    (kind, name, title) = ("code", code.id, code.title)
    sections = [("Cause", [code.cause]), ("Fix", [code.fix])]
    if let advice = code.advice {
      sections += [
        ("In C", [advice.c]), ("In C++", [advice.cxx]), ("In Rust", [advice.rust]), ("In Swift", [advice.swift]),
      ]
    }
    sections.append(("Exit code", ["\(code.exit.rawValue)"]))
  }

  init(_ descriptor: InitializerDescriptor) {
    (kind, name, title) = ("initializer", descriptor.name, descriptor.summary)
    sections = [("Formula", descriptor.formula.split(separator: "\n").map { "    \($0)" })]
    if !descriptor.parameters.isEmpty {
      sections.append(
        (
          "Parameters",
          descriptor.parameters.map(Self.line)
        ))
    }
    if !descriptor.reads.isEmpty { sections.append(("Reads", descriptor.reads)) }
    if !descriptor.aliases.isEmpty { sections.append(("Also called", [descriptor.aliases.joined(separator: ", ")])) }
    sections += [("Reference", [descriptor.reference]), ("Origin", [descriptor.origin])]
  }

  init(_ layer: LayerDescriptor) {
    (kind, name, title) = ("layer", layer.kind.name, layer.summary)
    sections = layer.fields.isEmpty ? [] : [("Fields", layer.fields)]
    if !layer.parameters.isEmpty {
      sections.append(("Parameters", layer.parameters.map(Self.line)))
    }
    if !layer.kind.aliases.isEmpty { sections.append(("Also called", [layer.kind.aliases.joined(separator: ", ")])) }
    if !layer.reference.isEmpty { sections.append(("Reference", [layer.reference])) }
    sections.append(("Origin", [layer.origin]))
  }

  private static func line(_ parameter: InitializerDescriptor.Parameter) -> String {
    "\(parameter.name): \(parameter.defaultValue?.description ?? "required") — \(parameter.summary)"
  }

  init(_ recipe: Recipe) {
    (kind, name, title) = ("recipe", recipe.name, recipe.summary)
    sections = [("Rules", recipe.rules.map { "    \($0.text)" }), ("Origin", ["built in"])]
  }

  init(_ model: ModelDescriptor) {
    (kind, name, title) = ("model", model.name, model.family.name)
    sections = [
      ("Options", model.parameters.map(Self.line)), ("Pictures", ["\(model.imageSize) by \(model.imageSize)"]),
      ("Recipe", [model.family.recipe]), ("Reference", [model.family.reference]), ("Origin", ["built in"]),
    ]
  }

  init(_ note: ArchitectureNote) {
    (kind, name, title) = ("architecture", note.name, note.title)
    func section(_ heading: String, _ lines: [String]) {
      if !lines.isEmpty { sections.append((heading, lines)) }
    }
    section("Special", note.special.isEmpty ? [] : [note.special.joined(separator: " ")])
    section("Layers", note.typeTexts.map { "    \($0)" })
    section("Tied", note.tieTexts.map { "    \($0)" })
    section("What ends the residual branches", note.residualOutTexts.map { "    \($0)" })
    section("Adds to the layers below", note.additionTexts.map { "    \($0)" })
    section("Recipe", note.ruleTexts.map { "    \($0)" })
    section("Where config.json says nothing", note.defaultTexts.map { "    \($0)" })
    section("Also called", note.names.count > 1 ? [note.names.dropFirst().joined(separator: ", ")] : [])
    section("Reference", note.reference.isEmpty ? [] : [note.reference])
    section("Code", note.code)
    section("Origin", [note.origin])
  }

  /// Adds what the recipe comes to for a file: each rule with the values that it gives, and one of the tensors for each of these.
  mutating func add(_ plan: Plan, for checkpoint: Checkpoint, _ file: String) {
    var lines = ["read as \(checkpoint.architecture?.description ?? "its names and shapes say")"]
    if checkpoint.config?.source == nil { lines.append("no config.json: fields are what the note says") }
    for (index, rule) in plan.rules.enumerated() where rule.tensors > 0 {
      lines.append("    \(rule.text)")
      lines += Self.values(plan.steps.filter { $0.rule == index }).map { "      \($0)" }
    }
    sections.append(("For \(file)", lines))
  }

  /// The values of some steps, each once, with how many tensors have them and the first of these.
  private static func values(_ steps: [Plan.Step]) -> [String] {
    var (order, groups) = ([String](), [String: [Plan.Step]]())
    for step in steps {
      let values = DrawText(draw: step.draw).description
      if groups[values] == nil { order.append(values) }
      groups[values, default: []].append(step)
    }
    let most = 8
    let lines = order.prefix(most).map { values in
      let steps = groups[values] ?? []
      return "\(steps.count) \(steps.count == 1 ? "tensor" : "tensors"), \(steps.first?.name ?? ""): \(values)"
    }
    return lines + (order.count > most ? ["and \(order.count - most) more kinds of values"] : [])
  }

  /// Schema `reinit.explain/1`.
  var json: JSONValue {
    var object: JSONObject = [
      "schema": "reinit.explain/1", "kind": .string(kind), "name": .string(name), "summary": .string(title),
    ]
    for section in sections {
      object.append(
        section.heading.lowercased(),
        .array(section.paragraphs.map { .string(String($0.drop { $0 == " " })) }))
    }
    return .object(object)
  }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    var lines = [style("\(name, .total)  \(title)")]
    for section in sections {
      lines += ["", style(Text(section.heading).styled(.secondary))]
      for paragraph in section.paragraphs {
        lines += HelpText.wrap(
          Text(paragraph), width: console.tableWidth ?? 100, indent: 2, hanging: 4, in: style)
      }
    }
    return lines
  }
}
