import Functors
import Initializers
import LayerVocabulary

/// Joins all axes from one on into one.
public struct Flatten: PrintableLayer {
  /// The first axis that is joined.
  public var from: Int
  /// No parameters.
  public static let fields = FieldList<Flatten>(ordered: [])
  /// Joins the axes from that one on; the batch is axis 0.
  public init(from: Int = 1) { self.from = from }
  /// `Flatten`.
  public var kind: LayerKind { .flatten }
  /// `Flatten()`.
  public var code: String { Call.text("Flatten", [Call.argument("from", from, unless: 1)]) }
}

/// Gives back its input.
public struct PassThrough: PrintableLayer {
  /// No parameters.
  public static let fields = FieldList<PassThrough>(ordered: [])
  /// The identity.
  public init() {}
  /// `Identity`.
  public var kind: LayerKind { .identity }
  /// `PassThrough()`.
  public var code: String { "PassThrough()" }
}
