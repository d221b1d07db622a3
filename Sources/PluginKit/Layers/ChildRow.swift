import CReinit

/// One child of a described layer.
///
/// Texts may hold expressions of parameters in braces: `+ - * / ( )` of numbers and names.
public struct ChildRow: Sendable {
  let name: String
  let kind: UInt32
  let role: Role
  let shape: String
  let fresh: String
  let begins: Distribution?
  let geometry: Geometry?
  let groups: String
  let layer: String
  let when: String
  let isFrozen: Bool

  /// A tensor.
  /// - Parameters:
  ///   - name: `[A-Za-z_][A-Za-z0-9_]*`, or a decimal index.
  ///   - role: what it is for.
  ///   - shape: in parameters, without braces: `[out, 4 * in]`.
  ///   - fresh: how it begins, as users write it: `uniform({-1 / n}, {1 / n})`; empty: bias 0, scale 1.
  ///   - begins: the same without words; not together with `fresh`.
  ///   - geometry: what the axes of a linear map mean; nil for a tensor without fans.
  ///   - groups: an expression in place of the geometry's groups.
  ///   - when: a parameter without which the child is absent: where it is false or 0.
  ///   - frozen: whether rules leave it alone unless they name it.
  public static func tensor(
    _ name: String, _ role: Role, _ shape: String, fresh: String = "", begins: Distribution? = nil,
    geometry: Geometry? = nil, groups: String = "", when: String = "", frozen: Bool = false
  ) -> ChildRow {
    ChildRow(
      name: name, kind: UInt32(RI_CHILD_TENSOR), role: role, shape: shape, fresh: fresh, begins: begins,
      geometry: geometry, groups: groups, layer: "", when: when, isFrozen: frozen)
  }

  /// A layer.
  /// - Parameters:
  ///   - name: as of a tensor; empty: the child lends its own children's names to this layer.
  ///   - text: as for ``Call/layer(_:nested:)``, `Dense(in: {n}, out: {2 * n})`; empty: the next one that the user nests.
  ///   - fresh: how parameters in it begin where not by themselves: `weight: zeros, norm.scale: constant({g})`.
  ///   - when: as of a tensor.
  ///   - frozen: whether rules leave all of it alone unless they name it.
  public static func layer(
    _ name: String, _ text: String = "", fresh: String = "", when: String = "", frozen: Bool = false
  ) -> ChildRow {
    ChildRow(
      name: name, kind: UInt32(RI_CHILD_LAYER), role: .none, shape: "", fresh: fresh, begins: nil, geometry: nil,
      groups: "", layer: text, when: when, isFrozen: frozen)
  }

  /// The row for the host, which borrows it from the arena.
  func row(in arena: Arena) -> ri_child_row {
    var row = ri_child_row()
    row.struct_size = UInt32(MemoryLayout<ri_child_row>.size)
    row.kind = kind
    row.role = role.rawValue
    row.flags = isFrozen ? UInt32(RI_CHILD_FROZEN) : 0
    (row.name, row.shape, row.fresh) = (arena.text(name), arena.text(shape), arena.text(fresh))
    (row.groups, row.layer, row.when) = (arena.text(groups), arena.text(layer), arena.text(when))
    row.begins = begins?.lent(in: arena)
    row.geometry = geometry.map { UnsafePointer(arena.array([$0.raw(in: arena)])) }
    return row
  }
}
