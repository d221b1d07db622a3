import CReinit

/// One range of a tensor to fill, and what may be known of the tensor; its old values only as a declared source.
///
/// Valid until the call returns; never keep one. In ``PluginInitializer/check(_:)`` and
/// ``PluginInitializer/distribution(of:)`` there is no range: `count` is 0 and `out` is empty.
public struct Fill {
  /// The call, for messages to the user and memory.
  public let call: Call
  private let raw: UnsafePointer<ri_fill>
  /// The sources that were declared.
  var declared: [Source] = []

  /// Nil for what no host may hand over.
  init?(_ raw: UnsafePointer<ri_fill>?) {
    guard let raw, let host = raw.pointee.host, let call = raw.pointee.call else { return nil }
    self.raw = raw
    self.call = Call(host, call, lacksValues: raw.pointee.out == nil)
  }

  /// Where the elements go.
  ///
  /// `out[i]` is element `offset + i`; write each of them.
  public var out: UnsafeMutableBufferPointer<Float> {
    guard raw.pointee.dtype == UInt32(RI_F32), let start = raw.pointee.out else {
      return UnsafeMutableBufferPointer(start: nil, count: 0)
    }
    return UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: count)
  }
  /// The tensor's index of the range's first element, row-major.
  public var offset: Int { Int(clamping: raw.pointee.offset) }
  /// How many elements the range has.
  public var count: Int { Int(clamping: raw.pointee.count) }
  /// How many elements the whole tensor has.
  public var total: Int { Int(clamping: raw.pointee.total) }
  /// The sizes of the whole tensor; makes an array.
  public var shape: [Int] {
    UnsafeBufferPointer(lent: raw.pointee.shape, count: Int(raw.pointee.rank)).map { Int($0) }
  }
  /// Inputs to one output; not a number where the parameter has none.
  public var fanIn: Double { raw.pointee.fan_in }
  /// Outputs of one input; not a number where the parameter has none.
  public var fanOut: Double { raw.pointee.fan_out }
  /// What the parameter is for.
  public var role: Role { Role(raw.pointee.role) }
  /// What its axes mean, where that is known.
  public var geometry: Geometry? { raw.pointee.geometry.map { Geometry(lent($0)) } }
  /// Its name, as in the file.
  public var path: String { String(raw.pointee.path) }
  /// In which of how many equal blocks it lies, from 0; nil where that is unknown.
  public var block: (index: Int, count: Int)? {
    guard raw.pointee.block_count > 0 else { return nil }
    return (Int(clamping: raw.pointee.block_index), Int(clamping: raw.pointee.block_count))
  }
  /// What the elements are kept as: the host rounds to it.
  public var targetType: ElementType { ElementType(rawValue: raw.pointee.target_dtype) }
  /// The part that a rule fills, a slice for each axis; nil for all of it.
  ///
  /// Offsets are the whole tensor's.
  public var part: [Slice]? {
    raw.pointee.part.map { slices in
      UnsafeBufferPointer(start: slices, count: Int(raw.pointee.rank)).map {
        Slice(first: Int($0.first), count: Int($0.count), step: Int($0.step))
      }
    }
  }
  /// The part's name, as in ``Geometry/packed``; empty where it has none.
  public var partName: String { String(raw.pointee.part_name) }
  /// The tensor's random numbers.
  public var random: RandomStream { RandomStream(raw.pointee.random, call.host) }

  func arguments(of parameters: [Parameter]) throws(PluginError) -> Arguments {
    try Arguments(raw.pointee.params, raw.pointee.n_params, parameters)
  }

  /// A source's elements, whatever floating-point type they are kept as; in ``PluginInitializer/check(_:)`` its shape alone.
  /// - Throws: `internal` if no source of that name was declared.
  public func source(_ name: String) throws(PluginError) -> Floats {
    try call.elements(of: handle(name), RI_F32, name)
  }

  /// A source's sizes, whatever type it has.
  /// - Throws: `internal` if no source of that name was declared.
  public func shape(ofSource name: String) throws(PluginError) -> [Int] {
    var view = ri_view()
    view.struct_size = UInt32(MemoryLayout<ri_view>.size)
    try PluginError.check(call.host.pointee.tensor_view(call.raw, handle(name), &view), "a view of a source")
    return UnsafeBufferPointer(lent: view.shape, count: Int(view.rank)).map { Int($0) }
  }

  /// A source's elements at the indices of the range, whatever type of numbers they are kept as: what a fill of a range
  /// needs of a source of the tensor's shape.
  ///
  /// It costs no more than the range.
  /// - Throws: `internal` if no source of that name was declared.
  public func read(_ name: String, into out: UnsafeMutableBufferPointer<Float>) throws(PluginError) {
    let status = call.host.pointee.tensor_read(
      call.raw, try handle(name), UInt64(offset), UInt64(out.count), UInt32(RI_F32), out.baseAddress)
    try PluginError.check(status, "a range of a source")
  }

  private func handle(_ name: String) throws(PluginError) -> OpaquePointer {
    guard let index = declared.firstIndex(where: { $0.name == name }) else {
      throw PluginError(.internal, "the plugin reads the source '\(name)', which it did not declare")
    }
    guard index < Int(clamping: raw.pointee.n_sources), let tensor = raw.pointee.sources?[index] else {
      throw PluginError(.abi, "the source '\(name)' is missing")
    }
    return tensor
  }

  /// Fills the range with normal values.
  public func normal(mean: Double = 0, std: Double) {
    random.normal(mean: Float(mean), std: Float(std), from: offset, into: out)
  }

  /// Fills the range with values uniform in `[low, high)`.
  public func uniform(low: Double, high: Double) {
    random.uniform(low: Float(low), high: Float(high), from: offset, into: out)
  }

  /// Fills the range with normal values that are cut off at absolute bounds.
  /// - Throws: `invalid` if no values lie between the bounds.
  public func truncatedNormal(
    mean: Double = 0, std: Double, low: Double, high: Double
  ) throws(PluginError) {
    try random.truncatedNormal(
      mean: Float(mean), std: Float(std), low: Float(low), high: Float(high), from: offset, into: out)
  }

  /// Fills the range with one value.
  public func constant(_ value: Double) { out.initialize(repeating: Float(value)) }

  /// Fills the range with what the distribution says.
  /// - Throws: `internal` for an unknown one.
  public func draw(_ distribution: Distribution) throws(PluginError) {
    switch distribution {
    case .constant(let value): constant(value)
    case .uniform(let low, let high): uniform(low: low, high: high)
    case .normal(let mean, let std): normal(mean: mean, std: std)
    case .truncatedNormal(let mean, let std, let low, let high):
      try truncatedNormal(mean: mean, std: std, low: low, high: high)
    case .unknown: throw PluginError(.internal, "an unknown distribution cannot be drawn from")
    }
  }
}

/// What is wanted along one axis: first, first + step and so on.
public struct Slice: Sendable, Hashable {
  /// The first index.
  public let first: Int
  /// How many.
  public let count: Int
  /// From one to the next.
  public let step: Int
}
