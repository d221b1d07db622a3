import Diagnostics
import JSONText
import Presentation
import Reinit

/// What `plugin inspect` prints.
struct PluginInspectReport {
  let inspection: PluginInspection

  init(_ inspection: PluginInspection) { self.inspection = inspection }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    var checks = Table([.init(), .init(), .init()], rules: [])
    // Once a file is refused, what comes after that is of no interest.
    for check in inspection.checks where check.outcome != .skipped || !inspection.isRefused {
      checks.add(row(check, style.symbols))
    }
    var lines = [style(headline(style.numbers)), ""] + checks.lines(in: style, width: console.tableWidth)
    if let file = inspection.file { lines += facts(file, console) }
    for section in sections {
      lines += ["", style(Text(section.heading).styled(.secondary))]
      lines += section.lines.flatMap { line in
        HelpText.wrap(line.text, width: console.tableWidth, indent: line.indent, hanging: line.indent + 2, in: style)
      }
    }
    return lines + closing(style)
  }

  private func headline(_ numbers: NumberFormat) -> Text {
    let file = inspection.file
    let size = file.map { numbers.bytes(UInt64(clamping: $0.elf.status.size)) }
    let who =
      inspection.description.map { ($0.id, $0.version, $0.summary) }
      ?? file?.manifest.map { ($0.id, $0.version, $0.summary) }
    let name = who.map { "  \($0.0) \($0.1)  \($0.2)" } ?? ""
    return "\(inspection.path, .total)\(size.map { "  \($0)" } ?? "")\(name)"
  }

  private func row(_ check: PluginInspection.Check, _ symbols: Symbols) -> [Text] {
    let (sign, role): (String, Style.Role) =
      switch check.outcome {
      case .passed: (symbols.passed, .passed)
      case .failed: (symbols.failed, .failed)
      case .skipped: (symbols.skipped, .secondary)
      }
    let code = check.code.map { "\($0.id): " } ?? ""
    return [
      Text(sign).styled(role), Text(check.name),
      Text(code + check.finding).styled(check.outcome == .passed ? nil : role),
    ]
  }

  /// What is worth knowing and no rule.
  private func facts(_ file: PluginFile, _ console: Console) -> [String] {
    let facts: [(String, String)] = [
      ("digest", "\(file.digest)"), ("build id", file.elf.buildID ?? "none"),
      ("needs", file.elf.needed.joined(separator: ", ")),
      ("system", file.elf.systemVersions.map { "\($0.library) \($0.version)" }.joined(separator: ", ")),
      ("run path", file.elf.runpath.joined(separator: ":")),
      ("made by", file.elf.compilers.joined(separator: ", ")), ("exports", shortened(file.elf.exports.map(\.name))),
    ]
    let entries = facts.filter { !$0.1.isEmpty }.map { (term: Text($0.0).styled(.secondary), meaning: Text($0.1)) }
    let notes = file.notes.map { (term: ("note" as Text).styled(.changed), meaning: Text($0)) }
    return [""] + HelpText.definitions(entries + notes, width: console.tableWidth, in: console.style)
  }

  /// The first of many names; JSON has them all.
  private func shortened(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }

  private func closing(_ style: Style) -> [String] {
    if inspection.isRefused { return inspection.errors.flatMap { [""] + ErrorReport.lines($0, style) } }
    guard inspection.description == nil else { return [] }
    return ["", style("Not looked at yet; reinit plugin list --plugin \(PluginWords.quoted(inspection.path)) looks.")]
  }
}

// What it offers.
extension PluginInspectReport {
  private struct Section {
    var heading: String
    var lines: [(text: Text, indent: Int)]
  }

  private var sections: [Section] {
    guard let plugin = inspection.description else { return manifestSections }
    let initializers = plugin.initializers.flatMap { item in
      entry(
        PluginWords.call(item.name, item.parameters), item.summary,
        [item.formula, item.prototype ?? "", reads(item), item.reference], item.parameters)
    }
    let layers = plugin.layers.flatMap { item in
      entry(PluginWords.call(item.name, item.parameters), item.summary, [item.reference], item.parameters)
    }
    return [Section(heading: "Initializers", lines: initializers), Section(heading: "Layers", lines: layers)]
      .filter { !$0.lines.isEmpty }
  }

  private func reads(_ item: InitializerDescription) -> String {
    item.sources.isEmpty ? "" : "reads \(item.sources.map(\.description).joined(separator: ", "))"
  }

  /// What the manifest promises: names, and plain functions with their arguments.
  private var manifestSections: [Section] {
    let manifest = inspection.file?.manifest
    let named = [("initializers", manifest?.initializers ?? []), ("layers", manifest?.layers ?? [])]
      .filter { !$0.1.isEmpty }.map { (Text("\($0.0): \($0.1.joined(separator: ", "))"), 2) }
    let functions = inspection.prototypes.map { (Text($0.function.name).styled(.initializer) + "  \($0.prototype)", 2) }
    return [Section(heading: "Says its manifest", lines: named + functions)].filter { !$0.lines.isEmpty }
  }

  private func entry(
    _ call: String, _ summary: String, _ facts: [String], _ parameters: [PluginParameter]
  ) -> [(text: Text, indent: Int)] {
    let details = facts.filter { !$0.isEmpty } + parameters.map(PluginWords.line)
    return [(Text(call).styled(.initializer) + "  \(summary)", 2)] + details.map { (Text($0), 4) }
  }
}

extension PluginInspectReport {
  /// Schema `reinit.plugin/1`.
  var json: JSONValue {
    var object: JSONObject = ["schema": "reinit.plugin/1", "file": .string(inspection.path)]
    let status = inspection.isRefused ? "refused" : inspection.description == nil ? "unknown" : "accepted"
    object.append("status", .string(status))
    object.append("checks", .array(inspection.checks.map(check)))
    append(inspection.file, to: &object)
    object.append("manifest", inspection.file?.manifest.map(PluginJSON.manifest) ?? .null)
    object.append("functions", .array(inspection.prototypes.map(function)))
    object.append("plugin", inspection.description.map(plugin) ?? .null)
    object.append("errors", .array(inspection.errors.map(\.errorJSON)))
    return .object(object)
  }

  private func check(_ check: PluginInspection.Check) -> JSONValue {
    [
      "name": .string(check.name), "outcome": .string(check.outcome.rawValue), "finding": .string(check.finding),
      "code": check.code.map { .string($0.id) } ?? .null,
    ]
  }

  /// What a file says; nothing where it cannot be read.
  private func append(_ file: PluginFile?, to object: inout JSONObject) {
    let texts = { (texts: [String]?) -> JSONValue in .array((texts ?? []).map { .string($0) }) }
    object.append("size", file.map { .integer(Int64($0.elf.status.size)) } ?? .null)
    object.append("digest", file.map { .string("\($0.digest)") } ?? .null)
    object.append("buildID", file?.elf.buildID.map { .string($0) } ?? .null)
    object.append("needed", texts(file?.elf.needed))
    object.append("runpath", texts(file?.elf.runpath))
    object.append("system", PluginJSON.system(file?.elf))
    object.append("compilers", texts(file?.elf.compilers))
    object.append("exports", texts(file?.elf.exports.map(\.name)))
    object.append("notes", texts(file?.notes))
  }

  private func function(_ item: (function: PluginManifest.Function, prototype: String)) -> JSONValue {
    [
      "name": .string(item.function.name), "symbol": .string(item.function.symbol),
      "prototype": .string(item.prototype),
    ]
  }

  private func plugin(_ description: PluginDescription) -> JSONValue {
    var object = PluginJSON.identity(description)
    PluginJSON.append(description, to: &object)
    return .object(object)
  }
}
