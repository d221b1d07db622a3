import CReinit
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// What a plugin's initializer is told of a tensor's place: plain numbers, so that a receipt can hold them.
struct FillPlace: Equatable {
  var role: ParameterRole
  var fans: Fans?
  var geometry: Geometry?
  var block: (index: Int, count: Int)?
  /// The slices of the whole tensor that are filled; empty for all, and where no slices say which elements.
  var slices: [AxisSlice] = []

  static func == (a: FillPlace, b: FillPlace) -> Bool { a.numbers == b.numbers }

  /// The place of a parameter.
  /// - Parameter geometry: the one that is meant, which the shape alone may have given.
  init(_ context: ParameterContext, geometry: Geometry?) {
    role = context.role
    self.geometry = geometry.flatMap { $0.fits(context.shape) ? $0 : nil }
    fans = self.geometry?.fans(of: context.shape)
    block = context.block
    guard let part = context.part else { return }
    // Of a part, too, fans are the layer's.
    if geometry == context.geometry { fans = part.geometry?.fans(of: part.whole) }
    if case .box(let slices) = part.region.elements { self.slices = slices }
  }

  /// The numbers that are known.
  var numbers: [Draw.Number] {
    var numbers = [Draw.Number("role", Double(role.abi))]
    func add(_ name: String, _ value: Int) { numbers.append(Draw.Number(name, Double(value))) }
    if let fans {
      add("fan_in", fans.fanIn)
      add("fan_out", fans.fanOut)
    }
    if let geometry {
      add("out_axis", geometry.outAxis)
      for (index, axis) in geometry.inAxes.enumerated() { add("in_axis_\(index)", axis) }
      add("groups", geometry.groups)
      add("parts", geometry.parts)
      add("geometry_flags", Int(geometry.abiFlags))
      for part in geometry.packed { add("packed_\(part.name)", part.size) }
    }
    if let block {
      add("block_index", block.index)
      add("block_count", block.count)
    }
    for (axis, slice) in slices.enumerated() {
      add("slice_\(axis)_first", slice.start)
      add("slice_\(axis)_count", slice.count)
      add("slice_\(axis)_step", slice.step)
    }
    return numbers
  }

  /// The place that a draw's numbers tell.
  init(_ draw: Draw) {
    func integer(_ name: String) -> Int? { draw[name].flatMap { Int(exactly: $0) } }
    role = integer("role").flatMap { ParameterRole(abi: ri_role(clamping: $0)) } ?? .weight
    if let fanIn = integer("fan_in"), let fanOut = integer("fan_out") { fans = Fans(fanIn: fanIn, fanOut: fanOut) }
    if let outAxis = integer("out_axis") {
      let flags = UInt32(clamping: integer("geometry_flags") ?? 0)
      geometry = Geometry(
        outAxis: outAxis, inAxes: (0..<4).compactMap { integer("in_axis_\($0)") }, groups: integer("groups") ?? 1,
        isTransposed: has(flags, RI_GEOMETRY_TRANSPOSED), parts: integer("parts") ?? 1,
        packed: draw.numbers.filter { $0.name.hasPrefix("packed_") }.map {
          PackedPart(String($0.name.dropFirst("packed_".count)), size: Int(exactly: $0.value) ?? 0)
        },
        isOneHot: has(flags, RI_GEOMETRY_ONE_HOT), isGuess: has(flags, RI_GEOMETRY_GUESS))
    }
    while let first = integer("slice_\(slices.count)_first"), let count = integer("slice_\(slices.count)_count"),
      let step = integer("slice_\(slices.count)_step")
    { slices.append(AxisSlice(start: first, count: count, step: step)) }
    if let index = integer("block_index"), let count = integer("block_count") { block = (index, count) }
  }
}
