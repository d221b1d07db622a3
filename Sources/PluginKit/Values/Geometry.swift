import CReinit

/// What a parameter is for; rules of users are typed by it.
public enum Role: UInt32, Sendable, Hashable {
  /// None.
  case none = 0
  /// A linear map's weight.
  case weight = 1
  /// An offset.
  case bias = 2
  /// A factor, as a norm's.
  case scale = 3
  /// A tensor that is not trained, as a running mean.
  case buffer = 4
  /// Trained, and no scheme's business, as a decay: it has to say how it begins.
  case other = 5

  init(_ role: ri_role) { self = Role(rawValue: role) ?? .none }
}

/// One of the matrices that are packed along an output axis.
public struct PackedPart: Sendable, Hashable {
  /// As rules name it: `[a-z][a-z0-9_]*`, such as `forget` or `q`.
  public var name: String
  /// Its size along the output axis.
  public var size: Int

  /// A part with its name and size.
  public init(_ name: String, size: Int) { (self.name, self.size) = (name, size) }
}

/// What the axes of a weight mean; fans come from here, never from a shape alone.
///
/// Axes that are neither input nor output are those of a kernel.
public struct Geometry: Sendable, Hashable {
  /// The axis of outputs.
  public var outAxis: Int
  /// The axes of inputs: 1 to 4.
  public var inAxes: [Int]
  /// Into how many groups inputs and outputs are split: 1 or more.
  public var groups: Int
  /// How many matrices are packed along the output axis: 3 for queries, keys and values; else 1.
  public var parts: Int
  /// Names and sizes of the packed parts along the output axis; empty where they are equal and have no names.
  public var packed: [PackedPart] = []
  /// Whether groups split the input axis, as in a transposed convolution.
  public var isTransposed: Bool
  /// Whether one row is read at a time, as in an embedding, so that fan-in is 1.
  public var isOneHot: Bool

  /// The meaning of a weight's axes; `[out, in, kernel…]` unless said otherwise.
  public init(
    outAxis: Int = 0, inAxes: [Int] = [1], groups: Int = 1, parts: Int = 1, isTransposed: Bool = false,
    isOneHot: Bool = false
  ) {
    self.outAxis = outAxis
    self.inAxes = inAxes
    self.groups = groups
    self.parts = parts
    self.isTransposed = isTransposed
    self.isOneHot = isOneHot
  }

  /// `[out, in, kernel…]`: what most layers have.
  public static let outIn = Geometry()

  init(_ raw: ri_geometry) {
    let axes = [raw.in_axes.0, raw.in_axes.1, raw.in_axes.2, raw.in_axes.3]
    self.init(
      outAxis: Int(raw.out_axis), inAxes: axes.prefix(Int(clamping: raw.n_in_axes)).map { Int($0) },
      groups: Int(raw.groups), parts: Int(raw.parts),
      isTransposed: Int(raw.flags) & RI_GEOMETRY_TRANSPOSED != 0,
      isOneHot: Int(raw.flags) & RI_GEOMETRY_ONE_HOT != 0)
    packed = UnsafeBufferPointer(lent: raw.packed, count: raw.packed == nil ? 0 : Int(raw.parts)).map {
      PackedPart(String($0.name), size: Int($0.size))
    }
  }

  /// As the ABI has it, with what it points to in the arena.
  func raw(in arena: Arena) -> ri_geometry {
    var raw = ri_geometry()
    raw.struct_size = UInt32(MemoryLayout<ri_geometry>.size)
    raw.flags = UInt32((isTransposed ? RI_GEOMETRY_TRANSPOSED : 0) | (isOneHot ? RI_GEOMETRY_ONE_HOT : 0))
    raw.out_axis = Int32(clamping: outAxis)
    raw.n_in_axes = UInt32(clamping: inAxes.count)
    let axes = (inAxes + [0, 0, 0, 0]).map { Int32(clamping: $0) }
    raw.in_axes = (axes[0], axes[1], axes[2], axes[3])
    raw.groups = Int64(groups)
    raw.parts = Int64(packed.isEmpty ? parts : packed.count)
    if !packed.isEmpty {
      raw.packed = UnsafePointer(arena.array(packed.map { ri_packed(name: arena.text($0.name), size: Int64($0.size)) }))
    }
    return raw
  }
}
