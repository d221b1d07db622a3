import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// What a person or a note says that a layer is, as far as it was said.
enum ToldType: Sendable {
  /// A built-in kind with what a file does not tell.
  case kind(LayerKind, ToldArguments)
  /// A layer with all its parts, as a plugin makes it: it takes the place of everything below the path.
  case whole(name: String, make: @Sendable (ModelConfig?) throws(Diagnostic) -> any Layer)

  var name: String {
    switch self {
    case .kind(let kind, _): kind.name
    case .whole(let name, _): name
    }
  }

  /// Reads `TYPE` or `TYPE(name: value, …)`.
  /// - Parameter place: what an error calls the text: `--type 'fc=Dense'`.
  /// - Throws: ``Diagnostics/ErrorCode/malformedLayer`` and others of the text; ``Diagnostics/ErrorCode/unknownName`` for a type that is in
  ///   no list; what a plugin says of its layer.
  init(
    _ text: String, layers: LayerRegistry, initializers: InitializerRegistry, at place: String
  ) throws(Diagnostic) {
    let call = try CallText(text, as: .layer)
    if call.name == "Buffer" {
      self = .kind(Parameter([]).kind, try ToldArguments(call, initializers, role: .buffer, at: place))
    } else if let kind = call.name == Experts.kind.name ? Experts.kind : LayerCatalog.kind(named: call.name) {
      self = .kind(kind, try ToldArguments(call, initializers, role: nil, at: place))
    } else if let descriptor = layers.descriptor(named: call.name) {
      self = try ToldType.whole(call.withVariables(for: descriptor.parameters), descriptor.kind.name, layers)
    } else {
      throw Diagnostic(
        .unknownName, "no layer is named '\(call.name)'", at: place,
        hints: Suggestion.hint(for: call.name, in: layers.descriptors.map(\.kind.name) + ["Buffer", Experts.kind.name])
          + ["reinit list layers"])
    }
  }

  /// A plugin's layer: made at once, so that its errors are told where it is named, unless it has to wait for config.json.
  private static func whole(
    _ call: CallText, _ name: String, _ layers: LayerRegistry
  ) throws(Diagnostic) -> ToldType {
    guard call.isComputed else {
      let layer = try layers.layer(call, named: [])
      return .whole(name: name) { _ in layer }
    }
    return .whole(name: name) { (config) throws(Diagnostic) in
      try layers.layer(
        ToldArguments.evaluated(config, call.written) { (lookup) throws(Expression.Failure) in
          try call.evaluated(lookup)
        }, named: [])
    }
  }
}

/// What was said of a layer besides its kind: numbers that a file does not tell, a role, how fields begin.
struct ToldArguments: Sendable {
  /// `groups`, `parts`, `transposed`: one number, or several.
  let numbers: [(name: String, value: CallText.Value)]
  /// By the layer's name of a field; that of the main tensor is `weight`.
  let beginnings: [(field: String, initializer: any Initializer)]
  /// What a tensor on its own is for.
  let role: ParameterRole?

  init(
    _ call: CallText, _ initializers: InitializerRegistry, role: ParameterRole?, at place: String
  ) throws(Diagnostic) {
    var numbers: [(name: String, value: CallText.Value)] = []
    var beginnings: [(field: String, initializer: any Initializer)] = []
    var role = role
    for argument in call.arguments {
      guard let name = argument.name else { throw ToldArguments.malformed(place) }
      if name == "begins" || name.hasPrefix("begins_") {
        let field = name == "begins" ? "weight" : String(name.dropFirst("begins_".count))
        beginnings.append((field, try ToldArguments.beginning(argument.value, initializers)))
      } else if name == "role" {
        role = try ToldArguments.role(argument.value, at: place)
      } else {
        numbers.append((name, try ToldArguments.number(argument.value, at: place)))
      }
    }
    (self.numbers, self.beginnings, self.role) = (numbers, beginnings, role)
  }

  private static func beginning(
    _ value: CallText.Value, _ initializers: InitializerRegistry
  ) throws(Diagnostic) -> any Initializer {
    switch value {
    case .known(.word(let text)): try initializers.initializer(parsing: text)
    case .known(.number(let number)): Constant(number)
    default: try initializers.initializer(parsing: "constant((\(value.description)))")
    }
  }

  private static func role(_ value: CallText.Value, at place: String) throws(Diagnostic) -> ParameterRole {
    if case .known(.word(let word)) = value, let role = ParameterRole(rawValue: word) { return role }
    throw Diagnostic(
      .usage, "there is no role '\(value.description)'", at: place,
      expected: ParameterRole.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// `true` and `false` are 1 and 0; a lone variable is an expression.
  private static func number(_ value: CallText.Value, at place: String) throws(Diagnostic) -> CallText.Value {
    switch value {
    case .known(.word("true")): return .known(.number(1))
    case .known(.word("false")): return .known(.number(0))
    case .known(.word): throw malformed(place)
    default: return value
    }
  }

  private static func malformed(_ place: String) -> Diagnostic {
    Diagnostic(
      .ruleSyntax, "a type cannot be read", at: place, expected: "TYPE(name: number, …)",
      hints: ["--type 'layer1.0.conv2=Conv(groups: 32)'"])
  }

  /// The numbers of an argument; nil where it was not given.
  /// - Throws: ``Diagnostics/ErrorCode/valueOfExpression``.
  func numbers(_ name: String, _ config: ModelConfig?) throws(Diagnostic) -> [Double]? {
    guard let value = numbers.last(where: { $0.name == name })?.value else { return nil }
    let known = try ToldArguments.evaluated(config, value.description) { (lookup) throws(Expression.Failure) in
      try value.evaluated(lookup)
    }
    switch known {
    case .number(let number): return [number]
    case .list(let numbers): return numbers
    case .word: return nil
    }
  }

  /// Reckons with fields of config.json, which are all that is known before there is a tree.
  static func evaluated<Value>(
    _ config: ModelConfig?, _ text: String, _ reckon: ((String) -> Double?) throws(Expression.Failure) -> Value
  ) throws(Diagnostic) -> Value {
    do throws(Expression.Failure) {
      return try reckon { name in StructureVariable.field(name).flatMap { config?.number($0) } }
    } catch {
      throw Diagnostic(
        .valueOfExpression, error.problem, at: "'\(text)'",
        expected: "numbers, and fields of \(config?.source ?? "config.json")", hints: ["--config FILE names it"])
    }
  }
}
