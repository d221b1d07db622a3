import Functors
import LayerVocabulary

extension LayerGuess {
  /// Leaves the factor to rules that name it, and to `default`.
  mutating func becomeOther() {
    assignments = assignments.map {
      Assignment(entry: $0.entry, field: $0.field, role: $0.role == .scale ? .other : $0.role)
    }
  }

  /// Says that parts of those sizes are packed along the outputs.
  mutating func pack(_ sizes: [Int], names: [String]? = nil) {
    let packed = sizes.enumerated().map { PackedPart(names?[$0.offset] ?? "\($0.offset)", size: $0.element) }
    change { ($0.parts, $0.packed) = (1, packed) }
  }

  /// Says how parts lie.
  mutating func lay(_ order: PartOrder) { change { $0.order = order } }

  private mutating func change(_ change: (inout Geometry) -> Void) {
    geometries = geometries.map { field in
      var choices = field.choices
      for index in choices.indices { change(&choices[index]) }
      return Recognition.FieldGeometry(field: field.field, choices: choices)
    }
  }
}
