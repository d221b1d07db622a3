import Diagnostics
import Functors
import Initializers
import Layers
import Models
import Yams

/// Makes the layers of a document.
struct DocumentReader {
  let name: String
  let layers: LayerRegistry
  private var shared: [String: Shared<AnyNode>] = [:]
  /// Layers so far: aliases of YAML can make a short text very long.
  private var count = 0

  private static let mostLayers = 1 << 20
  private static let keys = ["layer", "model", "share", "name", "options", "layers", "id"]

  init(name: String, layers: LayerRegistry) { (self.name, self.layers) = (name, layers) }

  /// The layer that a node of the document describes, or one that is shared.
  mutating func node(_ node: Yams.Node) throws(Diagnostic) -> any Functors.Node {
    count += 1
    guard count <= DocumentReader.mostLayers else {
      throw malformed(node, "there are too many layers", expected: "at most \(DocumentReader.mostLayers)")
    }
    if let text = node.scalar?.string { return try located(node) { () throws(Diagnostic) in try layer(text, []) } }
    guard let mapping = node.mapping else {
      throw malformed(node, "a layer cannot be read", expected: "a layer's text, or a mapping with the key 'layer'")
    }
    try checkKeys(mapping)
    if let share = mapping["share"] { return try occurrence(share) }
    let made: any Layer
    if let model = mapping["model"] { made = try self.model(model, mapping) } else { made = try layer(node, mapping) }
    guard let id = mapping["id"] else { return made }
    return try define(id, made)
  }

  private func checkKeys(_ mapping: Yams.Node.Mapping) throws(Diagnostic) {
    for key in mapping.keys where !DocumentReader.keys.contains(key.scalar?.string ?? "") {
      let found = key.scalar?.string ?? "a list"
      throw malformed(
        key, "a layer has no such key", expected: DocumentReader.keys.joined(separator: ", "), found: "'\(found)'",
        hints: Suggestion.hint(for: found, in: DocumentReader.keys))
    }
  }

  private mutating func layer(_ node: Yams.Node, _ mapping: Yams.Node.Mapping) throws(Diagnostic) -> any Layer {
    guard let text = mapping["layer"] else {
      throw malformed(node, "a layer does not say what it is", expected: "the key 'layer', 'model' or 'share'")
    }
    let call = try string(text) + options(mapping)
    var children: [(Key, any Functors.Node)] = []
    for (index, child) in try list(mapping["layers"]).enumerated() {
      let name = try child.mapping?["name"].map { (name) throws(Diagnostic) in try string(name) }
      children.append((name.map { Key($0) } ?? .index(index), try self.node(child)))
    }
    return try located(text) { () throws(Diagnostic) in try layer(call, children) }
  }

  private func layer(_ call: String, _ children: [(Key, any Functors.Node)]) throws(Diagnostic) -> any Layer {
    try layers.layer(parsing: call, named: children)
  }

  /// A model that is built in, with its options.
  private func model(_ name: Yams.Node, _ mapping: Yams.Node.Mapping) throws(Diagnostic) -> any Layer {
    let text = try string(name)
    let settings = try pairs(mapping["options"]).map { "\($0)=\($1)" }
    return try located(name) { () throws(Diagnostic) in
      try ModelDescriptor.named(text).build(settings, layers: layers)
    }
  }

  private mutating func define(_ id: Yams.Node, _ layer: any Layer) throws(Diagnostic) -> any Functors.Node {
    let text = try string(id)
    guard shared[text] == nil else { throw malformed(id, "two layers have the id '\(text)'") }
    let tie = Shared(AnyNode(layer))
    shared[text] = tie
    return tie
  }

  private func occurrence(_ share: Yams.Node) throws(Diagnostic) -> any Functors.Node {
    let text = try string(share)
    if let tie = shared[text] { return tie }
    throw malformed(
      share, "no layer before this one has the id '\(text)'", expected: "the 'id' of a layer",
      hints: Suggestion.hint(for: text, in: shared.keys.sorted()))
  }
}

extension DocumentReader {
  /// Options as the arguments of a call.
  private func options(_ mapping: Yams.Node.Mapping) throws(Diagnostic) -> String {
    guard let options = mapping["options"] else { return "" }
    return "(" + (try pairs(options).map { "\($0): \($1)" }).joined(separator: ", ") + ")"
  }

  private func pairs(_ node: Yams.Node?) throws(Diagnostic) -> [(String, String)] {
    guard let node else { return [] }
    guard let mapping = node.mapping else { throw malformed(node, "options are a mapping", expected: "key: value") }
    var pairs: [(String, String)] = []
    for (key, value) in mapping { pairs.append((try string(key), try argument(value))) }
    return pairs
  }

  /// A value as a call has it: a number, a word, or numbers in brackets.
  private func argument(_ node: Yams.Node) throws(Diagnostic) -> String {
    guard let sequence = node.sequence else { return try string(node) }
    var items: [String] = []
    for item in sequence { items.append(try string(item)) }
    return "[" + items.joined(separator: ", ") + "]"
  }

  private func list(_ node: Yams.Node?) throws(Diagnostic) -> [Yams.Node] {
    guard let node else { return [] }
    guard let sequence = node.sequence else { throw malformed(node, "'layers' is a list", expected: "a list") }
    return Array(sequence)
  }

  private func string(_ node: Yams.Node) throws(Diagnostic) -> String {
    if let text = node.scalar?.string { return text }
    throw malformed(
      node, "a text is wanted here", expected: "a text", found: node.sequence == nil ? "a mapping" : "a list")
  }

  /// Errors of layers, with the place in the document.
  private func located<Result>(
    _ node: Yams.Node, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    do throws(Diagnostic) { return try body() } catch {
      let place = DocumentReader.place(name, node)
      var error = error
      error.place = error.place.map { "\(place), \($0)" } ?? place
      throw error
    }
  }

  private func malformed(
    _ node: Yams.Node, _ message: String, expected: String? = nil, found: String? = nil, hints: [String] = []
  ) -> Diagnostic {
    DocumentReader.malformed(name, node, message, expected: expected, found: found, hints: hints)
  }

  static func malformed(
    _ name: String, _ node: Yams.Node, _ message: String, expected: String? = nil, found: String? = nil,
    hints: [String] = []
  ) -> Diagnostic {
    Diagnostic(.malformedModel, message, at: place(name, node), expected: expected, found: found, hints: hints)
  }

  private static func place(_ name: String, _ node: Yams.Node) -> String {
    node.mark.map { "\(name):\($0.line):\($0.column)" } ?? name
  }
}
