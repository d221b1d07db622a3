import Tensors

/// Which elements of a tensor are meant, as plain data: what a part of a tensor comes to for one tensor.
///
/// A receipt or a journal holds it, so that the same elements are found again when the values that chose them are gone.
public struct Region: Sendable, Equatable {
  /// Elements that are said in one way.
  public enum Elements: Sendable, Equatable {
    /// All of them.
    case all
    /// Those in a slice of each axis.
    case box([AxisSlice])
    /// Whole rows: ranges along the first axis, in order.
    case rows([Range<Int>])
    /// Those where a tensor of the same shape is not 0.
    case mask(RegionMask)
  }

  /// The elements.
  public var elements: Elements
  /// What of them is not meant, since later rules have said otherwise.
  public var without: [Elements]
  /// The part as a rule writes it, without brackets: `2:7, ::2`; nil where the rule is about the whole tensor.
  public var text: String?

  /// A region from its parts.
  public init(_ elements: Elements, without: [Elements] = [], text: String? = nil) {
    self.elements = elements
    self.without = without
    self.text = text
  }

  /// The masks that it depends on, in order.
  package var masks: [RegionMask] { ([elements] + without).compactMap(\.mask) }

  /// The same without the values of masks, and the files that these are in.
  package var closed: Region {
    mapMasks { mask in
      var mask = mask
      mask.values = nil
      return mask
    }
  }

  /// The same with other masks.
  package func mapMasks<Failure: Error>(
    _ transform: (RegionMask) throws(Failure) -> RegionMask
  ) throws(Failure) -> Region {
    var region = self
    region.elements = try elements.mapMask(transform)
    region.without = try without.map { (elements) throws(Failure) in try elements.mapMask(transform) }
    return region
  }
}

/// A slice of one axis: the indices `start`, `start + step`, …, `count` of them.
public struct AxisSlice: Sendable, Equatable {
  /// The first index.
  public let start: Int
  /// How many there are.
  public let count: Int
  /// The distance between two.
  public let step: Int

  /// A slice from its numbers.
  public init(start: Int, count: Int, step: Int = 1) {
    self.start = start
    self.count = count
    // The distance of a single one is of no meaning.
    self.step = count == 1 ? 1 : step
  }

  /// The last index.
  package var last: Int { start + (count - 1) * step }

  /// Whether it has every index that another one has; false where that is not seen at once.
  fileprivate func covers(_ other: AxisSlice) -> Bool {
    guard start <= other.start, other.last <= last, (other.start - start) % step == 0 else { return false }
    return other.count == 1 || other.step % step == 0
  }
}

/// A tensor that says by its elements which of another one are meant.
public struct RegionMask: Sendable, Equatable {
  /// The file that it is in.
  public let file: String
  /// Its name there.
  public let tensor: String
  /// The hash of its bytes; nil until they are read from a file.
  public var hash: ContentHash?
  /// The tensor, of a byte for each element; nil in a plan for a file, and in a region that was read from a receipt.
  public var values: Tensor?

  /// A mask by its place.
  public init(file: String, tensor: String, hash: ContentHash? = nil, values: Tensor? = nil) {
    self.file = file
    self.tensor = tensor
    self.hash = hash
    self.values = values
  }

  /// Masks are equal if they are the same tensor with the same bytes.
  public static func == (a: RegionMask, b: RegionMask) -> Bool {
    a.file == b.file && a.tensor == b.tensor && a.hash == b.hash
  }
}

extension Region.Elements {
  var mask: RegionMask? { if case .mask(let mask) = self { mask } else { nil } }

  fileprivate func mapMask<Failure: Error>(
    _ transform: (RegionMask) throws(Failure) -> RegionMask
  ) throws(Failure) -> Region.Elements {
    if case .mask(let mask) = self { .mask(try transform(mask)) } else { self }
  }

  /// Whether all elements of others are among these; false where that is not seen at once.
  package func covers(_ others: Region.Elements, in shape: Shape) -> Bool {
    switch (self, others) {
    case (.all, _): true
    case (.box(let own), .box(let other)): zip(own, other).allSatisfy { $0.covers($1) }
    case (.rows(let own), .rows(let other)):
      other.allSatisfy { range in
        own.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
      }
    case (.box(let own), .rows(let other)):
      zip(own, shape.sizes).dropFirst().allSatisfy { $0.count == $1 } && own[0].step == 1
        && other.allSatisfy { own[0].start <= $0.lowerBound && $0.upperBound <= own[0].start + own[0].count }
    case (.mask(let own), .mask(let other)): own == other
    default: false
    }
  }

  /// Whether some element may be among both; true where the contrary is not seen at once.
  package func meets(_ others: Region.Elements, in shape: Shape) -> Bool {
    let (own, other) = (bounds(in: shape), others.bounds(in: shape))
    guard !own.isEmpty else { return true }
    return zip(own, other).allSatisfy { $0.overlaps($1) }
  }

  /// The indices along each axis between which all elements lie.
  private func bounds(in shape: Shape) -> [Range<Int>] {
    switch self {
    case .all, .mask: return shape.sizes.map { 0..<$0 }
    case .box(let slices): return slices.map { $0.start..<$0.last + 1 }
    case .rows(let rows):
      var bounds = shape.sizes.map { 0..<$0 }
      if let first = rows.first, let last = rows.last { bounds[0] = first.lowerBound..<last.upperBound }
      return bounds
    }
  }
}
