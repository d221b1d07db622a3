import CReinit
import Diagnostics
import LayerVocabulary

extension Geometry {
  var abiFlags: UInt32 {
    var flags = 0
    if isTransposed { flags |= RI_GEOMETRY_TRANSPOSED }
    if isOneHot { flags |= RI_GEOMETRY_ONE_HOT }
    if isGuess { flags |= RI_GEOMETRY_GUESS }
    return UInt32(flags)
  }

  /// The geometry as the ABI has it, valid until the call ends; nil for more input axes than that can say.
  func abi(in context: CallContext) -> ri_geometry? {
    guard inAxes.count <= 4 else { return nil }
    var result = ri_geometry()
    result.struct_size = context.environment.shape.size(of: ri_geometry.self)
    result.flags = abiFlags
    result.out_axis = Int32(clamping: outAxis)
    result.n_in_axes = UInt32(inAxes.count)
    withUnsafeMutableBytes(of: &result.in_axes) { bytes in
      let axes = bytes.bindMemory(to: Int32.self)
      for (index, axis) in inAxes.enumerated() { axes[index] = Int32(clamping: axis) }
    }
    result.groups = Int64(groups)
    result.parts = Int64(packed.isEmpty ? parts : packed.count)
    guard !packed.isEmpty else { return result }
    guard let rows = context.lent(packed.map { ri_packed(name: context.lent($0.name), size: Int64($0.size)) }) else {
      return nil
    }
    result.packed = rows
    return result
  }

  /// A geometry of a plugin's.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor`` for names that no rule can say, and sizes below 1.
  init(_ abi: ri_geometry, at place: String) throws(Diagnostic) {
    let axes = withUnsafeBytes(of: abi.in_axes) { Array($0.bindMemory(to: Int32.self)) }
    let packed = try Geometry.packed(abi, place)
    let isEqual = packed.allSatisfy { $0.size == packed[0].size }
    self.init(
      outAxis: Int(abi.out_axis), inAxes: axes.prefix(Int(min(abi.n_in_axes, 4))).map(Int.init),
      groups: Int(clamping: abi.groups), isTransposed: has(abi.flags, RI_GEOMETRY_TRANSPOSED),
      parts: isEqual ? Int(clamping: abi.parts) : 1, packed: packed, isOneHot: has(abi.flags, RI_GEOMETRY_ONE_HOT))
  }

  private static func packed(_ abi: ri_geometry, _ place: String) throws(Diagnostic) -> [PackedPart] {
    guard let first = abi.packed else { return [] }
    guard 1...1024 ~= abi.parts else {
      throw CText.descriptor("\(place).parts", "is out of range", expected: "1 to 1024", found: "\(abi.parts)")
    }
    var parts: [PackedPart] = []
    for index in 0..<Int(abi.parts) {
      let name = try CText.string(first[index].name, "\(place).packed[\(index)]")
      guard PluginNames.initializer.accepts(name), !parts.contains(where: { $0.name == name }) else {
        throw CText.descriptor(
          "\(place).packed[\(index)]", "has a name that is none, or is there twice",
          expected: PluginNames.initializer.form, found: "'\(name)'")
      }
      guard let size = Int(exactly: first[index].size), size > 0 else {
        throw CText.descriptor(
          "\(place).packed[\(index)]", "has a size that is none", expected: "1 or more", found: "\(first[index].size)")
      }
      parts.append(PackedPart(name, size: size))
    }
    return parts
  }
}
