import Diagnostics
import Functors
import Tensors

/// What is told of a parameter's place only where an initializer asks for it.
package protocol ParameterPlaces: AnyObject, Sendable {
  /// The path in the tree.
  func path(ofLeaf leaf: Int) -> TreePath
  /// The position of the enclosing block among its equals.
  func block(ofLeaf leaf: Int) -> (index: Int, count: Int)?
  /// The same for the blocks that a model repeats.
  func repeatedBlock(ofLeaf leaf: Int) -> (index: Int, count: Int)?
  /// How many blocks the longest list of them has; nil where there is none.
  var mostBlocks: Int? { get }
  /// The width of the embedding with the most rows; nil where there is none.
  var embeddingWidth: Int? { get }
  /// The weight in the same layer: its shape, and what its axes mean.
  func weight(besideLeaf leaf: Int) -> (shape: Shape, geometry: Geometry)?
  /// The parameter at a path from the root; nil where there is none.
  func tensor(at path: TreePath) -> (shape: Shape, dtype: DType)?
}

/// What is filled of a tensor.
public struct PartContext: Sendable, Equatable {
  /// As a rule writes it.
  public let text: String
  /// Which elements.
  public let region: Region
  /// The part's name, where a layer gives it one.
  public var name: String? {
    let isName = text.first.map { $0.isLetter } ?? false
    return isName && !text.hasPrefix("rows where ") && !text.hasPrefix("mask ") ? text : nil
  }
  /// The sizes of the part's axes: as many as the tensor has.
  public let shape: Shape
  /// Those of the tensor.
  public fileprivate(set) var whole: Shape
  /// What the tensor's axes mean: fans are the layer's.
  public fileprivate(set) var geometry: Geometry?

  /// A part of a shape.
  package init(_ region: Region, _ shape: Shape) {
    (self.region, self.shape, whole) = (region, shape, shape)
    text = region.text ?? ""
  }
}

/// What an initializer may know of the tensor it is to fill; of its old values, and of other tensors, what they look like.
public struct ParameterContext: Sendable {
  /// The sizes of the axes.
  public var shape: Shape
  /// The type of the elements.
  public var dtype: DType
  /// What the parameter is for.
  public var role: ParameterRole
  /// What the axes mean; nil where nothing has a fan.
  public var geometry: Geometry?
  /// Other geometries that are as likely, where the file does not tell its layout.
  public var otherGeometries: [Geometry]
  /// How the layer itself begins; nil where it does not say.
  public var fresh: (any Initializer)?
  /// What `config.json` says of the model; nil where there is none.
  public var config: ModelConfig?
  /// What is filled of a tensor; nil for all of it.
  ///
  /// Shape and geometry are then the part's, where it is made as a tensor by itself, and the tensor's in here.
  public private(set) var part: PartContext?
  private var place: Place

  private enum Place: Sendable {
    case told(name: String, block: (index: Int, count: Int)?, weightFans: Fans?, weightGeometry: Geometry?)
    case asked(PlaceReader, leaf: Int)
  }

  /// The context of a parameter.
  public init(
    name: String, shape: Shape, dtype: DType = .f32, role: ParameterRole = .weight, geometry: Geometry? = nil,
    otherGeometries: [Geometry] = [], fresh: (any Initializer)? = nil, block: (index: Int, count: Int)? = nil,
    weightFans: Fans? = nil, weightGeometry: Geometry? = nil, config: ModelConfig? = nil
  ) {
    self.config = config
    self.shape = shape
    self.dtype = dtype
    self.role = role
    self.geometry = geometry
    self.otherGeometries = otherGeometries
    self.fresh = fresh
    place = .told(name: name, block: block, weightFans: weightFans, weightGeometry: weightGeometry)
  }

  /// The context of a parameter whose place is looked up when it is asked for.
  package init(
    leaf: Int, of reader: PlaceReader, shape: Shape, dtype: DType, role: ParameterRole, geometry: Geometry?,
    otherGeometries: [Geometry], fresh: (any Initializer)?, config: ModelConfig?
  ) {
    self.init(
      name: "", shape: shape, dtype: dtype, role: role, geometry: geometry, otherGeometries: otherGeometries,
      fresh: fresh, config: config)
    place = .asked(reader, leaf: leaf)
  }

  /// The name that keys the random stream: the path as in the file.
  public var name: String {
    get {
      switch place {
      case .told(let name, _, _, _): name
      case .asked(let reader, let leaf): reader.name(leaf)
      }
    }
    set { place = told(name: newValue) }
  }

  /// The position of the enclosing block among its equals, from 0; nil where unknown.
  public var block: (index: Int, count: Int)? {
    get {
      switch place {
      case .told(_, let block, _, _): block
      case .asked(let reader, let leaf): reader.block(leaf)
      }
    }
    set { place = .told(name: name, block: newValue, weightFans: weightFans, weightGeometry: weightGeometry) }
  }

  /// The fans of the weight that this bias is added to; nil where unknown, and for all but biases.
  public var weightFans: Fans? {
    get {
      switch place {
      case .told(_, _, let fans, _): fans
      case .asked(let reader, let leaf): reader.weight(leaf).flatMap { $0.geometry.fans(of: $0.shape) }
      }
    }
    set { place = .told(name: name, block: block, weightFans: newValue, weightGeometry: weightGeometry) }
  }

  /// What the axes of that weight mean: how a bias is packed; nil where unknown, and for all but biases.
  public var weightGeometry: Geometry? {
    switch place {
    case .told(_, _, _, let geometry): geometry
    case .asked(let reader, let leaf): reader.weight(leaf)?.geometry
    }
  }

  /// The position in the list of repeated blocks around the tensor; nil outside of one.
  package var repeatedBlock: (index: Int, count: Int)? {
    switch place {
    case .told(_, let block, _, _): block
    case .asked(let reader, let leaf): reader.repeatedBlock(leaf)
    }
  }

  /// How many blocks that list has, or outside of one the longest.
  package var blocks: Int? {
    switch place {
    case .told(_, let block, _, _): block?.count
    case .asked(let reader, let leaf): reader.repeatedBlock(leaf)?.count ?? reader.mostBlocks
    }
  }

  /// The width of the model's largest embedding; nil where it has none.
  package var embeddingWidth: Int? {
    if case .asked(let reader, _) = place { reader.embeddingWidth } else { nil }
  }

  /// The weight that this bias is added to; nil where unknown, and for all but biases.
  package var weight: (shape: Shape, geometry: Geometry)? {
    if case .asked(let reader, let leaf) = place { reader.weight(leaf) } else { nil }
  }

  /// What the initializer reads under a name, looked up from this tensor's place.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` where there is no such tensor; opening's codes.
  public func source(_ name: String, _ reference: SourceReference) throws(Diagnostic) -> DrawSource {
    switch (reference, place) {
    case (.old, .asked(let reader, let leaf)):
      return reader.predecessor(of: leaf, called: name)
        ?? DrawSource(name: name, place: .old, shape: part?.whole ?? shape, dtype: dtype)
    case (.old, .told): return DrawSource(name: name, place: .old, shape: part?.whole ?? shape, dtype: dtype)
    case (.tensor(let path), .asked(let reader, let leaf)): return try reader.source(name, path, leaf)
    case (.file(let file, let tensor), .asked(let reader, let leaf)):
      return try reader.source(name, tensor, in: file, leaf)
    case (.tensor(let path), .told), (.file(_, let path), .told):
      throw Diagnostic.sourceMissing(path, at: self.name, expected: "a tensor in a tree: this one is by itself")
    }
  }

  /// Makes this the context of a part.
  /// - Parameter byItself: whether the part is made as a tensor by itself.
  package mutating func tell(_ part: PartContext, byItself: Bool) {
    var part = part
    (part.whole, part.geometry) = (shape, geometry)
    self.part = part
    guard byItself else { return }
    shape = part.shape
    // What was packed or grouped in the tensor is not so in the part.
    if shape != part.whole { geometry = geometry.map(\.whole).flatMap { $0.fits(shape) ? $0 : nil } }
  }

  private func told(name: String) -> Place {
    .told(name: name, block: block, weightFans: weightFans, weightGeometry: weightGeometry)
  }
}
