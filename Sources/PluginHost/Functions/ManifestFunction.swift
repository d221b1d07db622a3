import CReinit
import Diagnostics
import Initializers
import JSONText

/// A plain C function as a manifest declares it: an initializer without glue.
package struct ManifestFunction: Sendable, Equatable {
  /// The initializer's name.
  package let name: String
  /// The exported C function.
  package let symbol: String
  /// One line.
  package let summary: String
  /// The definition, in plain Unicode.
  package let formula: String
  /// Paper and equation.
  package let reference: String
  /// The version of the algorithm, from 1.
  package let version: Int
  /// How far another machine may be off; 0 for equal bits.
  package let tolerance: Double
  /// Whether its calls must not overlap.
  package let isExclusive: Bool
  /// Whether a rule with it reaches every role.
  package let reachesEveryRole: Bool
  /// What its arguments of the role `param` declare, in their order.
  package let parameters: [PluginParameter]
  /// Its arguments and result.
  package let signature: FunctionSignature

  /// A function from its declaration.
  ///
  ///     {"name": "lecun", "symbol": "lecun_normal", "summary": "…", "version": 1, "result": "void", "args": [
  ///       {"type": "f32*", "role": "out"}, {"type": "u64", "role": "count"}, {"type": "f64", "role": "fan_in"},
  ///       {"type": "f32", "role": "param", "name": "gain", "default": 1.0, "min": 0, "max": 10, "summary": "factor"}]}
  ///
  /// Besides these keys there are `formula`, `reference`, `tolerance`, `exclusive` and `every_role`, and for a
  /// parameter `min_open`, `max_open` and `may_have_no_effect`. A parameter without a default is required; one of
  /// an integer type whose default is `true` or `false` is a truth value.
  /// - Parameter place: Where the declaration stands, for errors.
  /// - Throws: ``Diagnostics/ErrorCode/functionDeclaration``, ``Diagnostics/ErrorCode/functionType``, and what
  ///   ``FunctionSignature/init(arguments:result:parameters:name:)`` throws.
  package init(_ declaration: JSONValue, at place: String) throws(Diagnostic) {
    let reader = try FunctionReader(declaration, place)
    name = try reader.name("name")
    symbol = try reader.optional("symbol", "a string", \.string) ?? name
    summary = try reader.optional("summary", "a string", \.string) ?? ""
    formula = try reader.optional("formula", "a string", \.string) ?? ""
    reference = try reader.optional("reference", "a string", \.string) ?? ""
    version = try reader.optional("version", "a whole number from 1", { Self.version($0) }) ?? 1
    tolerance = try reader.optional("tolerance", "a number from 0 to 1", { Self.tolerance($0) }) ?? 0
    isExclusive = try reader.optional("exclusive", "true or false", \.bool) ?? false
    reachesEveryRole = try reader.optional("every_role", "true or false", \.bool) ?? false
    let (arguments, parameters) = try Self.arguments(reader, place)
    self.parameters = parameters
    signature = try FunctionSignature(
      arguments: arguments, result: try Self.result(reader), parameters: parameters, name: name)
  }

  /// A line for each key of a declaration that nobody knows.
  static func notes(on function: PluginManifest.Function) -> [String] {
    let place = "function '\(function.name)'"
    let own = function.declaration.object.map { UnknownKeys.notes(on: $0, known: keys, of: place) } ?? []
    let arguments = (function.declaration["args"]?.array ?? []).enumerated().flatMap { index, item in
      item.object.map {
        UnknownKeys.notes(on: $0, known: ManifestArgument.keys(of: item), of: "\(place), argument \(index)")
      } ?? []
    }
    return own + arguments
  }

  private static let keys = [
    "name", "symbol", "summary", "formula", "reference", "version", "tolerance", "exclusive", "every_role", "result",
    "args",
  ]

  private static func version(_ value: JSONValue) -> Int? {
    value.int.flatMap { (1...Int(Int32.max)).contains($0) ? $0 : nil }
  }

  private static func tolerance(_ value: JSONValue) -> Double? {
    value.double.flatMap { (0...1).contains($0) ? $0 : nil }
  }

  private static func arguments(
    _ reader: FunctionReader, _ place: String
  ) throws(Diagnostic) -> ([ri_arg], [PluginParameter]) {
    var (arguments, parameters): ([ri_arg], [PluginParameter]) = ([], [])
    for (index, item) in try reader.required("args", "a list of objects", \.array).enumerated() {
      let argument = try ManifestArgument(item, "\(place)/args/\(index)")
      arguments.append(argument.abi(parameter: parameters.count))
      guard let parameter = argument.parameter else { continue }
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw reader.wrong("args", "has the parameter '\(parameter.name)' twice", "names that differ", nil)
      }
      parameters.append(parameter)
    }
    return (arguments, parameters)
  }

  private static func result(_ reader: FunctionReader) throws(Diagnostic) -> ri_arg {
    let word = try reader.required("result", "a type, such as \"void\"", \.string)
    guard let type = FunctionType.allCases.first(where: { $0.word == word }) else {
      throw ManifestArgument.unknown("type", word, FunctionType.allCases.compactMap(\.word), "\(reader.place)/result")
    }
    return ri_arg(type: type.rawValue, role: FunctionRole.result.rawValue, param: 0, reserved: 0)
  }
}
