import CReinit

/// A child of a layer: a tensor or another layer, under the name that it has in files.
public struct Child: Sendable {
  enum Value: Sendable {
    case tensor(TensorHandle?)
    case layer(LayerHandle?)
  }

  let name: String
  let value: Value
  let role: Role
  let geometry: Geometry?
  let fresh: String
  let begins: Distribution?
  let isFrozen: Bool

  /// A tensor.
  /// - Parameters:
  ///   - name: `[A-Za-z_][A-Za-z0-9_]*`, or a decimal index.
  ///   - tensor: nil where absent, as a bias that was not asked for; it stays in the list.
  ///   - role: what it is for.
  ///   - geometry: what the axes of a linear map mean; nil for a tensor without fans.
  ///   - fresh: how it begins, as users write it: `normal(std: 0.02)`; empty: bias 0, scale 1.
  ///   - begins: the same without words; not together with `fresh`.
  ///   - frozen: whether rules leave it alone unless they name it.
  public static func tensor(
    _ name: String, _ tensor: TensorHandle?, _ role: Role, geometry: Geometry? = nil, fresh: String = "",
    begins: Distribution? = nil, frozen: Bool = false
  ) -> Child {
    Child(
      name: name, value: .tensor(tensor), role: role, geometry: geometry, fresh: fresh, begins: begins,
      isFrozen: frozen)
  }

  /// A layer.
  /// - Parameters:
  ///   - name: as of a tensor; empty: the child lends its own children's names to this layer.
  ///   - layer: nil where absent.
  ///   - fresh: how parameters in it begin where not by themselves: `weight: zeros, norm.scale: constant(0.1)`.
  ///   - frozen: whether rules leave all of it alone unless they name it.
  public static func layer(_ name: String, _ layer: LayerHandle?, fresh: String = "", frozen: Bool = false) -> Child {
    Child(name: name, value: .layer(layer), role: .none, geometry: nil, fresh: fresh, begins: nil, isFrozen: frozen)
  }
}

/// The children of one instance as the host sees them, in memory that lives as long as the instance.
final class ChildTable {
  let children: [Child]
  private let arena = Arena()
  private let rows: UnsafeMutablePointer<ri_child>

  init(_ children: [Child]) {
    self.children = children
    let arena = arena
    rows = arena.array(children.map { ChildTable.row($0, arena) })
  }

  private static func row(_ child: Child, _ arena: Arena) -> ri_child {
    var row = ri_child()
    switch child.value {
    case .tensor(let tensor): (row.kind, row.tensor) = (UInt32(RI_CHILD_TENSOR), tensor?.raw)
    case .layer(let layer): (row.kind, row.layer) = (UInt32(RI_CHILD_LAYER), layer?.raw)
    }
    row.role = child.role.rawValue
    row.flags = child.isFrozen ? UInt32(RI_CHILD_FROZEN) : 0
    row.name = arena.text(child.name)
    row.geometry = child.geometry.map { UnsafePointer(arena.array([$0.raw(in: arena)])) }
    row.fresh = arena.text(child.fresh)
    row.begins = child.begins?.lent(in: arena)
    return row
  }

  /// Writes as much of a child as the host has room for.
  func write(_ index: UInt64, to out: UnsafeMutablePointer<ri_child>) -> ri_status {
    guard index < UInt64(children.count) else { return Status.invalid.rawValue }
    let size = out.pointee.struct_size
    let count = min(Int(size), MemoryLayout<ri_child>.size)
    UnsafeMutableRawPointer(out).copyMemory(from: rows + Int(index), byteCount: count)
    out.pointee.struct_size = size
    return Status.success
  }
}
