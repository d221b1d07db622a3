import Diagnostics
import Foundation
import Functors
import Inference
import Initializers
import Layers
import Tensors
import Testing

/// Small networks of pictures in which every way through oneDNN's order is taken, and left again.
let networks: [(name: String, model: Chain)] = {
  let conv = Conv(in: 4, out: 4, kernel: [3, 3], padding: [1, 1], bias: false)
  let grouped = Conv(in: 4, out: 8, kernel: [3, 3], stride: [2, 2], padding: [1, 1], groups: 4)
  func act(_ function: Activation.Function) -> Activation { Activation(function) }
  func same(_ channels: Int) -> Conv { Conv(in: channels, out: channels, kernel: [1, 1]) }
  /// Sixteen channels more.
  func grow(_ channels: Int) -> SkipConnection {
    SkipConnection(
      .concatenate(axis: 1), BatchNorm(channels), act(.relu),
      Conv(in: channels, out: 16, kernel: [3, 3], padding: [1, 1]))
  }
  let grown = Chain(Conv(in: 4, out: 16, kernel: [3, 3]), grow(16), grow(32))
  let functions = Activation.Function.allCases.filter { $0 != .softmax }
  let each = functions.map { ("conv, norm, \($0)", Chain(conv, BatchNorm(4), act($0))) }
  return each + [
    ("conv with offset, norm", Chain(Conv(in: 4, out: 4, kernel: [1, 1]), BatchNorm(4))),
    ("norm without factors", Chain(conv, BatchNorm(4, affine: false), act(.relu))),
    ("norm of the batch", Chain(conv, BatchNorm(4, trackRunningStats: false), act(.relu))),
    ("two norms", Chain(conv, BatchNorm(4), BatchNorm(4), act(.relu), act(.sigmoid))),
    ("norm after activation", Chain(conv, act(.relu), BatchNorm(4), act(.gelu))),
    ("grouped, dilated", Chain(grouped, Conv(in: 8, out: 2, kernel: [3, 3], padding: [2, 2], dilation: [2, 2]))),
    ("residual", Chain(conv, SkipConnection(.add, conv, BatchNorm(4), act(.relu), conv, BatchNorm(4)), act(.relu))),
    (
      "residual that is used again",
      Chain(conv, SkipConnection(.add, SkipConnection(.add, conv, conv), conv), act(.relu))
    ),
    ("sum beside its parts", Chain(conv, SkipConnection(.concatenate(axis: 1), SkipConnection(.add, conv, conv)))),
    ("sum of two convolutions", Chain(conv, Parallel(.add, Chain(conv, BatchNorm(4)), conv), act(.relu), conv)),
    ("sum with a norm behind", Chain(conv, SkipConnection(.add, conv, conv), BatchNorm(4), act(.gelu))),
    ("residual of the input", Chain(SkipConnection(.add, conv, BatchNorm(4)), act(.silu))),
    (
      "squeeze-and-excitation",
      Chain(
        conv,
        SkipConnection(
          .multiply, Pool(.mean, output: [1, 1]), Conv(in: 4, out: 2, kernel: [1, 1]), act(.relu),
          Conv(in: 2, out: 4, kernel: [1, 1]), act(.sigmoid)))
    ), ("dense", Chain(SkipConnection(.concatenate(axis: 1), conv), BatchNorm(8), act(.relu), grouped8)),
    ("growing", Chain(grown, grow(48), grow(64), grow(80), BatchNorm(96), act(.relu), same(96))),
    ("grown twice from one", Chain(grown, Parallel(.add, grow(48), grow(48)), BatchNorm(64))),
    ("grown, then activated", Chain(grown, grow(48), act(.sigmoid))),
    ("grown, then pooled", Chain(grown, grow(48), Pool(.max, kernel: [2, 2]), same(64))),
    ("grown, then convolved", Chain(grown, grow(48), same(64), act(.relu))),
    ("grown, added to", Chain(grown, SkipConnection(.add, same(48)), SkipConnection(.multiply, same(48)), grow(48))),
    ("grown by itself", Chain(grown, Parallel(.concatenate(axis: 1), PassThrough(), PassThrough()), BatchNorm(96))),
    ("concatenated elsewhere", Chain(Parallel(.concatenate(axis: 2), conv, conv), act(.relu))),
    ("largest", Chain(Maxout(conv, Conv(in: 4, out: 4, kernel: [1, 1])), act(.relu))),
    (
      "pools", Chain(conv, Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1]), Pool(.mean, kernel: [2, 2]))
    ),
    (
      "pools with ceilings",
      Chain(conv, Pool(.max, kernel: [2, 2], ceilMode: true), Pool(.mean, kernel: [3, 3], ceilMode: true))
    ),
    ("uneven pool", Chain(conv, Pool(.mean, output: [3, 2]))),
    ("plain between", Chain(conv, Permute([0, 2, 3, 1]), LayerNorm([4]), Permute([0, 3, 1, 2]), conv, Flatten())),
    ("dropout", Chain(conv, Dropout(), BatchNorm(4), StochasticDepth(0.5), act(.relu), PassThrough())),
  ]
}()

private let grouped8 = Conv(in: 8, out: 4, kernel: [1, 1], groups: 4)

@Suite("Passes through oneDNN")
struct NetworkTests {
  @Test("Networks compute the same with oneDNN and without, again and again", arguments: networks.indices)
  func agrees(_ index: Int) throws {
    let network = networks[index]
    let model = try #require(filled(network.model) as? Chain)
    let (own, other) = (ForwardPass(threads: 1, kernels: .own), ForwardPass(threads: 2, kernels: .oneDNN))
    for (salt, shape) in [[2, 4, 9, 7], [2, 4, 9, 7], [1, 4, 16, 12]].enumerated() {
      let input = numbers(Shape(shape), salt: salt + 1, scale: 2)
      let (a, b) = (try model.applied(to: [input], in: own), try model.applied(to: [input], in: other))
      #expect(distance(b, a) <= 2e-5, "\(network.name): \(distance(b, a))")
    }
  }

  @Test("A pass leaves the caller on the processors that it may use")
  func affinity() throws {
    func processors() throws -> Substring? {
      let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
      return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    }
    let before = try #require(try processors())
    let model = try #require(filled(Chain(Conv(in: 4, out: 4, kernel: [3, 3]))) as? Chain)
    _ = try model.applied(to: [numbers([1, 4, 32, 32], salt: 1)], in: ForwardPass(kernels: .oneDNN))
    #expect(try processors() == before)
  }

  @Test("A pass that is kept does not compute with weights that have changed")
  func changedWeights() throws {
    var model = try #require(filled(Chain(Conv(in: 2, out: 2, kernel: [3, 3]), BatchNorm(2))) as? Chain)
    let pass = ForwardPass(kernels: .oneDNN)
    let input = numbers([1, 2, 8, 8], salt: 1)
    let before = try model.applied(to: [input], in: pass)
    model = try #require(filled(model, from: 200) as? Chain)
    let after = try model.applied(to: [input], in: pass)
    #expect(distance(after, before) > 0.01)
    #expect(distance(after, try model.applied(to: [input], in: ForwardPass(kernels: .own))) <= 2e-5)
  }

  @Test("A pass that is kept tells norms behind one convolution apart", arguments: ["mean", "eps"])
  func changedNorm(_ part: String) throws {
    let model = try #require(filled(Chain(Conv(in: 2, out: 2, kernel: [3, 3]), BatchNorm(2))) as? Chain)
    let other = try model.edit(BatchNorm.self) { norm, _ in
      if part == "eps" { norm.eps = 1 } else { norm.runningMean = numbers([2], salt: 7, scale: 4) }
    }
    let pass = ForwardPass(kernels: .oneDNN)
    let input = numbers([1, 2, 8, 8], salt: 1)
    for model in [model, other, model] {
      let expected = try model.applied(to: [input], in: ForwardPass(kernels: .own))
      #expect(distance(try model.applied(to: [input], in: pass), expected) <= 2e-5)
    }
  }

  @Test("Errors are the same, in the layer they arise in")
  func errors() throws {
    let pass = ForwardPass(kernels: .oneDNN)
    let lazy = try Chain(["a": Conv(in: 2, out: 2, kernel: [1, 1]), "b": BatchNorm(2)])
    let input = numbers([1, 2, 4, 4], salt: 1)
    #expect(expectError(.noContents) { try lazy.applied(to: [input], in: pass) }.contains("at a"))
    let model = try Chain(["a": layer("Conv(in: 2, out: 3, kernel: [1, 1])"), "b": layer("BatchNorm(2)")])
    #expect(expectError(.inputShape) { try model.applied(to: [input], in: pass) }.contains("at b"))
    let half = try Chain(["a": layer("Conv(in: 2, out: 3, kernel: [1, 1])"), "b": BatchNorm(3)])
    #expect(expectError(.noContents) { try half.applied(to: [input], in: pass) }.contains("at b"))
    let integers = Tensor(lazy: [1, 2, 4, 4], dtype: .i64)
    expectError(.inputType) { try model.applied(to: [integers], in: pass) }
    #expect(try half.shapes(for: [[0, 2, 4, 4]]) == [[0, 3, 4, 4]])
  }

  @Test("What is not a number stays so but for oneDNN's rectifiers, and with this library's kernels everywhere")
  func notFinite() throws {
    let input = Tensor([1, .nan, .infinity, -.infinity], shape: [1, 1, 2, 2])
    let bare = Chain(Conv(in: 1, out: 1, kernel: [1, 1]), BatchNorm(1))
    let model = try #require(filled(bare) as? Chain)
    for kernels in [ForwardPass.Kernels.own, .oneDNN] {
      let found = try model.applied(to: [input], in: ForwardPass(kernels: kernels))[0].floats
      #expect(found.map(\.isNaN) == [false, true, false, false] && found[2].isInfinite && found[3].isInfinite)
    }
    let rectified = Chain(model, Activation(.relu))
    #expect(try rectified.applied(to: [input], in: ForwardPass(kernels: .own))[0].floats[1].isNaN)
  }

  @Test("Half-precision weights and pictures are computed in 32 bits")
  func halves() throws {
    let model = try #require(filled(Chain(Conv(in: 2, out: 2, kernel: [3, 3]), Activation(.relu))) as? Chain)
    let halved = try model.mapWithPath { _, tensor in tensor.converted(to: .bf16) }
    let input = numbers([1, 2, 6, 6], salt: 1).converted(to: .f16)
    let (a, b) = (ForwardPass(kernels: .own), ForwardPass(kernels: .oneDNN))
    #expect(distance(try halved.applied(to: [input], in: b), try halved.applied(to: [input], in: a)) <= 2e-5)
  }
}
