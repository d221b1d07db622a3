import Diagnostics
import Functors
import Initializers

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
      "connection", nil, "how results are joined: add, multiply, concatenate or concatenate(axis: 1)")
    add(.chain, "layers one after the other", children: 0...Int.max) { _, children throws(Diagnostic) in
      try Chain(indexed(children))
    }
    add(.parallel, "branches of one input, joined", [], [connection], children: 0...Int.max) {
      a, children throws(Diagnostic) in
      try Parallel(a.connection(), indexed(children))
    }
    add(
      .skipConnection, "layers whose result is joined with their input", [], [connection],
      reference: "He et al., Deep residual learning for image recognition, 2016", children: 0...Int.max
    ) { a, children throws(Diagnostic) in
      try SkipConnection(a.connection(), indexed(children))
    }
  }
}

private func indexed(_ children: [any Node]) -> [(Key, any Node)] {
  children.enumerated().map { (.index($0.offset), $0.element) }
}

extension Arguments {
  fileprivate func connection() throws(Diagnostic) -> Connection {
    guard case .word(let word) = self["connection"] else { throw wrongConnection(hints: []) }
    switch word {
    case "add": return .add
    case "multiply": return .multiply
    default: break
    }
    let call = try CallText(word, as: .layer)
    guard call.name == "concatenate" else {
      throw wrongConnection(hints: Suggestion.hint(for: word, in: ["add", "multiply", "concatenate"]))
    }
    let axis = try Arguments(
      of: call.name, [.init("axis", .number(1), "the axis; channels are axis 1")], call)
    return .concatenate(axis: try axis.integer("axis", in: -32...32))
  }

  private func wrongConnection(hints: [String]) -> Diagnostic {
    wrongKind("connection", expected: "one of 'add', 'multiply', 'concatenate(axis: 1)'", hints: hints)
  }
}
