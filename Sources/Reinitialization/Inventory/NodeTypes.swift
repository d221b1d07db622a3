import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Tells types of nodes apart while a tree is laid flat; most nodes are of the type of one shortly before.
struct NodeTypes {
  private enum LayerType {
    case layer(any Layer.Type)
    case other
    /// A class, of which a subclass may be a layer.
    case object
  }
  private var layerTypes: [ObjectIdentifier: LayerType] = [:]
  private var lastIdentity: ObjectIdentifier?
  private var lastType = LayerType.other
  private var indices: [ObjectIdentifier: [Int32]] = [:]
  private var lastIndex: Int32?
  private var tensorIndex: Int32?
  private var kinds: [LayerKind: Int32] = [:]

  /// The node as a layer, if it is one.
  mutating func layer(_ node: any Node) -> (any Layer)? { layer(opened: node) }

  private mutating func layer<N: Node>(opened node: N) -> (any Layer)? {
    let identity = ObjectIdentifier(N.self)
    if identity != lastIdentity {
      lastIdentity = identity
      lastType = layerType(N.self, identity)
    }
    switch lastType {
    case .layer(let type): return NodeTypes.view(node, as: type)
    case .other: return nil
    case .object: return node as? any Layer
    }
  }

  /// Whether values of a type are layers; the runtime is asked once for each type.
  private mutating func layerType<N: Node>(_ type: N.Type, _ identity: ObjectIdentifier) -> LayerType {
    if let known = layerTypes[identity] { return known }
    let found: LayerType =
      if type is AnyClass { .object } else if let layer = type as? any Layer.Type { .layer(layer) } else { .other }
    layerTypes[identity] = found
    return found
  }

  /// A value as a layer, where `Part` and `N` are one and the same type.
  private static func view<N: Node, Part: Layer>(_ node: N, as type: Part.Type) -> any Layer {
    unsafeBitCast(node, to: Part.self)
  }

  /// The index of the type of parameters.
  mutating func tensor(in draft: inout InventoryDraft) -> Int32 {
    if let tensorIndex { return tensorIndex }
    let index = index(of: Tensor(lazy: []), nil, in: &draft)
    tensorIndex = index
    return index
  }

  /// The index of the node's type.
  mutating func index(of node: any Node, _ layer: (any Layer)?, in draft: inout InventoryDraft) -> Int32 {
    let recognition = layer?.recognition
    let type = ObjectIdentifier(recognition?.type ?? Swift.type(of: node))
    let (kind, isGuess) = (layer?.kind, recognition?.isGuess ?? false)
    func isSame(_ index: Int32) -> Bool {
      let known = draft.types[Int(index)]
      return known.type == type && known.isGuess == isGuess
        && (known.kind < 0 ? nil : draft.kinds[Int(known.kind)]) == kind
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
