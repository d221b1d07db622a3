import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// For each pair of places of a window, the row of the table of their relative position (Liu et al., "Swin
/// transformer", 2021).
///
/// It is how a layer's buffer begins, and in no list: there is nothing else that it could fill.
public struct RelativePosition: Initializer, Equatable {
  /// The window's height.
  public var height: Int
  /// The window's width.
  public var width: Int

  /// The positions of a window of those sizes.
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// Name and formula.
  public var descriptor: InitializerDescriptor {
    InitializerDescriptor(
      "relative_position", summary: "indices of relative positions within a window",
      formula: "(y₁ − y₂ + height − 1)·(2·width − 1) + x₁ − x₂ + width − 1",
      reference: "Liu et al., Swin transformer, 2021")
  }

  /// Both sizes.
  public var arguments: [InitializerArgument] {
    [.init("height", .number(Double(height))), .init("width", .number(Double(width)))]
  }

  /// The draw of those numbers.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` for a tensor of another size than (height·width)².
  public func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let places = height * width
    guard context.shape.count == places * places else {
      throw unsuitable(context, expected: "\(places * places) elements")
    }
    return Draw(.relativePosition, [.init("height", Double(height)), .init("width", Double(width))])
  }
}

extension Draw {
  /// Rows of the table, for the pairs of places in row-major order.
  func writeRelativePositions(_ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape) throws(Diagnostic) {
    let (height, width) = try relativeWindow(shape)
    let places = height * width
    for a in 0..<places {
      for b in 0..<places {
        let (dy, dx) = (a / width - b / width + height - 1, a % width - b % width + width - 1)
        values[a * places + b] = Float(dy * (2 * width - 1) + dx)
      }
    }
  }

  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit the shape.
  func relativeWindow(_ shape: Shape) throws(Diagnostic) -> (height: Int, width: Int) {
    let (height, width) = (try integer("height", in: 1...1024), try integer("width", in: 1...1024))
    guard shape.count == height * width * height * width else { throw malformed("\(shape)") }
    return (height, width)
  }
}
