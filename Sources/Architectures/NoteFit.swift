import Diagnostics
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization

/// The note that is used for a checkpoint, and why.
public struct NoteFit: Sendable {
  /// What made it this note.
  public enum Reason: Sendable, Equatable {
    /// What config.json calls the architecture.
    case named(String, in: String)
    /// The names of the tensors.
    case names
    /// A person's word.
    case chosen
  }

  /// The note.
  public let note: ArchitectureNote
  /// Why it is this one.
  public let reason: Reason
  /// What config.json says, with what the note knows of its fields.
  public let config: ModelConfig

  /// `mamba2, by model_type in config.json`.
  public var description: String {
    switch reason {
    case .named(let name, let source): "\(note.name), as \(source) says ('\(name)')"
    case .names: "\(note.name), by the names of the tensors"
    case .chosen: note.name
    }
  }

  init(_ note: ArchitectureNote, _ reason: Reason, _ config: ModelConfig?) {
    self.note = note
    self.reason = reason
    var config = config ?? ModelConfig()
    config.nested = note.nested
    for (field, value) in note.defaults { config = config.defaulting(field, to: value) }
    self.config = config
  }

  /// What the note says of layers, as far as config.json bears it out.
  /// - Throws: the codes of selectors, types and initializers, with the note's line.
  public func types(
    layers: LayerRegistry, initializers: InitializerRegistry
  ) throws(Diagnostic) -> [TypeOverride] {
    let lines = note.types.filter { $0.line.condition?.holds(for: config) ?? true }
    return try lines.map { (line) throws(Diagnostic) in
      try TypeOverride(
        line.selector, is: line.type, note: note.place(line.line.number), isByNames: reason == .names, layers: layers,
        initializers: initializers)
    }
  }

  /// Which names are one tensor.
  public var ties: [(alias: String, stored: String)] {
    note.ties.filter { $0.line.condition?.holds(for: config) ?? true }.map { ($0.alias, $0.stored) }
  }

  /// What ends the residual branches, as far as config.json bears it out.
  /// - Throws: the codes of selectors, with the note's line.
  public func residualOut() throws(Diagnostic) -> ResidualOutputs {
    ResidualOutputs(try note.residualOut { $0.holds(for: config) }, source: "the note '\(note.name)'")
  }

  /// The recipe, as far as config.json bears it out: a rule about `[config.FIELD]` is there where the field is.
  /// - Throws: ``Diagnostics/ErrorCode/noteWithoutRecipe``; the codes of rules, with the note's line.
  public func recipe(registry: InitializerRegistry) throws(Diagnostic) -> Recipe {
    try note.recipe(registry: registry) { $0.holds(for: config) }
      .leavingOut { $0.part?.fields.contains { config[$0] == nil } ?? false }
  }
}

extension ArchitectureNote {
  /// The note as a person's choice, whatever a checkpoint's names are.
  public func fit(_ config: ModelConfig?) -> NoteFit { NoteFit(self, .chosen, config) }

  /// Its recipe, with every rule whose condition is met.
  func recipe(
    registry: InitializerRegistry, _ holds: (NoteCondition) -> Bool
  ) throws(Diagnostic) -> Recipe {
    guard hasRecipe else {
      throw Diagnostic(.noteWithoutRecipe, "the note '\(name)' has no recipe", at: source)
    }
    // Empty lines keep the numbers right that errors tell.
    var lines = [String](repeating: "", count: rules.last?.number ?? 0)
    for rule in rules where rule.condition.map(holds) ?? true { lines[rule.number - 1] = rule.text }
    return try Recipe(
      name: name, summary: "as \(title) begins", text: lines.joined(separator: "\n"), source: source, registry: registry
    )
  }

  func residualOut(_ holds: (NoteCondition) -> Bool) throws(Diagnostic) -> [Selector] {
    try residualOut.filter { $0.line.condition.map(holds) ?? true }.map { (item) throws(Diagnostic) in
      let selector: Selector
      do throws(Diagnostic) { selector = try Selector(parsing: item.selector) } catch {
        throw error.placed(place(item.line.number))
      }
      guard !selector.asksForResidualOut, selector.part == nil else {
        throw Diagnostic(
          .noteSyntax, "what ends the residual branches are layers and tensors", at: place(item.line.number),
          expected: "selectors such as **.o_proj", found: "'\(item.selector)'")
      }
      return selector
    }
  }

  /// Reads every type and rule, whatever their conditions.
  /// - Throws: the codes of selectors, types and rules, with the line.
  public func check(layers: LayerRegistry, initializers: InitializerRegistry) throws(Diagnostic) {
    for line in types {
      _ = try TypeOverride(
        line.selector, is: line.type, note: place(line.line.number), layers: layers, initializers: initializers)
    }
    _ = try residualOut { _ in true }
    for addition in additions { _ = try addition.selector(at: place(addition.line.number)) }
    if hasRecipe { _ = try recipe(registry: initializers) { _ in true } }
  }
}

extension NoteLibrary {
  /// The note for a checkpoint: that of its config.json, or else the one whose names all fit, or where there is none, or several
  /// fit equally well, the one that is meant.
  /// - Throws: ``Diagnostics/ErrorCode/noteSyntax``.
  public func fit(_ config: ModelConfig?, names: some Sequence<String>) throws(Diagnostic) -> NoteFit? {
    for name in config?.architectures ?? [] {
      guard let note = try note(named: name) else { continue }
      return NoteFit(note, .named(name, in: config?.source ?? "its configuration"), config)
    }
    // What calls itself something else is not what its names look like; a user's own note is for the file at hand.
    let fitting = try fitting(NameShapes(names), withBuiltIn: config?.architectures.isEmpty ?? true)
    let most = fitting.map(\.patterns.count).max()
    let best = fitting.filter { $0.patterns.count == most }
    if best.count == 1 { return NoteFit(best[0], .names, config) }
    guard let meant, let note = try note(named: meant) else { return nil }
    return note.fit(config)
  }
}
