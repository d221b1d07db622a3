import Functors
import Initializers

/// Tells types of nodes apart while a tree is laid flat; most nodes are of the type of one shortly before.
struct NodeTypes {
  private var others: Set<ObjectIdentifier> = []
  private var lastOther: ObjectIdentifier?
  private var indices: [ObjectIdentifier: [Int32]] = [:]
  private var lastIndex: Int32?
  private var kinds: [LayerKind: Int32] = [:]

  /// The node as a layer, if it is one; whether a type is not is asked once.
  mutating func layer(_ node: any Node) -> (any Layer)? {
    let type = ObjectIdentifier(Swift.type(of: node))
    if type == lastOther || others.contains(type) {
      lastOther = type
      return nil
    }
    if let layer = node as? any Layer { return layer }
    others.insert(type)
    return nil
  }

  /// The index of the node's type.
  mutating func index(of node: any Node, _ layer: (any Layer)?, in draft: inout InventoryDraft) -> Int32 {
    let type = ObjectIdentifier(layer.map { Swift.type(of: $0.base) } ?? Swift.type(of: node))
    let (kind, isGuess) = (layer?.kind, layer?.isGuess ?? false)
    func isSame(_ index: Int32) -> Bool {
      let known = draft.types[Int(index)]
      return known.type == type && known.isGuess == isGuess && (known.kind < 0 ? nil : draft.kinds[Int(known.kind)]) == kind
    }
    if let lastIndex, isSame(lastIndex) { return lastIndex }
    if let known = indices[type]?.first(where: isSame) {
      lastIndex = known
      return known
    }
    let index = Int32(draft.types.count)
    draft.types.append(
      InventoryColumns.NodeType(kind: kind.map { self.index(of: $0, in: &draft) } ?? -1, type: type, isGuess: isGuess))
    indices[type, default: []].append(index)
    lastIndex = index
    return index
  }

  private mutating func index(of kind: LayerKind, in draft: inout InventoryDraft) -> Int32 {
    if let known = kinds[kind] { return known }
    let index = Int32(draft.kinds.count)
    draft.kinds.append(kind)
    kinds[kind] = index
    return index
  }
}
