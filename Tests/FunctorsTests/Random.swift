import Functors
import Tensors

/// A reproducible generator (SplitMix64), for tests on random trees.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Makes random trees of everything a model can be made of.
struct TreeMaker {
  var random: Seeded
  private var ties: [any Node] = []
  private var value: Float = 0
  private var names = 0

  init(seed: UInt64) { random = Seeded(state: seed) }

  static func tree(_ seed: UInt64) -> Group {
    var maker = TreeMaker(seed: seed)
    let children = (0..<4).map { _ in maker.child(3) }
    return Group(children)
  }

  private mutating func tensor() -> Tensor {
    value += 1
    let dtype = [DType.f32, .f64, .f16, .bf16, .i64, .u8].randomElement(using: &random) ?? .f32
    return Tensor(repeating: Double(value), shape: [Int.random(in: 0...3, using: &random)], dtype: dtype)
  }

  /// A child with a name of its own, or without one; names are unique in the tree, so that lent ones are too.
  private mutating func child(_ depth: Int) -> (PathKey, any Node) {
    names += 1
    let name = PathKey.name("n\(names)")
    let known = ties.count
    let node = node(depth)
    // A tie that occurs a second time would lend the same names a second time.
    let isNew = node.identity == nil || ties.count > known
    let canLend = node is NodeList || node is Shared<NodeList> || node is Frozen<NodeList>
    return (canLend && isNew && Bool.random(using: &random) ? "" : name, node)
  }

  private mutating func node(_ depth: Int) -> any Node {
    switch Int.random(in: depth > 0 ? 0...9 : 5...9, using: &random) {
    case 0: return NodeList((0...2).map { _ in child(depth - 1) })
    case 1: return Group((0...1).map { _ in child(depth - 1) })
    case 2: return [AnyNode(node(depth - 1)), AnyNode(node(depth - 1))]
    case 3: return tie(Shared(NodeList([child(depth - 1), child(depth - 1)])))
    case 4: return Frozen(NodeList([child(depth - 1), child(depth - 1)]))
    case 5: return tie(Shared(tensor()))
    case 6: return Pair<Tensor?, Dense?>(Bool.random(using: &random) ? tensor() : nil, nil)
    case 7: return ties.randomElement(using: &random) ?? Activation()
    case 8: return Norm([value])
    default: return tensor()
    }
  }

  private mutating func tie(_ node: any Node) -> any Node {
    ties.append(node)
    return node
  }
}
