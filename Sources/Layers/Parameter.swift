import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A tensor on its own: a class token, a position embedding, a temperature.
///
/// Its tensor has no name of its own: the path of the layer is the path of the parameter.
public struct Parameter: PrintableLayer {
  /// The values.
  public var value: Tensor
  /// What it is for.
  public var role: ParameterRole
  /// How it begins; nil if that is not known.
  public var start: (any Initializer)?

  /// The tensor, unnamed.
  public static let fields = FieldList(ordered: [.named("", .weight, \Self.value)])

  /// A parameter of a given tensor.
  public init(_ value: Tensor, role: ParameterRole = .weight, start: (any Initializer)? = nil) {
    self.value = value
    self.role = role
    self.start = start
  }

  /// A parameter of those sizes whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ sizes: [Int], role: ParameterRole = .weight, start: (any Initializer)? = nil, dtype: DType = .f32) {
    self.init(Tensor(lazy: Shape(sizes), dtype: dtype), role: role, start: start)
  }

  /// The tensor, in its role.
  public var children: [NodeChild] { [NodeChild("", role: role, value)] }

  /// `Parameter`.
  public var kind: LayerKind { .parameter }

  /// As it was made.
  public func fresh(_ field: String) -> (any Initializer)? { start }

  /// `Parameter([1, 1, 768])`.
  public var code: String {
    Call.text(
      "Parameter",
      [
        "\(value.shape)", role == .weight ? nil : "role: .\(role.rawValue)",
        start.map { "start: .\($0.description)" },
      ])
  }
}
