import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary

extension LayerRegistry {
  /// Every built-in layer: maps, norms, recurrent ones and attention, parameters, containers, those without
  /// parameters.
  public static let standard: LayerRegistry = {
    var registry = LayerRegistry()
    registry.addMaps()
    registry.addNorms()
    registry.addScales()
    registry.addSequences()
    registry.addParameter()
    registry.addContainers()
    registry.addStateless()
    return registry
  }()

  /// Adds what is built in; that names are distinct is a fact of this source, which a test holds.
  mutating func add(
    _ kind: LayerKind, _ summary: String, _ fields: [String] = [],
    _ parameters: [LayerDescriptor.Parameter] = [],
    reference: String = "", children: ClosedRange<Int> = 0...0, make: @escaping Make
  ) {
    let descriptor = LayerDescriptor(
      kind, summary: summary, fields: fields, parameters: parameters, reference: reference, children: children
    )
    try? register(descriptor, make: make)
  }

  private mutating func addContainers() {
    let connection = LayerDescriptor.Parameter(
      "connection", nil, "how results are joined: add, multiply, maximum, concatenate or concatenate(axis: 1)")
    add(.chain, "layers one after the other", children: 0...Int.max) { _, children throws(Diagnostic) in
      try Chain(children)
    }
    add(.parallel, "branches of one input, joined", [], [connection], children: 0...Int.max) {
      a, children throws(Diagnostic) in
      try Parallel(a.connection(), children)
    }
    add(
      .skipConnection, "layers whose result is joined with their input", [], [connection],
      reference: "He et al., Deep residual learning for image recognition, 2016", children: 0...Int.max
    ) { a, children throws(Diagnostic) in
      try SkipConnection(a.connection(), children)
    }
    addBranches(connection)
  }
}

extension LayerRegistry {
  private mutating func addBranches(_ connection: LayerDescriptor.Parameter) {
    add(.join, "branches of several inputs, one for each, joined", [], [connection], children: 0...Int.max) {
      a, children throws(Diagnostic) in
      try Join(a.connection(), children)
    }
    add(
      .pairwiseFusion, "layers that each get an input joined with the result before", [], [connection],
      reference: "Gao et al., Res2Net, 2019", children: 0...Int.max
    ) { a, children throws(Diagnostic) in
      try PairwiseFusion(a.connection(), children)
    }
    addPlain(.split, "branches of one input, a result from each", Split.self)
    addPlain(
      .maxout, "the largest of branches' results", Maxout.self, reference: "Goodfellow et al., Maxout networks, 2013")
    addPlain(.compose, "layers one after the other, from the last to the first", Compose.self)
    addPlain(.auxiliary, "layers of training, which a forward pass goes around", Auxiliary.self)
  }

  private mutating func addPlain(
    _ kind: LayerKind, _ summary: String, _ type: (some PlainContainer).Type, reference: String = ""
  ) {
    add(kind, summary, reference: reference, children: 0...Int.max) { _, children throws(Diagnostic) in
      try type.init(children)
    }
  }
}

extension Arguments {
  fileprivate func connection() throws(Diagnostic) -> Connection {
    guard case .word(let word) = self["connection"] else { throw wrongConnection(hints: []) }
    switch word {
    case "add": return .add
    case "multiply": return .multiply
    case "maximum": return .maximum
    default: break
    }
    let call = try CallText(word, as: .layer)
    guard call.name == "concatenate" else {
      throw wrongConnection(hints: Suggestion.hint(for: word, in: ["add", "multiply", "maximum", "concatenate"]))
    }
    let axis = try Arguments(
      of: call.name, [.init("axis", .number(1), "the axis; channels are axis 1")], call)
    return .concatenate(axis: try axis.integer("axis", in: -32...32))
  }

  private func wrongConnection(hints: [String]) -> Diagnostic {
    wrongKind("connection", expected: "one of 'add', 'multiply', 'maximum', 'concatenate(axis: 1)'", hints: hints)
  }
}
