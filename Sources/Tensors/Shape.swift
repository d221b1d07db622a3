/// The sizes of a tensor's axes, outermost first; a scalar has none.
public struct Shape: Sendable, Hashable {
  /// One size for each axis, each at least 0.
  public let sizes: [Int]
  /// The product of all sizes; 1 for a scalar.
  public let count: Int

  /// A shape with those sizes; nil if one is negative, or the bytes of so many elements cannot be counted.
  public init?(checking sizes: [Int]) {
    var count = 1
    var overflows = false
    for size in sizes where size != 0 {
      guard size > 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      overflows = overflows || overflow
      count = product
    }
    let isEmpty = sizes.contains(0)
    guard isEmpty || !overflows && count <= 1 << 59 else { return nil }
    self.sizes = sizes
    self.count = isEmpty ? 0 : count
  }

  /// A shape with sizes written in source.
  /// - Precondition: no size is negative, and the product is at most 2^59.
  public init(_ sizes: [Int]) {
    guard let shape = Shape(checking: sizes) else { preconditionFailure("not a shape: \(sizes)") }
    self = shape
  }

  /// The number of axes.
  public var rank: Int { sizes.count }

  /// The size of one axis.
  public subscript(axis: Int) -> Int { sizes[axis] }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  /// A shape from a literal, such as `[64, 3, 7, 7]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The sizes in brackets, as in `[64, 3, 7, 7]`.
  public var description: String { "[" + sizes.map(String.init).joined(separator: ", ") + "]" }
}
