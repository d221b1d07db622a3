import CallText
import Diagnostics
import LayerVocabulary
import Layers
import Reinitialization

/// What a user says that a layer of a file is: `layer1.0.conv2=Conv(groups: 32)`.
public struct TypeOverride: Sendable {
  /// The layers that it is about.
  public let selector: Selector
  /// What they are.
  let type: LayerType

  /// A type, as far as it was told.
  enum LayerType: Sendable {
    /// A built-in kind, and numbers that a file does not tell: `groups`, `parts`, `transposed` (not 0: the weight is
    /// `[in, out]`).
    case kind(LayerKind, numbers: [(name: String, value: Double)])
    /// A layer with all its parts, as a plugin makes it: it takes the place of everything below the path.
    case whole(any Layer)

    var name: String {
      switch self {
      case .kind(let kind, _): kind.name
      case .whole(let layer): layer.kind.name
      }
    }
  }

  /// Reads `SELECTOR=TYPE` or `SELECTOR=TYPE(name: number, …)`.
  /// - Parameter layers: the kinds of layers that there are; one of a plugin's is made as it is written.
  /// - Throws: ``Diagnostics/ErrorCode/ruleSyntax``, ``Diagnostics/ErrorCode/selectorSyntax`` and
  ///   ``Diagnostics/ErrorCode/malformedLayer`` for the text; ``Diagnostics/ErrorCode/unknownName`` for a type that is in no list;
  ///   what a plugin says of its layer.
  public init(parsing text: String, layers: LayerRegistry = .standard) throws(Diagnostic) {
    let rule = try RuleText(.fill(text))
    guard case .fill(let written) = rule.action else { throw TypeOverride.malformed(text) }
    selector = rule.selector
    let call = try CallText(written, as: .layer)
    if let kind = LayerCatalog.kind(named: call.name) {
      type = .kind(kind, numbers: try TypeOverride.numbers(of: call, in: text))
    } else if layers.descriptor(named: call.name) != nil {
      type = .whole(try layers.layer(parsing: written))
    } else {
      throw Diagnostic(
        .unknownName, "no layer is named '\(call.name)'", at: "--type '\(text)'",
        hints: Suggestion.hint(for: call.name, in: layers.descriptors.map(\.kind.name)) + ["reinit list layers"])
    }
  }

  private static func numbers(
    of call: CallText, in text: String
  ) throws(Diagnostic) -> [(name: String, value: Double)] {
    var numbers: [(name: String, value: Double)] = []
    for argument in call.arguments {
      guard let name = argument.name, case .number(let value) = argument.value else { throw malformed(text) }
      numbers.append((name, value))
    }
    return numbers
  }

  private static func malformed(_ text: String) -> Diagnostic {
    Diagnostic(
      .ruleSyntax, "a correction cannot be read", at: "--type '\(text)'",
      expected: "SELECTOR=TYPE(name: number, …)", hints: ["--type 'layer1.0.conv2=Conv(groups: 32)'"])
  }
}
