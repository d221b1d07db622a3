import Diagnostics
import Synchronization
import Tensors

/// What an initializer reads besides its random stream: a tensor, as it is before a run changes anything.
public struct DrawSource: Sendable, Equatable {
  /// Where a source is.
  public enum Place: Sendable, Equatable {
    /// The values that the tensor has which is filled.
    case old
    /// Another tensor of the tree, by its path; and by its name in the file, where that differs.
    case tensor(path: String, stored: String?)
    /// A tensor of another checkpoint.
    case file(String, tensor: String)
  }

  /// What the initializer calls it.
  public let name: String
  /// Where it is.
  public var place: Place
  /// The sizes of its axes.
  public let shape: Shape
  /// The type of its elements.
  public let dtype: DType
  /// The rows, along the first axis, that are looked at; nil for all.
  public var rows: [Range<Int>]?
  /// The hash of its bytes; nil until they are read from a file.
  public var hash: ContentHash?
  /// The tensor; nil in a plan, and in a draw that was read from a receipt.
  public var values: Tensor? { didSet { conversions = Conversions() } }
  /// Its elements as other types, by whoever wanted them first.
  package private(set) var conversions = Conversions()

  /// A source from its parts.
  public init(name: String, place: Place, shape: Shape, dtype: DType, hash: ContentHash? = nil) {
    self.name = name
    self.place = place
    self.shape = shape
    self.dtype = dtype
    self.hash = hash
  }

  /// Sources are equal if what they say is; the values are not compared.
  public static func == (a: DrawSource, b: DrawSource) -> Bool {
    a.name == b.name && a.place == b.place && a.shape == b.shape && a.dtype == b.dtype && a.hash == b.hash
      && a.rows == b.rows
  }
}

extension Draw {
  /// The same with the values of its sources.
  /// - Throws: what the closure throws; ``Diagnostics/ErrorCode/sourceMissing`` for a tensor without values, or of another
  ///   shape or type than was planned for.
  package func reading(
    at place: String, _ tensor: (DrawSource) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Draw {
    var draw = self
    for (index, source) in sources.enumerated() {
      let values = try tensor(source)
      guard values.shape == source.shape, values.dtype == source.dtype, !values.isLazy else {
        throw Diagnostic.sourceMissing(
          source.description, at: place, expected: "\(source.dtype) \(source.shape), with values")
      }
      draw.sources[index].values = values
    }
    return draw
  }
}

/// The elements of one tensor as other types, each converted once.
package final class Conversions: Sendable {
  private let made = Mutex<[DType: Tensor]>([:])

  /// A tensor with its elements as another type.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package func tensor(_ tensor: Tensor, as dtype: DType) throws(Diagnostic) -> Tensor {
    // Who comes second waits: that costs less than a second copy.
    try made.withLock { (made) throws(Diagnostic) in
      if let known = made[dtype] { return known }
      let converted = try tensor.copied(as: dtype)
      made[dtype] = converted
      return converted
    }
  }
}

extension DrawSource: CustomStringConvertible {
  /// `old values`, `encoder.weight`, `base.weight of init.safetensors`.
  public var description: String {
    switch place {
    case .old: "old values"
    case .tensor(let path, _): path
    case .file(let file, let tensor): "\(tensor) of \(file)"
    }
  }
}

/// Where an initializer says that a source is, before the tensor is known that it fills.
public enum SourceReference: Sendable, Equatable {
  /// The values that the tensor has.
  case old
  /// A tensor of the tree: `.base` is beside the tensor that is filled, `..base.weight` beside its layer, and so on;
  /// without a dot in front it is a path from the root.
  case tensor(String)
  /// A tensor of another checkpoint, named in the same way; by the same name as the filled one where that is empty.
  case file(String, tensor: String)
}

/// Opens checkpoints for initializers that read from them.
public protocol SourceLibrary: Sendable {
  /// A tensor of a checkpoint; its values are read when they are wanted.
  /// - Throws: opening's and reading's codes; ``Diagnostics/ErrorCode/sourceMissing``.
  func tensor(_ name: String, in file: String) throws(Diagnostic) -> Tensor
}

extension Diagnostic {
  /// There is no such source.
  package static func sourceMissing(
    _ source: String, at place: String, expected: String, hints: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      .sourceMissing, "there is no tensor '\(source)' for an initializer that reads it", at: place, expected: expected,
      hints: hints)
  }
}
