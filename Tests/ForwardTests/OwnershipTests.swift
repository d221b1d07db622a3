import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Reinitialization
import Tensors
import Testing

@testable import Inference

/// Sums that two layers ask for, of which one could take up how they are computed.
private let sharedSums: [(name: String, model: Chain)] = {
  func conv() -> Conv { Conv(in: 16, out: 16, kernel: [3, 3], padding: [1, 1]) }
  let relu = Activation(.relu)
  let (short, long) = (Chain(conv(), BatchNorm(16)), Chain(conv(), conv(), BatchNorm(16)))
  let activated = SkipConnection(.add, relu, conv(), relu, conv())
  return [
    (
      "one convolution in the first skip",
      Chain(conv(), SkipConnection(.add, short), SkipConnection(.add, relu, conv()))
    ),
    ("two convolutions", Chain(conv(), SkipConnection(.add, long), SkipConnection(.add, relu, conv()))),
    ("activations first", Chain(conv(), activated, activated, activated, conv())),
    ("a sum of branches", Chain(conv(), Parallel(.add, short, long), activated)),
    ("a norm first", Chain(conv(), SkipConnection(.add, long), SkipConnection(.add, BatchNorm(16), relu, conv()))),
    (
      "a pool beside",
      Chain(
        conv(), SkipConnection(.add, long),
        Parallel(.add, relu, Pool(.max, kernel: [3, 3], stride: [1, 1], padding: [1, 1])))
    ),
    (
      "three claims",
      Chain(conv(), SkipConnection(.add, long), Parallel(.concatenate(axis: 1), relu, PassThrough(), BatchNorm(16)))
    ),
    (
      "the sum with itself",
      Chain(conv(), SkipConnection(.add, long), SkipConnection(.add, PassThrough()), SkipConnection(.multiply, relu))
    ),
    (
      "two sums of one value",
      Chain(conv(), Parallel(.concatenate(axis: 1), SkipConnection(.add, long), SkipConnection(.add, long)))
    ),
    (
      "fusion",
      Chain(
        conv(), SkipConnection(.add, long), PairwiseFusion(.add, long, Chain(relu, conv()), conv()), Join(.add)
      )
    ),
  ]
}()

@Suite("Values that several layers want")
struct OwnershipTests {
  @Test("A value is the same for all who ask for it", arguments: sharedSums.indices)
  func shared(_ index: Int) throws {
    let model = try #require(filled(sharedSums[index].model) as? Chain)
    for (size, kernels) in [(6, ForwardPass.Kernels.oneDNN), (48, .automatic)] {
      let input = numbers([1, 16, size, size], salt: 3)
      let a = try model.applied(to: [input], in: ForwardPass(threads: 1, kernels: .own))
      let b = try model.applied(to: [input], in: ForwardPass(threads: 2, kernels: kernels))
      #expect(distance(b, a) <= 2e-5, "\(sharedSums[index].name), \(size): \(distance(b, a))")
    }
  }

  @Test("Passes that nobody names find weights in order, and leave none behind that are initialized anew")
  func standard() throws {
    var model = Chain(Conv(in: 16, out: 16, kernel: [3, 3]), Conv(in: 16, out: 16, kernel: [3, 3]))
    let input = numbers([1, 16, 48, 48], salt: 1)
    weak var before: PackedWeights.Entry?
    for seed in 0..<3 {
      try model.reinitialize(with: LayerDefault(), seed: UInt64(seed))
      let first = try model.applied(to: [input])
      let conv = try #require(model.layers.children[0].node as? Conv)
      let entry = PackedWeights.common.entry(for: [conv.weight, conv.bias], eps: 0)
      #expect((entry != nil) == (OneDNN.reason == nil))
      #expect(try model.applied(to: [input])[0].hasSameBits(as: first[0]))
      #expect(PackedWeights.common.entry(for: [conv.weight, conv.bias], eps: 0) === entry)
      #expect(before == nil)
      before = entry
    }
  }

  @Test("Packed weights do not pile up, and do not hold weights' memory")
  func packed() throws {
    var model = Chain(Conv(in: 4, out: 4, kernel: [3, 3]), BatchNorm(4), Conv(in: 4, out: 4, kernel: [1, 1]))
    let pass = ForwardPass(kernels: .oneDNN)
    let input = numbers([1, 4, 8, 8], salt: 1)
    var addresses: Set<UInt> = []
    for seed in 0..<5 {
      try model.reinitialize(with: LayerDefault(), seed: UInt64(seed))
      let found = try model.applied(to: [input], in: pass)
      #expect(distance(found, try model.applied(to: [input], in: ForwardPass(kernels: .own))) <= 2e-5)
      #expect(pass.packedCount == (OneDNN.reason == nil ? 2 : 0))
      addresses.insert(
        try #require(model.layers.children[0].node as? Conv).weight.withBytes { UInt(bitPattern: $0.baseAddress) })
    }
    #expect(addresses.count == 1, "the memory of weights is used again")
  }

  @Test("A value that a sum has taken is an error to ask for, and never numbers")
  func taken() throws {
    let value = DeferredTensor(numbers([2, 3], salt: 1))
    value.surrender()
    let error = #expect(throws: Diagnostic.self) { try value.tensor() }
    #expect(error?.code == .forwardFailed)
  }

  @Test("Weights written to in place are packed anew")
  func writtenTo() throws {
    var conv = try #require(layer("Conv(in: 4, out: 4, kernel: [3, 3])") as? Conv)
    let pass = ForwardPass(kernels: .oneDNN)
    let input = numbers([1, 4, 8, 8], salt: 1)
    let before = try conv.applied(to: [input], in: pass)
    conv.weight.withMutableBytes { $0.bindMemory(to: Float.self)[5] += 1 }
    let after = try conv.applied(to: [input], in: pass)
    #expect(distance(after, before) > 0.01)
    #expect(distance(after, try conv.applied(to: [input], in: ForwardPass(kernels: .own))) <= 2e-5)
  }
}
