import CReinit

/// A tensor's elements as `Float`, whatever floating-point type they are kept as, and its shape.
public typealias Floats = Elements<Float>
/// A tensor's elements as `Double`, and its shape.
public typealias Doubles = Elements<Double>

/// A tensor's elements as one type, whatever floating-point type they are kept as, and its shape.
///
/// Valid until the call returns; without elements while shapes are inferred.
public struct Elements<Element> {
  /// The elements, row-major.
  public let elements: UnsafeBufferPointer<Element>
  /// The tensor's sizes.
  public let shape: [Int]
  let name: String

  init(_ view: ri_view, _ name: String) {
    let count = view.data == nil ? 0 : Int(clamping: view.count)
    elements = UnsafeBufferPointer(
      start: UnsafePointer(view.data?.assumingMemoryBound(to: Element.self)), count: count)
    shape = UnsafeBufferPointer(lent: view.shape, count: Int(view.rank)).map { Int($0) }
    self.name = name
  }

  /// How many elements can be read.
  @inlinable public var count: Int { elements.count }

  /// One of them.
  @inlinable public subscript(index: Int) -> Element { elements[index] }

  /// Refuses another shape.
  /// - Throws: `shape`.
  public func require(shape expected: [Int]) throws(PluginError) {
    guard shape == expected else {
      throw PluginError(.shape, "\(name) has the wrong shape: expected \(expected), found \(shape)")
    }
  }

  /// Refuses a last axis of another size, and what has no axes.
  /// - Throws: `shape`.
  public func require(lastAxis size: Int) throws(PluginError) {
    guard shape.last == size else {
      throw PluginError(
        .shape, "\(name) does not fit along its last axis: expected [..., \(size)], found \(shape)")
    }
  }
}

extension Call {
  /// A tensor's elements, whatever floating-point type they are kept as, readable until the call returns.
  /// - Parameter name: what messages call it.
  /// - Throws: `elementType` for other types, `invalid` for a tensor that was never filled.
  public func floats(of tensor: TensorHandle, _ name: String) throws(PluginError) -> Floats {
    try elements(of: tensor.raw, RI_F32, name)
  }

  /// The same in double precision.
  public func doubles(of tensor: TensorHandle, _ name: String) throws(PluginError) -> Doubles {
    try elements(of: tensor.raw, RI_F64, name)
  }

  func elements<Element>(
    of tensor: OpaquePointer, _ type: Int, _ name: String
  ) throws(PluginError) -> Elements<Element> {
    var view = ri_view()
    view.struct_size = UInt32(MemoryLayout<ri_view>.size)
    let status = host.pointee.tensor_view_as(raw, tensor, UInt32(type), &view)
    guard status != Status.elementType.rawValue else {
      throw PluginError(.elementType, "\(name): expected floating-point numbers")
    }
    try PluginError.check(status, "a view of a tensor")
    guard view.data != nil || view.count == 0 || lacksValues else {
      throw PluginError(.invalid, "\(name) has no values yet")
    }
    return Elements(view, name)
  }
}
