import Diagnostics
import Functors
import JSONText
import LayerVocabulary
import Tensors

/// A model as a program describes it: names, shapes, types, layers and ties; `reinit.tree/1`.
package struct TreeDescription: Sendable {
  /// One tensor.
  struct Item: Sendable {
    let name: String
    let tensor: Tensor
    let field: String?
    let role: ParameterRole?
    let geometry: Geometry?
    let begins: String?
  }
  /// One layer: a text that makes it, or a kind that nothing else is known of.
  struct Place: Sendable {
    let path: String
    let type: String?
    let kind: String?
  }
  let tensors: [Item]
  let layers: [Place]
  /// Names of tensors that are one.
  let ties: [[String]]
  /// What expressions in rules call `config`.
  let config: ModelConfig?

  /// Reads a description.
  /// - Throws: R0640 to R0644 for text that is no JSON; ``Diagnostics/ErrorCode/jsonShape`` with the place;
  ///   ``Diagnostics/ErrorCode/shapeOverflow``.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    let json = try JSONValue(parsing: bytes, source: "tree")
    guard json.object != nil else { throw DescriptionFault.kind("tree", "an object with 'tensors'", json) }
    if let schema = json["schema"], schema.string != "reinit.tree/1" {
      throw DescriptionFault.kind("tree.schema", "\"reinit.tree/1\"", schema)
    }
    tensors = try json.list("tensors", in: "tree").enumerated().map { (index, value) throws(Diagnostic) in
      try Item(value, at: "tree.tensors[\(index)]")
    }
    layers = try json.list("layers", in: "tree").enumerated().map { (index, value) throws(Diagnostic) in
      try Place(value, at: "tree.layers[\(index)]")
    }
    ties = try json.list("ties", in: "tree").enumerated().map { (index, value) throws(Diagnostic) in
      guard let names = value.array?.map(\.string), !names.contains(nil) else {
        throw DescriptionFault.kind("tree.ties[\(index)]", "a list of names", value)
      }
      return names.compactMap { $0 }
    }
    let config = json["config"] ?? .null
    self.config = config.isNull ? nil : try ModelConfig(config, source: "tree.config")
  }
}

extension TreeDescription.Item {
  fileprivate init(_ json: JSONValue, at place: String) throws(Diagnostic) {
    name = try json.text("name", in: place)
    let numbers = try json.numbers("shape", in: place)
    guard let shape = Shape(checking: numbers), shape.count <= 1 << 59 else {
      throw Diagnostic(
        .shapeOverflow, "a shape has more elements than can be counted, or a negative size", at: "\(place), '\(name)'",
        expected: "fewer than 2^59 elements", found: "\(numbers)")
    }
    let type = try json.text("dtype", in: place)
    guard let dtype = DType(named: type) else {
      throw Diagnostic(
        .jsonShape, "there is no element type '\(type)'", at: "\(place), '\(name)'",
        expected: DType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    tensor = dtype == .opaque ? Tensor(opaque: shape, byteCount: 0) : Tensor(lazy: shape, dtype: dtype)
    field = try json.optionalText("field", in: place)
    begins = try json.optionalText("begins", in: place)
    role = try json.optionalText("role", in: place).map { (text) throws(Diagnostic) in
      guard let role = ParameterRole(rawValue: text) else {
        throw DescriptionFault.kind(
          "\(place).role", ParameterRole.allCases.map(\.rawValue).joined(separator: ", "), .string(text))
      }
      return role
    }
    let meaning = json["geometry"] ?? .null
    geometry = meaning.isNull ? nil : try Geometry(meaning, of: shape, at: "\(place).geometry")
  }
}

extension TreeDescription.Place {
  fileprivate init(_ json: JSONValue, at place: String) throws(Diagnostic) {
    path = try json.text("path", in: place)
    type = try json.optionalText("type", in: place)
    kind = try json.optionalText("kind", in: place)
    guard type != nil || kind != nil else {
      throw Diagnostic(
        .jsonShape, "a layer has neither 'type' nor 'kind'", at: "\(place), '\(path)'",
        expected: "a type, as in \"Dense(in: 64, out: 10)\", or the name of a kind")
    }
  }
}

extension DType {
  /// A type by our name, or by that of safetensors.
  fileprivate init?(named text: String) {
    let name = text.lowercased()
    self.init(rawValue: name == "f8_e4m3fn" ? "f8_e4m3" : name)
  }
}

/// What is wrong with a description.
enum DescriptionFault {
  static func kind(_ place: String, _ expected: String, _ found: JSONValue?) -> Diagnostic {
    let words = found.map { $0.string.map { "'\($0)'" } ?? $0.integer.map(String.init) ?? $0.kind } ?? "nothing"
    return Diagnostic(
      .jsonShape, "a description is not of the form that it has to be", at: place, expected: expected, found: words)
  }
}

extension JSONValue {
  func text(_ key: String, in place: String) throws(Diagnostic) -> String {
    guard let text = self[key]?.string else { throw DescriptionFault.kind("\(place).\(key)", "a text", self[key]) }
    return text
  }

  func optionalText(_ key: String, in place: String) throws(Diagnostic) -> String? {
    guard let value = self[key], !value.isNull else { return nil }
    return try text(key, in: place)
  }

  /// A list, empty where it is left out.
  func list(_ key: String, in place: String) throws(Diagnostic) -> [JSONValue] {
    guard let value = self[key], !value.isNull else { return [] }
    guard let list = value.array else { throw DescriptionFault.kind("\(place).\(key)", "a list", value) }
    return list
  }

  func numbers(_ key: String, in place: String) throws(Diagnostic) -> [Int] {
    let numbers = self[key]?.array?.map(\.int)
    guard let numbers, !numbers.contains(nil) else {
      throw DescriptionFault.kind("\(place).\(key)", "a list of integers", self[key])
    }
    return numbers.compactMap { $0 }
  }
}
