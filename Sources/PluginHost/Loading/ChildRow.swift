import CReinit
import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// One child of a described layer, as the plugin lists it: checked and copied when it is registered.
struct ChildRow {
  let name: String
  let isTensor: Bool
  /// Nil for a layer.
  let role: ParameterRole?
  let isFrozen: Bool
  /// The sizes of a tensor; a list's name stands for all of its numbers.
  let shape: [Expression]
  let fresh: TextTemplate
  let begins: (any Initializer)?
  /// How parameters of a layer begin, by their paths in it.
  let beginnings: [(path: TreePath, text: TextTemplate)]
  let geometry: Geometry?
  /// In place of the geometry's groups.
  let groups: Expression?
  /// What makes a layer; nil for the next one that the user nests.
  let layer: TextTemplate?
  /// The parameter without which the child is absent.
  let condition: String?
}

/// A text with expressions in braces: `Dense(in: {n}, out: {2 * n})`.
struct TextTemplate {
  private enum Piece {
    case text(String)
    case expression(Expression)
  }
  private var pieces: [Piece] = []

  /// Nothing.
  init() {}

  /// Whether nothing was written.
  var isEmpty: Bool { pieces.isEmpty }
  /// The names in the braces.
  var names: [String] {
    pieces.flatMap { piece -> [String] in
      guard case .expression(let expression) = piece else { return [] }
      return expression.names
    }
  }

  init(_ text: String) throws(Expression.Failure) {
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Expression.Failure(problem: "a '{' without '}'")
      }
      pieces.append(.expression(try Expression(String(rest[rest.index(after: open)..<close]))))
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}") else { throw Expression.Failure(problem: "a '}' without '{'") }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
  }

  /// The text with values in place of the braces; a lone name stands for any value, a word and a list too.
  func filled(_ arguments: [InitializerArgument]) throws(Expression.Failure) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .expression(let expression):
        let whole = expression.name.flatMap { name in arguments.first { $0.name == name } }
        if let whole {
          result += whole.value.description
        } else {
          result += ArgumentValue.number(try expression.evaluated(arguments.number)).description
        }
      }
    }
    return result
  }
}

extension [InitializerArgument] {
  /// The number of that name; 1 and 0 for switches.
  func number(_ name: String) -> Double? {
    switch first(where: { $0.name == name })?.value {
    case .number(let number): number
    case .word("true"): 1
    case .word("false"): 0
    default: nil
    }
  }
}

extension ChildRow {
  /// Reads the rows of a layer type.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor``.
  static func rows(
    _ first: UnsafePointer<ri_child_row>?, _ count: UInt64, of owner: String, _ parameters: [PluginParameter]
  ) throws(Diagnostic) -> [ChildRow] {
    let raw: [ri_child_row] = try CStruct.elements(first, count: count, at: "\(owner).children")
    var rows: [ChildRow] = []
    for (index, value) in raw.enumerated() {
      let row = try ChildRow(value, at: "\(owner).children[\(index)]", parameters)
      guard row.name.isEmpty || !rows.contains(where: { $0.name == row.name }) else {
        throw CText.descriptor("\(owner).children[\(index)].name", "is there twice", found: "'\(row.name)'")
      }
      rows.append(row)
    }
    return rows
  }

  private init(_ raw: ri_child_row, at place: String, _ parameters: [PluginParameter]) throws(Diagnostic) {
    let reader = RowReader(place: place, parameters: parameters)
    isTensor = try reader.isTensor(raw)
    name = try reader.name(raw.name)
    role = isTensor ? try reader.role(raw.role) : nil
    guard raw.flags & 0xFFFF & ~UInt32(RI_CHILD_FROZEN) == 0 else {
      throw CText.descriptor("\(place).flags", "has bits that this host does not know", found: "\(raw.flags)")
    }
    isFrozen = has(raw.flags, RI_CHILD_FROZEN)
    shape = try reader.shape(raw.shape, isTensor: isTensor)
    fresh = isTensor ? try reader.template(raw.fresh, "fresh") : TextTemplate()
    beginnings = isTensor ? [] : try reader.beginnings(raw.fresh)
    begins = try reader.distribution(raw.begins)
    geometry = try reader.geometry(raw.geometry)
    let groups = try CText.string(raw.groups, "\(place).groups")
    self.groups = groups.isEmpty ? nil : try reader.expression(groups, "groups")
    let layer = try reader.template(raw.layer, "layer")
    self.layer = layer.isEmpty ? nil : layer
    condition = try reader.condition(raw.when)
    guard isTensor || begins == nil else {
      throw CText.descriptor(
        place, "begins a layer with one distribution", expected: "fresh, with a path for each of its parameters")
    }
    try reader.check(beginnings.map(\.path), in: layer)
    guard fresh.isEmpty || begins == nil else {
      throw CText.descriptor(place, "begins in two ways", expected: "fresh or begins", found: "both")
    }
  }
}

/// Reads the fields of a row.
private struct RowReader {
  let place: String
  let parameters: [PluginParameter]

  func isTensor(_ raw: ri_child_row) throws(Diagnostic) -> Bool {
    guard [RI_CHILD_TENSOR, RI_CHILD_LAYER].contains(Int(raw.kind)) else {
      throw CText.descriptor(
        "\(place).kind", "is none", expected: "RI_CHILD_TENSOR or RI_CHILD_LAYER", found: "\(raw.kind)")
    }
    return raw.kind == RI_CHILD_TENSOR
  }

  func name(_ text: ri_str) throws(Diagnostic) -> String {
    let name = try CText.string(text, "\(place).name")
    guard name.isEmpty || PluginNames.child.accepts(name) else {
      throw CText.descriptor("\(place).name", "is not a name", expected: PluginNames.child.form, found: "'\(name)'")
    }
    return name
  }

  func role(_ raw: ri_role) throws(Diagnostic) -> ParameterRole {
    guard let role = ParameterRole(abi: raw) else {
      throw CText.descriptor("\(place).role", "is none", expected: "RI_ROLE_WEIGHT, …", found: "\(raw)")
    }
    return role
  }

  func shape(_ text: ri_str, isTensor: Bool) throws(Diagnostic) -> [Expression] {
    let text = try CText.string(text, "\(place).shape")
    guard isTensor else {
      guard text.isEmpty else { throw CText.descriptor("\(place).shape", "is of tensors", found: "a layer") }
      return []
    }
    guard text.hasPrefix("["), text.hasSuffix("]") else {
      throw CText.descriptor("\(place).shape", "is not in brackets", expected: "[out, in]", found: "'\(text)'")
    }
    let inner = text.dropFirst().dropLast()
    guard !inner.allSatisfy({ $0 == " " }) else { return [] }
    var sizes: [Expression] = []
    for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
      sizes.append(try expression(String(part.trimmingSpaces), "shape", acceptsLists: true))
    }
    return sizes
  }

  func template(_ text: ri_str, _ field: String) throws(Diagnostic) -> TextTemplate {
    try template(try CText.string(text, "\(place).\(field)"), field)
  }

  private func template(_ text: String, _ field: String) throws(Diagnostic) -> TextTemplate {
    let template: TextTemplate
    do throws(Expression.Failure) { template = try TextTemplate(text) } catch {
      throw CText.descriptor("\(place).\(field)", "cannot be read: \(error.problem)", found: "'\(text)'")
    }
    try known(template.names, field, acceptsAll: true)
    return template
  }

  /// The table that a layer's `fresh` is.
  func beginnings(_ text: ri_str) throws(Diagnostic) -> [(path: TreePath, text: TextTemplate)] {
    let text = try CText.string(text, "\(place).fresh")
    let table: BeginningTable
    do throws(BeginningTable.Failure) { table = try BeginningTable(text) } catch {
      throw CText.descriptor(
        "\(place).fresh", error.problem, expected: "weight: zeros, norm.scale: constant(0.1)", found: "'\(error.found)'"
      )
    }
    var entries: [(path: TreePath, text: TextTemplate)] = []
    for entry in table.entries { entries.append((entry.path, try template(entry.text, "fresh"))) }
    return entries
  }

  /// Refuses paths that lead nowhere in a layer that is known without a user's arguments: a built-in one.
  func check(_ paths: [TreePath], in layer: TextTemplate?) throws(Diagnostic) {
    guard !paths.isEmpty, let text = try? layer?.filled(parameters.defaults),
      let made = try? LayerRegistry.standard.layer(parsing: text)
    else { return }
    for path in paths {
      do throws(BeginningTable.Nowhere) { try BeginningTable.check(path, in: made) } catch {
        throw CText.descriptor(
          "\(place).fresh", "begins what '\(text)' does not have", expected: error.known, found: "'\(path)'",
          hints: error.hints)
      }
    }
  }

  func expression(_ text: String, _ field: String, acceptsLists: Bool = false) throws(Diagnostic) -> Expression {
    let made: Expression
    do throws(Expression.Failure) { made = try Expression(text) } catch {
      throw CText.descriptor("\(place).\(field)", "cannot be read: \(error.problem)", found: "'\(text)'")
    }
    try known(made.names, field, acceptsAll: acceptsLists && made.name != nil)
    return made
  }

  /// Names must be those of parameters; of numbers, unless a name stands alone.
  private func known(_ names: [String], _ field: String, acceptsAll: Bool) throws(Diagnostic) {
    for name in names {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw CText.descriptor(
          "\(place).\(field)", "names what is no parameter", expected: parameters.map(\.name).joined(separator: ", "),
          found: "'\(name)'")
      }
      guard acceptsAll || [.bool, .int, .real].contains(parameter.kind) else {
        throw CText.descriptor("\(place).\(field)", "reckons with what is no number", found: "'\(name)'")
      }
    }
  }

  func condition(_ text: ri_str) throws(Diagnostic) -> String? {
    let name = try CText.string(text, "\(place).when")
    guard !name.isEmpty else { return nil }
    guard let parameter = parameters.first(where: { $0.name == name }), [.bool, .int].contains(parameter.kind) else {
      throw CText.descriptor(
        "\(place).when", "is not the name of a switch", expected: "a parameter of kind bool or int", found: "'\(name)'")
    }
    return name
  }

  func geometry(_ raw: UnsafePointer<ri_geometry>?) throws(Diagnostic) -> Geometry? {
    guard raw != nil else { return nil }
    return try Geometry(try CStruct.copy(raw, at: "\(place).geometry"), at: "\(place).geometry")
  }

  func distribution(_ raw: UnsafePointer<ri_distribution>?) throws(Diagnostic) -> (any Initializer)? {
    guard raw != nil else { return nil }
    return try DistributionInitializer.make(try CStruct.copy(raw, at: "\(place).begins"), owner: place)
  }
}

extension [PluginParameter] {
  /// The arguments that go without saying.
  fileprivate var defaults: [InitializerArgument] {
    compactMap { parameter in parameter.defaultValue.map { InitializerArgument(parameter.name, $0) } }
  }
}
