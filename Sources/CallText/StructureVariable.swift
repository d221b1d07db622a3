/// What an expression in a rule may name: the structure around the tensor that is filled, and fields of the model's configuration.
package enum StructureVariable: String, CaseIterable, Sendable {
  /// Inputs to one output of the layer.
  case fanIn = "fan_in"
  /// Outputs of one input of the layer.
  case fanOut = "fan_out"
  /// How many repeated blocks the list has that encloses the tensor.
  case blocks
  /// The position in it, from 0.
  case block
  /// The layer's inputs: features or channels, without the kernel.
  case inputs = "in"
  /// The layer's outputs.
  case outputs = "out"
  /// The width of the model.
  case width = "d_model"

  /// What stands before a field of the configuration.
  package static let configuration = "config."

  /// The field that a name means: `config.initializer_range`; nil for other names.
  package static func field(_ name: String) -> String? {
    name.hasPrefix(configuration) && name.utf8.count > configuration.utf8.count
      ? String(name.dropFirst(configuration.count)) : nil
  }

  /// Whether a name means something.
  package static func isKnown(_ name: String) -> Bool {
    StructureVariable(rawValue: name) != nil || field(name) != nil
  }

  /// All of them, for an error.
  package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") + ", config.FIELD" }
}
