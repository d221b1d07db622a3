import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A layer that prints as the code that makes it.
public protocol PrintableLayer: Layer, CustomStringConvertible {
  /// The call that makes the layer, without its tensors' values: `Dense(in: 128, out: 64)`.
  ///
  /// For a ``Container``, what stands before its children: `Parallel(.add, `.
  var code: String { get }
}

extension PrintableLayer {
  /// The layer as code, with counts of trainable parameters; large models are folded: `"layer1": Chain([…])`.
  public var description: String { CodePrinter.text(of: self, lines: 150) }

  /// The layer and all in it as code, however long.
  public var listing: String { CodePrinter.text(of: self) }
}

/// The text of a constructor call.
enum Call {
  /// `Name(argument, argument)`; arguments that are nil have their default values.
  static func text(_ name: String, _ arguments: [String?]) -> String {
    "\(name)(\(arguments.compactMap { $0 }.joined(separator: ", ")))"
  }

  /// `label: value`, or nil where the value is the default.
  static func argument<Value: Equatable>(_ label: String, _ value: Value, unless defaultValue: Value)
    -> String?
  {
    value == defaultValue ? nil : "\(label): \(value)"
  }
}

extension Shape {
  /// The size of an axis; 0 where there is no such axis.
  func size(_ axis: Int) -> Int { sizes.indices.contains(axis) ? sizes[axis] : 0 }
}
