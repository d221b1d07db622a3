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
    section("Special", note.remarks.isEmpty ? [] : [note.remarks.joined(separator: " ")])
    section("Layers", note.typeTexts.map { "    \($0)" })
    section("Tied", note.tieTexts.map { "    \($0)" })
    section("Recipe", note.ruleTexts.map { "    \($0)" })
    section("Where config.json says nothing", note.defaultTexts.map { "    \($0)" })
    section("Also called", note.names.count > 1 ? [note.names.dropFirst().joined(separator: ", ")] : [])
    section("Reference", note.reference.isEmpty ? [] : [note.reference])
    section("Origin", [note.origin])
  }

  /// Adds what the recipe comes to for a file: each rule with one of its tensors, and that one's numbers.
  mutating func add(_ plan: Plan, for file: String) {
    var lines: [String] = []
    for (index, rule) in plan.rules.enumerated() where rule.tensors > 0 {
      guard let step = plan.steps.first(where: { $0.rule == index }) else { continue }
      let numbers = step.draw.numbers.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      lines.append("    \(rule.text)")
      lines.append(
        "      \(rule.tensors) \(rule.tensors == 1 ? "tensor" : "tensors"), \(step.name): \(step.draw.method.rawValue), \(numbers)"
      )
    }
    sections.append(("For \(file)", lines))
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
