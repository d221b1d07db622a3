import Diagnostics
import Formats
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization

/// How a file's names and shapes are read as a tree.
public struct TreeReading: Sendable {
  /// What the inference goes by.
  public var options: InferenceOptions
  /// Layers that are something else than what would be inferred.
  public var corrections: [TypeCorrection]
  /// The model that the file is of; nothing is inferred then.
  public var model: AnyNode?

  /// A reading; by default nothing is known but the file.
  public init(options: InferenceOptions = InferenceOptions(), corrections: [TypeCorrection] = []) {
    self.options = options
    self.corrections = corrections
  }

  /// The tree of a file: inferred once, and once more where corrections name layers of the first.
  func tree(of header: SafeTensorsHeader) throws -> InferredTree {
    if let model { return try ModelTree(model, options.strippedPrefixes).tree(of: header) }
    var options = options
    options.format = options.format ?? header.metadata["format"]
    let tensors = header.entries.map(\.named)
    let first = try InferredTree.infer(tensors, options: options)
    guard !corrections.isEmpty else { return first }
    let inventory = try Inventory(of: AnyNode(first.root))
    for correction in corrections { options.overrides.append(try correction.override(in: inventory)) }
    return try InferredTree.infer(tensors, options: options)
  }
}

/// A correction of an inferred layer: `layer1.0.conv2=Conv(groups: 32)`.
public struct TypeCorrection: Sendable {
  let selector: Selector
  let type: String
  let arguments: [(name: String, value: Double)]
  /// The layer itself, where it is a plugin's.
  private var layer: (any Layer)?

  /// Reads a correction in the form of a rule.
  /// - Parameter layers: the kinds of layers that there are; one of a plugin's is made as it is written, and takes the
  ///   place of everything below the path.
  /// - Throws: ``Diagnostics/Code/ruleSyntax`` and ``Diagnostics/Code/selectorSyntax``;
  ///   ``Diagnostics/Code/unknownName`` for a type that is in no list; what a plugin says of its layer.
  public init(parsing text: String, layers: LayerRegistry = .standard) throws(Diagnostic) {
    let rule = try RuleText(.fill(text))
    selector = rule.selector
    guard case .fill(let call) = rule.action else { throw TypeCorrection.malformed(text) }
    let name = call.split(separator: "(", maxSplits: 1).first.map { TypeCorrection.trimmed($0) } ?? ""
    if LayerCatalog.kind(named: name) == nil, layers.descriptor(named: name) != nil {
      (type, arguments) = (name, [])
      layer = try layers.layer(parsing: call)
      return
    }
    let parts = call.split(separator: "(", maxSplits: 1)
    type = parts.first.map { TypeCorrection.trimmed($0) } ?? ""
    guard LayerCatalog.kinds.contains(where: { $0.kind.matches(parts.first.map(TypeCorrection.trimmed) ?? "") }) else {
      throw Diagnostic(
        .unknownName, "no layer is named '\(type)'", at: "--type '\(text)'",
        hints: Suggestion.hint(for: type, in: layers.descriptors.map(\.kind.name)) + ["reinit list layers"])
    }
    arguments = try parts.count < 2 ? [] : TypeCorrection.arguments(parts[1], of: text)
  }

  private static func arguments(
    _ list: Substring, of text: String
  ) throws(Diagnostic) -> [(name: String, value: Double)] {
    guard list.hasSuffix(")") else { throw malformed(text) }
    var result: [(name: String, value: Double)] = []
    for argument in list.dropLast().split(separator: ",") {
      let halves = argument.split(separator: ":").map(trimmed)
      guard halves.count == 2, let value = Double(halves[1]) else { throw malformed(text) }
      result.append((halves[0], value))
    }
    return result
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func malformed(_ text: String) -> Diagnostic {
    Diagnostic(
      .ruleSyntax, "a correction cannot be read", at: "--type '\(text)'",
      expected: "SELECTOR=TYPE(name: number, …)", hints: ["--type 'layer1.0.conv2=Conv(groups: 32)'"])
  }

  /// The correction for the layers that the selector matches.
  func override(in inventory: Inventory) throws -> InferenceOverride {
    let match = try inventory.match(selector)
    let paths = Set(match.entries.filter { !inventory.entries[$0].isLeaf }.map { inventory.path(of: $0).description })
    guard !paths.isEmpty || selector.allowsNoMatch else { throw inventory.nothingMatches(selector, option: "--type") }
    if let layer { return InferenceOverride(layer: layer) { paths.contains($0) } }
    return InferenceOverride(type: type, arguments: arguments) { paths.contains($0) }
  }
}
