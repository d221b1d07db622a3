import Diagnostics
import Functors
import Inference
import Initializers
import Layers
import Tensors
import Testing

/// Pictures of sixteen channels, which oneDNN does not pad.
private let unpadded = Chain(
  Conv(in: 16, out: 16, kernel: [3, 3], padding: [1, 1]), BatchNorm(16), Activation(.relu),
  SkipConnection(.add, Conv(in: 16, out: 16, kernel: [1, 1]), BatchNorm(16)), Activation(.relu))

/// Mean and standard deviation by their definition, in two passes.
private func byDefinition(_ elements: [Double]) -> (mean: Double, std: Double) {
  let mean = elements.reduce(0, +) / Double(elements.count)
  let squares = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / Double(elements.count)).squareRoot())
}

@Suite("Layers' outputs, looked at during a pass")
struct HookTests {
  private let passes = [ForwardPass(threads: 1, kernels: .own), ForwardPass(threads: 2, kernels: .oneDNN)]

  private func check(_ model: Chain, _ input: Tensor, _ name: String) throws {
    let plain = try model.applied(to: [input], in: passes[0])
    var seen: [[String]] = []
    for pass in passes {
      var lines: [String] = []
      let results = try model.applied(to: [input], in: pass) { output in
        let (statistics, elements) = (try output.statistics(), try output.tensor().elements)
        let (mean, std) = byDefinition(elements)
        let scale = max(abs(mean), std)
        #expect(abs(statistics.mean - mean) <= 1e-12 * scale && abs(statistics.std - std) <= 1e-12 * scale, "\(name)")
        #expect(statistics.min == elements.min() && statistics.max == elements.max(), "\(name)")
        #expect(statistics.zeros == elements.count { $0 == 0 } && statistics.count == output.shape.count, "\(name)")
        lines.append("\(output.path) \(type(of: output.layer)) \(output.index) \(output.shape)")
      }
      #expect(distance(results, plain) <= 2e-5, "\(name): \(distance(results, plain))")
      seen.append(lines)
    }
    #expect(seen[0] == seen[1] && !seen[0].isEmpty, "\(name)")
  }

  @Test("Statistics are those of the outputs, and do not change the pass", arguments: networks.indices)
  func agrees(_ index: Int) throws {
    let model = try #require(filled(networks[index].model) as? Chain)
    try check(model, numbers([2, 4, 9, 7], salt: 1, scale: 2), networks[index].name)
  }

  @Test("The same where channels are not padded")
  func dense() throws {
    try check(try #require(filled(unpadded) as? Chain), numbers([2, 16, 40, 40], salt: 2, scale: 2), "unpadded")
  }

  @Test("Layers come in the order of computing, joins behind what they join, with their paths")
  func order() throws {
    let block = try Chain(["conv": layer("Conv(in: 2, out: 2, kernel: [1, 1])"), "": Activation(.relu)])
    let model = try Chain(["stem": layer("BatchNorm(2)"), "block": SkipConnection(.add, block)])
    for pass in passes {
      let found = try model.activations(for: [numbers([1, 2, 4, 4], salt: 1)], in: pass)
      let names = found.map { "\($0.path) \($0.type)" }
      #expect(
        names == ["stem BatchNorm", "block.0.conv Conv", "block.0 Activation", "block SkipConnection"], "\(names)")
    }
  }

  @Test("Only what is asked for is computed by itself: without a look the results are the same bits")
  func noLook() throws {
    let model = try #require(filled(unpadded) as? Chain)
    let input = numbers([2, 16, 12, 12], salt: 3)
    let looked = try model.activations(for: [input], in: passes[1], where: { $1 is Conv })
    #expect(looked.map(\.type) == ["Conv", "Conv"])
    let plain = try model.applied(to: [input], in: passes[1])
    #expect(try model.applied(to: [input], in: passes[1], hook: { _ in })[0].elements == plain[0].elements)
  }

  @Test("What the caller throws ends the pass and comes out as it is")
  func throwing() throws {
    struct Enough: Error {}
    var count = 0
    #expect(throws: Enough.self) {
      try Chain(Activation(.relu), Activation(.tanh)).applied(to: [numbers([3], salt: 1)]) { _ in
        count += 1
        throw Enough()
      }
    }
    #expect(count == 1)
  }

  @Test("The number of threads does not change a bit")
  func threads() throws {
    let model = try #require(filled(unpadded) as? Chain)
    let input = numbers([4, 16, 64, 64], salt: 4, scale: 3)
    for kernels in [ForwardPass.Kernels.own, .oneDNN] {
      let found = try [1, 2].map { threads in
        try model.activations(for: [input], in: ForwardPass(threads: threads, kernels: kernels)).map(\.statistics)
      }
      #expect(found[0] == found[1])
    }
  }

  @Test("What is not a number is counted, and left out of the moments")
  func notFinite() throws {
    let input = Tensor([1, .nan, .infinity, -3], shape: [1, 1, 2, 2])
    let found = try Chain(PassThrough()).activations(for: [input])[0].statistics
    #expect(found.nan == 1 && found.inf == 1 && found.mean == -1 && found.std == 2 && found.max == 1)
  }
}
