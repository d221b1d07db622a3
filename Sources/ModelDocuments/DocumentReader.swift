import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Models

/// Makes the layers of a document.
struct DocumentReader {
  let name: String
  let layers: LayerRegistry
  private var shared: [String: Shared<AnyNode>] = [:]
  /// Layers so far: aliases of YAML can make a short text very long.
  private var count = 0
  /// Layers around the one that is read; the stack is of a limited size.
  private var depth = 0

  private static let mostLayers = 1 << 20
  private static let deepest = 100
  private static let keys = ["layer", "model", "share", "name", "options", "layers", "id"]

  init(name: String, layers: LayerRegistry) { (self.name, self.layers) = (name, layers) }

  /// The layer that a node of the document describes, or one that is shared.
  mutating func node(_ node: YAMLNode) throws(Diagnostic) -> any Functors.Node {
    count += 1
    guard count <= DocumentReader.mostLayers else {
      throw malformed(node, "there are too many layers", expected: "at most \(DocumentReader.mostLayers)")
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= DocumentReader.deepest else {
      throw malformed(node, "layers are nested too deeply", expected: "at most \(DocumentReader.deepest) levels")
    }
    if let text = node.text {
      return try located(node) { () throws(Diagnostic) in try layer(CallText(text, as: .layer), []) }
    }
    guard let pairs = node.pairs else {
      throw malformed(node, "a layer cannot be read", expected: "a layer's text, or a mapping with the key 'layer'")
    }
    try check(pairs.map(\.key))
    if let share = node["share"] { return try occurrence(share) }
    let made: any Layer
    if let model = node["model"] { made = try self.model(model, node) } else { made = try layer(node) }
    guard let id = node["id"] else { return made }
    return try define(id, made)
  }

  private func check(_ keys: [YAMLNode]) throws(Diagnostic) {
    for key in keys where !DocumentReader.keys.contains(key.text ?? "") {
      let found = key.text ?? "a list"
      throw malformed(
        key, "a layer has no such key", expected: DocumentReader.keys.joined(separator: ", "), found: "'\(found)'",
        hints: Suggestion.hint(for: found, in: DocumentReader.keys))
    }
  }

  private mutating func layer(_ mapping: YAMLNode) throws(Diagnostic) -> any Layer {
    guard let text = mapping["layer"] else {
      throw malformed(mapping, "a layer does not say what it is", expected: "the key 'layer', 'model' or 'share'")
    }
    let (name, options) = (try string(text), try pairs(mapping["options"]))
    var children: [(PathKey, any Functors.Node)] = []
    for (index, child) in try list(mapping["layers"]).enumerated() {
      let name = try child["name"].map { (name) throws(Diagnostic) in try string(name) }
      children.append((name.map { PathKey($0) } ?? .index(index), try self.node(child)))
    }
    return try located(text) { () throws(Diagnostic) in
      try layer(CallText(name, options: options, as: .layer), children)
    }
  }

  private func layer(_ call: CallText, _ children: [(PathKey, any Functors.Node)]) throws(Diagnostic) -> any Layer {
    try layers.layer(call, named: children)
  }

  /// A model that is built in, with its options.
  private func model(_ name: YAMLNode, _ mapping: YAMLNode) throws(Diagnostic) -> any Layer {
    let text = try string(name)
    let options = try pairs(mapping["options"])
    return try located(name) { () throws(Diagnostic) in
      try ModelDescriptor.named(text).build(options: options, layers: layers)
    }
  }

  private mutating func define(_ id: YAMLNode, _ layer: any Layer) throws(Diagnostic) -> any Functors.Node {
    let text = try string(id)
    guard shared[text] == nil else { throw malformed(id, "two layers have the id '\(text)'") }
    let tie = Shared(AnyNode(layer))
    shared[text] = tie
    return tie
  }

  private func occurrence(_ share: YAMLNode) throws(Diagnostic) -> any Functors.Node {
    let text = try string(share)
    if let tie = shared[text] { return tie }
    throw malformed(
      share, "no layer before this one has the id '\(text)'", expected: "the 'id' of a layer",
      hints: Suggestion.hint(for: text, in: shared.keys.sorted()))
  }
}

extension DocumentReader {
  /// Options, each a name and a value as calls have it.
  private func pairs(_ node: YAMLNode?) throws(Diagnostic) -> [(name: String, value: String)] {
    guard let node else { return [] }
    guard let options = node.pairs else { throw malformed(node, "options are a mapping", expected: "key: value") }
    var pairs: [(name: String, value: String)] = []
    for (key, value) in options { pairs.append((try string(key), try argument(value))) }
    return pairs
  }

  /// A value as a call has it: a number, a word, or numbers in brackets.
  private func argument(_ node: YAMLNode) throws(Diagnostic) -> String {
    guard let list = node.items else { return try string(node) }
    var items: [String] = []
    for item in list { items.append(try string(item)) }
    return "[" + items.joined(separator: ", ") + "]"
  }

  private func list(_ node: YAMLNode?) throws(Diagnostic) -> [YAMLNode] {
    guard let node else { return [] }
    guard let items = node.items else { throw malformed(node, "'layers' is a list", expected: "a list") }
    return items
  }

  private func string(_ node: YAMLNode) throws(Diagnostic) -> String {
    if let text = node.text { return text }
    throw malformed(
      node, "a text is wanted here", expected: "a text", found: node.items == nil ? "a mapping" : "a list")
  }

  /// Errors of layers, with the place in the document.
  private func located<Result>(
    _ node: YAMLNode, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    do throws(Diagnostic) { return try body() } catch {
      let place = DocumentReader.place(name, node)
      var error = error
      error.place = error.place.map { "\(place), \($0)" } ?? place
      throw error
    }
  }

  private func malformed(
    _ node: YAMLNode, _ message: String, expected: String? = nil, found: String? = nil, hints: [String] = []
  ) -> Diagnostic {
    DocumentReader.malformed(name, node, message, expected: expected, found: found, hints: hints)
  }

  static func malformed(
    _ name: String, _ node: YAMLNode, _ message: String, expected: String? = nil, found: String? = nil,
    hints: [String] = []
  ) -> Diagnostic {
    Diagnostic(.malformedModel, message, at: place(name, node), expected: expected, found: found, hints: hints)
  }

  private static func place(_ name: String, _ node: YAMLNode) -> String {
    "\(name):\(node.place.line):\(node.place.column)"
  }
}
