import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import Tensors
import Testing

private func chain(_ nodes: [any Node]) -> Chain {
  var chain = Chain()
  chain.layers = NodeList(indexing: nodes)
  return chain
}

/// Draws small trees of layers over pictures: what one index gives is the same on every run.
private struct TreeMaker {
  private var stream: RandomStream

  init(_ index: Int) { stream = RandomStream(seed: 77, name: "tree \(index)") }

  private mutating func pick(_ count: Int) -> Int { Int((stream.next() as UInt64) % UInt64(count)) }

  private mutating func channels() -> Int { [4, 8, 16][pick(3)] }

  private mutating func conv(_ from: Int, _ to: Int) -> Conv {
    let size = [1, 3][pick(2)]
    let (isDilated, isGrouped) = (size == 3 && pick(4) == 0, pick(4) == 0)
    return Conv(
      in: from, out: to, kernel: [size, size], padding: isDilated ? [2, 2] : [size / 2, size / 2],
      dilation: isDilated ? [2, 2] : [1, 1], groups: isGrouped ? 4 : 1, bias: pick(2) == 0)
  }

  private mutating func activation() -> Activation {
    Activation(
      ([.relu, .relu, .relu6, .gelu, .silu, .sigmoid, .tanh, .hardswish, .softplus] as [Activation.Function])[pick(9)])
  }

  /// One layer that keeps the sizes.
  private mutating func leaf(_ channels: Int) -> any Node {
    switch pick(9) {
    case 0, 1, 2: conv(channels, channels)
    case 3, 4: BatchNorm(channels, affine: pick(3) > 0)
    case 5: Pool([.max, .mean][pick(2)], kernel: [3, 3], stride: [1, 1], padding: [1, 1])
    case 6: PassThrough()
    default: activation()
    }
  }

  /// Several in a row that keep the sizes.
  private mutating func row(_ channels: Int, _ depth: Int) -> Chain {
    var nodes: [any Node] = []
    for _ in 0...pick(3) { nodes.append(depth > 0 && pick(3) == 0 ? branched(channels, depth - 1) : leaf(channels)) }
    return chain(nodes)
  }

  /// Branches that keep the sizes.
  private mutating func branched(_ channels: Int, _ depth: Int) -> any Node {
    switch pick(6) {
    case 0, 1, 2: return SkipConnection(.add, row(channels, depth))
    case 3: return SkipConnection(.multiply, Chain(row(channels, depth), Activation(.sigmoid)))
    case 4: return Parallel(.add, row(channels, depth), row(channels, depth))
    default:
      let grown = SkipConnection(.concatenate(axis: 1), row(channels, depth))
      return Chain(grown, conv(2 * channels, channels))
    }
  }

  mutating func tree(_ input: Int) -> Chain {
    var nodes: [any Node] = []
    var now = input
    for _ in 0...(1 + pick(3)) {
      let next = channels()
      if pick(2) == 0 || nodes.isEmpty {
        nodes.append(conv(now, next))
      } else {
        nodes.append(conv(now, next)); nodes.append(activation())
      }
      now = next
      nodes.append(branched(now, 2))
      if pick(3) == 0 { nodes.append(row(now, 1)) }
    }
    return chain(nodes)
  }
}

@Suite("Random trees of layers over pictures")
struct TreeTests {
  private func outputs(_ model: Chain, _ input: Tensor, _ pass: ForwardPass) throws -> [Tensor] {
    var seen: [Tensor] = []
    _ = try model.applied(to: [input], in: pass) { output in seen.append(try output.tensor()) }
    return seen
  }

  @Test("Trees compute the same with oneDNN and without, looked at and not", arguments: 0..<60)
  func agrees(_ index: Int) throws {
    var maker = TreeMaker(index)
    let model = try #require(filled(maker.tree(4), from: 100 + 50 * index) as? Chain)
    let (own, other) = (ForwardPass(threads: 1, kernels: .own), ForwardPass(threads: 2, kernels: .oneDNN))
    for shape in [[2, 4, 9, 7], [1, 4, 6, 6]] {
      let input = numbers(Shape(shape), salt: index, scale: 2)
      let expected = try model.applied(to: [input], in: own)
      for _ in 0..<2 {
        let found = try model.applied(to: [input], in: other)
        #expect(distance(found, expected) <= 1e-4, "\(index): \(distance(found, expected)) \(model)")
      }
      let (a, b) = (try outputs(model, input, own), try outputs(model, input, other))
      #expect(distance(b, a) <= 1e-4, "\(index), looked at: \(distance(b, a))")
    }
  }
}
