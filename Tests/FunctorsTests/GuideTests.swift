import Diagnostics
import Functors
import Tensors
import Testing

// The examples of docs/functors.md, in its order.

struct Linear: Structure {
  var weight: Tensor
  var bias: Tensor?
  static let fields = FieldList(weights: \Self.weight, biases: \.bias)
}

struct Autoencoder: Structure {
  var encoder: Linear
  var decoder: Linear
  var code: Shared<Tensor>
  var prior: Shared<Tensor>
  static let fields = FieldList(\Self.encoder, \.decoder, weights: \.code, \.prior)

  init() {
    encoder = Linear(weight: Tensor([1, 2]), bias: Tensor([0]))
    decoder = Linear(weight: Tensor([3, 4]), bias: nil)
    code = Shared(Tensor([5]))
    prior = code
  }
}

@Suite("The guide's examples")
struct GuideTests {
  let model = Autoencoder()

  @Test("walks and maps") func maps() throws {
    let half = try model.map { tensor in tensor * 0.5 }
    #expect(half.encoder.weight.floats == [0.5, 1] && half.prior.value.isIdentical(to: half.code.value))

    var lines: [String] = []
    for leaf in try model.leaves() { lines.append("\(leaf.path): \(leaf.tensor)") }
    #expect(
      lines == [
        "encoder.weight: f32 [2]", "encoder.bias: f32 [1]", "decoder.weight: f32 [2]", "code: f32 [1]",
      ])

    let untouched = try model.map(deciding: { visit in visit.path == "decoder" ? .skip : .descend }) {
      visit, tensor in
      visit.role == .bias ? tensor + 1 : tensor * 2
    }
    #expect(untouched.decoder.weight.floats == [3, 4] && untouched.encoder.bias?.floats == [1])

    let edited = try model.edit(Linear.self) { layer, path in
      if path == "decoder" { layer.bias = Tensor([0, 0]) }
    }
    #expect(edited.decoder.bias?.floats == [0, 0])
  }

  @Test("zips, outlines and skeletons") func zips() throws {
    let gradient = ["encoder": AnyNode(["weight": Tensor([10, 10])])]
    let stepped = try model.encoder.zipMap(with: Linear(weight: Tensor([10, 10]), bias: nil)) {
      _, tensor, others in
      try others[0].map { try tensor + $0 * -0.1 } ?? tensor
    }
    #expect(stepped.weight.floats == [0, 1] && stepped.bias?.floats == [0])
    #expect(code { _ = try model.zipMap(with: gradient) { $1 + Double($2.count) } } == .structureMismatch)

    let shapes = try model.mapStructure { _, tensor in tensor.shape }
    #expect(shapes["decoder.weight"] == [2] && shapes["prior"] == [1])

    let mask = try model.skeleton(skipping: "bias", "decoder")
    let masked = try model.map(along: mask) { _, tensor in tensor * 0 }
    #expect(masked.decoder.weight.floats == [3, 4] && masked.encoder.weight.floats == [0, 0])
    #expect(try model.skeleton(skipping: \Linear.bias).contains("encoder.weight"))
  }

  @Test("places and state") func places() throws {
    #expect(model.tensor(at: "encoder.weight")?.floats == [1, 2] && !model.contains("decoder.bias"))
    let replaced = try model.replacing("prior", with: Tensor([6]))
    #expect(replaced.code.value.floats == [6])
    let loaded = try model.loading(from: replaced)
    #expect(loaded.prior.value.floats == [6])
  }
}
