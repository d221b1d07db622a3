import Diagnostics
import JSONText

/// What is known of an architecture, as a text: which layers its tensors are, how they begin, and the recipe that its authors
/// initialize it by.
///
/// docs/architectures.md has the grammar. Nothing of a note is code: it holds types, rules and the names they are for.
public struct ArchitectureNote: Sendable {
  /// A line of text that counts where a condition holds.
  struct Line: Sendable {
    let number: Int
    let text: String
    let condition: NoteCondition?
  }

  /// A layer's selector and type.
  struct TypeLine: Sendable {
    let selector: String
    let type: String
    let line: Line
  }

  /// Where it was read: its name if it is built in, else the file's path.
  public let source: String
  /// What the architecture is called in config.json; the first is the note's name.
  public internal(set) var names: [String] = []
  /// The architecture's name as people write it.
  public internal(set) var title = ""
  /// Paper, or the code that it follows.
  public internal(set) var reference = ""
  /// What is special, in sentences, and the code that it follows: the comment's lines behind the first.
  public internal(set) var remarks: [String] = []
  /// What a file's names must hold for the note to fit without a config.json.
  var patterns: [NamePattern] = []
  /// Where fields of config.json are looked up that are not at its top.
  var nested: [String] = []
  /// What a field is that config.json has not.
  var defaults: [(field: String, value: JSONValue)] = []
  /// What layers are.
  var types: [TypeLine] = []
  /// Which names are one tensor.
  var ties: [(alias: String, stored: String, line: Line)] = []
  /// What ends the residual branches, as selectors.
  var residualOut: [(selector: String, line: Line)] = []
  /// What it adds to layers of another model.
  var additions: [NoteAddition] = []
  /// The recipe's rules.
  var rules: [Line] = []

  /// Whether it is one of this program's.
  var isBuiltIn = false

  init(source: String) { self.source = source }

  /// The name that it is listed under.
  public var name: String { names.first ?? source }

  /// What is special, in sentences, a line each.
  public var special: [String] { remarks.filter { !$0.hasPrefix(ArchitectureNote.codeMark) } }

  /// The code of the framework that it says the same as: version, file, function.
  public var code: [String] {
    remarks.filter { $0.hasPrefix(ArchitectureNote.codeMark) }.map {
      String($0.dropFirst(ArchitectureNote.codeMark.count))
    }
  }

  private static let codeMark = "Code: "

  /// The types as they are written: `**.mixer.in_proj is Dense`.
  public var typeTexts: [String] { types.map { "\($0.selector) is \($0.type)" + ($0.line.condition?.suffix ?? "") } }

  /// The recipe's rules as they are written.
  public var ruleTexts: [String] { rules.map { $0.text + ($0.condition?.suffix ?? "") } }

  /// The ties as they are written: `lm_head.weight = model.embed_tokens.weight`.
  public var tieTexts: [String] { ties.map { "\($0.alias) = \($0.stored)" + ($0.line.condition?.suffix ?? "") } }

  /// What ends the residual branches, as it is written.
  public var residualOutTexts: [String] {
    residualOut.map { $0.selector + ($0.line.condition?.suffix ?? "") }
  }

  /// What it adds to layers of another model, as it is written.
  public var additionTexts: [String] { additions.map { $0.text + ($0.line.condition?.suffix ?? "") } }

  /// The layers, as selectors, that it adds tensors to, each once.
  public var adaptedLayers: [String] {
    additions.map(\.layers).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Whether it is of an adapter: tensors that are added to layers of another model.
  public var isAdapter: Bool { !additions.isEmpty }

  /// What fields of its configuration are where nobody says it.
  public var defaultValues: [(field: String, value: JSONValue)] { defaults }

  /// The fields of its configuration that it knows.
  public var knownFields: [String] { defaults.map(\.field) }

  /// What fields of config.json are where it has them not: `initializer_range = 0.02`.
  public var defaultTexts: [String] { defaults.map { "\($0.field) = \($0.value.string ?? $0.value.compact)" } }

  /// `built in`, or the file.
  public var origin: String { isBuiltIn ? "built in" : source }

  /// Whether it has a recipe.
  public var hasRecipe: Bool { !rules.isEmpty }

  /// Whether a name of an architecture means it, in any case.
  public func isNamed(_ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }

  /// A line's place, for an error.
  func place(_ line: Int) -> String { "\(source):\(line)" }
}
