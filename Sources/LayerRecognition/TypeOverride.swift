import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Reinitialization

/// What a user, or a note about an architecture, says that a layer of a file is: `layer1.0.conv2=Conv(groups: 32)`.
public struct TypeOverride: Sendable {
  /// The layers that it is about.
  public let selector: Selector
  /// What they are.
  let type: ToldType
  /// The note's name and line; nil for what a user says of this very file, which must be so.
  public let note: String?
  /// Whose word it is.
  let source: ToldSource

  /// Reads `SELECTOR=TYPE` or `SELECTOR=TYPE(name: number, …)`.
  /// - Parameters:
  ///   - layers: the kinds of layers that there are; one of a plugin's is made as it is written.
  ///   - initializers: those that `begins:` may name.
  /// - Throws: ``Diagnostics/ErrorCode/ruleSyntax``, ``Diagnostics/ErrorCode/selectorSyntax`` and
  ///   ``Diagnostics/ErrorCode/malformedLayer`` for the text; ``Diagnostics/ErrorCode/unknownName`` for a type that is in no list;
  ///   what a plugin says of its layer.
  public init(
    parsing text: String, layers: LayerRegistry = .standard, initializers: InitializerRegistry = .standard
  ) throws(Diagnostic) {
    let rule = try RuleText(.fill(text))
    guard case .fill(let written) = rule.action else {
      throw Diagnostic(
        .ruleSyntax, "a correction cannot be read", at: "--type '\(text)'",
        expected: "SELECTOR=TYPE(name: number, …)", hints: ["--type 'layer1.0.conv2=Conv(groups: 32)'"])
    }
    selector = rule.selector
    note = nil
    source = .user
    type = try ToldType(written, layers: layers, initializers: initializers, at: "--type '\(text)'")
  }

  /// What a note says.
  /// - Parameters:
  ///   - note: its name and line, for errors.
  ///   - isByNames: whether the note was chosen by names alone.
  /// - Throws: as ``init(parsing:layers:initializers:)``.
  package init(
    _ selector: String, is type: String, note: String, isByNames: Bool = false, layers: LayerRegistry,
    initializers: InitializerRegistry
  ) throws(Diagnostic) {
    self.note = note
    source = isByNames ? .names : .note
    do {
      self.selector = try Selector(parsing: selector)
      self.type = try ToldType(type, layers: layers, initializers: initializers, at: note)
    } catch { throw error.placed(note) }
  }
}

extension Diagnostic {
  /// The same at a line of a file, with its own place behind that.
  package func placed(_ line: String) -> Diagnostic {
    var copy = self
    copy.place = place.map { $0.hasPrefix(line) ? $0 : "\(line), \($0)" } ?? line
    return copy
  }
}
