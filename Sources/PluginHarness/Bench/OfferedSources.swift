import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// What a tensor is offered with that an initializer may read.
struct OfferedSources: Sendable {
  /// Values to read.
  enum Values: Sendable {
    /// Numbers that every floating-point type of 16 bits holds exactly.
    case usual
    /// Others: of the other sign, and some of them 0.
    case other
  }
  /// The type of the elements.
  var dtype = DType.f32
  /// The source whose values are the other ones; nil for none.
  var changed: String?

  /// Elements that are offered at most.
  private static let limit = 1 << 26

  /// Shapes of what lies beside a tensor, the likeliest first.
  static func shapes(beside shape: Shape) -> [Shape] {
    guard shape.rank == 2 else { return [shape] + (shape.rank > 2 ? [Shape([shape[0]])] : []) }
    let (a, b) = (shape[0], shape[1])
    return [shape, [a, a + b], [a + b, b], [b, a], [a], [b]]
  }

  /// The same draw with values to read.
  func binding(_ draw: Draw, _ offer: ParameterContext) throws(Diagnostic) -> Draw {
    try draw.reading(at: offer.name) { (source) throws(Diagnostic) in
      let numbers = OfferedSources.numbers(of: source, source.name == changed ? .other : .usual)
      var tensor = try Tensor(allocating: source.shape, dtype: source.dtype)
      tensor.withMutableBytes(keepingContents: false) { bytes in
        ElementBuffer.write(count: numbers.count, dtype: source.dtype, to: bytes) { Double(numbers[$0]) }
      }
      return tensor
    }
  }

  private static func numbers(of source: DrawSource, _ values: Values) -> [Float] {
    var numbers = [Float](repeating: 0, count: source.shape.count)
    let stream = RandomStream(seed: 5, name: source.name)
    numbers.withUnsafeMutableBufferPointer { stream.normal($0, from: 0, mean: 0, std: 1) }
    for index in numbers.indices {
      let rounded = max(-8, min(8, (numbers[index] * 16).rounded() / 16))
      numbers[index] = values == .usual ? rounded : index % 3 == 0 ? 0 : -rounded
    }
    return numbers
  }

  /// The context of an offered tensor in a tree that has whatever is read.
  func context(_ offer: ParameterContext, beside shape: Shape) throws(Diagnostic) -> ParameterContext {
    guard offer.shape.count <= OfferedSources.limit, shape.count <= OfferedSources.limit else {
      throw Diagnostic(
        .unsuitableShape, "what is read would be too large for a test", at: offer.name,
        expected: "at most \(OfferedSources.limit) elements", found: "\(offer.shape)")
    }
    let places = OfferedPlaces(offer, shape, dtype)
    return ParameterContext(
      leaf: 0, of: PlaceReader(places, prefix: TreePath(), library: places), shape: offer.shape, dtype: dtype,
      role: offer.role, geometry: offer.geometry, otherGeometries: offer.otherGeometries, fresh: offer.fresh,
      config: offer.config)
  }
}

/// A tree, and a checkpoint, in which there is a tensor at every path.
private final class OfferedPlaces: ParameterPlaces, SourceLibrary {
  private let offer: ParameterContext
  private let shape: Shape
  private let dtype: DType

  init(_ offer: ParameterContext, _ shape: Shape, _ dtype: DType) {
    (self.offer, self.shape, self.dtype) = (offer, shape, dtype)
  }

  func path(ofLeaf leaf: Int) -> TreePath { TreePath(offer.name) }
  func block(ofLeaf leaf: Int) -> (index: Int, count: Int)? { offer.block }
  func repeatedBlock(ofLeaf leaf: Int) -> (index: Int, count: Int)? { offer.block }
  var mostBlocks: Int? { offer.block?.count }
  var embeddingWidth: Int? { nil }
  func weight(besideLeaf leaf: Int) -> (shape: Shape, geometry: Geometry)? { nil }
  func tensor(at path: TreePath) -> (shape: Shape, dtype: DType)? { (shape, dtype) }
  func tensor(_ name: String, in file: String) throws(Diagnostic) -> Tensor { Tensor(lazy: shape, dtype: dtype) }
}
