import Functors
import Initializers
import LayerVocabulary
import Tensors
import Testing

private struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let shape: Shape
  let geometry: Geometry
  let fanIn: Int
  let fanOut: Int
  var testDescription: String { name }

  init(_ name: String, _ shape: Shape, _ geometry: Geometry, _ fanIn: Int, _ fanOut: Int) {
    (self.name, self.shape, self.geometry, self.fanIn, self.fanOut) = (name, shape, geometry, fanIn, fanOut)
  }
}

/// What feeds an output and is fed by an input, counted from the layers' definitions.
private let trueFans: [Case] = [
  Case("dense 5 → 7", [7, 5], Geometry(), 5, 7),
  Case("conv 3×5, 4 → 6", [6, 4, 3, 5], Geometry(), 4 * 15, 6 * 15),
  Case("conv 1-D, 4 → 6", [6, 4, 3], Geometry(), 4 * 3, 6 * 3),
  Case("conv 3-D, 4 → 6", [6, 4, 3, 5, 2], Geometry(), 4 * 30, 6 * 30),
  Case("conv 3×3, 8 → 12, 4 groups", [12, 2, 3, 3], Geometry(groups: 4), 2 * 9, 3 * 9),
  Case("depthwise 3×3, 8 → 16", [16, 1, 3, 3], Geometry(groups: 8), 9, 2 * 9),
  Case(
    "transposed conv 3×3, 4 → 6", [4, 6, 3, 3], Geometry(outAxis: 1, inAxes: [0], isTransposed: true), 4 * 9,
    6 * 9),
  Case(
    "transposed conv 3×3, 8 → 12, 4 groups", [8, 3, 3, 3],
    Geometry(outAxis: 1, inAxes: [0], groups: 4, isTransposed: true), 2 * 9, 3 * 9),
  Case("packed queries, keys, values of width 6", [18, 6], Geometry(parts: 3), 6, 6),
  Case("LSTM input weights, 5 → 7", [28, 5], Geometry(parts: 4), 5, 7),
  Case("GRU input weights, 5 → 7", [21, 5], Geometry(parts: 3), 5, 7),
  Case("embedding of 100 words in 8", [100, 8], Geometry(outAxis: 1, inAxes: [0], isOneHot: true), 1, 8),
  Case("bilinear 3 × 4 → 5", [5, 3, 4], Geometry(inAxes: [1, 2]), 12, 5),
  Case("Flax conv 3×5, 4 → 6", [3, 5, 4, 6], Geometry(outAxis: 3, inAxes: [2]), 4 * 15, 6 * 15),
  Case("MLX conv 3×5, 4 → 6", [6, 3, 5, 4], Geometry(outAxis: 0, inAxes: [3]), 4 * 15, 6 * 15),
  Case("Conv1D of GPT-2, 5 → 7", [5, 7], Geometry(outAxis: 1, inAxes: [0]), 5, 7),
]

@Test("Fans are the layer's, for every kind of layer", arguments: trueFans)
private func layerFans(_ layer: Case) {
  #expect(layer.geometry.fans(of: layer.shape) == Fans(fanIn: layer.fanIn, fanOut: layer.fanOut))
}

@Test("Resolved standard deviations follow the layer's fans in every mode", arguments: trueFans)
private func modes(_ layer: Case) throws {
  let (fanIn, fanOut) = (Double(layer.fanIn), Double(layer.fanOut))
  let expected: [(FanMode, Double)] = [
    (.fanIn, fanIn), (.fanOut, fanOut), (.fanAverage, (fanIn + fanOut) / 2),
    (.fanGeometricAverage, (fanIn * fanOut).squareRoot()),
  ]
  for (mode, fan) in expected {
    let draw = try Kaiming.kaimingNormal(mode: mode).draw(for: weight(layer.shape, layer.geometry))
    expectClose(draw["std"] ?? 0, (2 / fan).squareRoot())
  }
}

@Test(
  "With `fans: shape` fans are torch's: size(1) and size(0) times the rest",
  arguments: [
    ([7, 5], 5.0, 7.0), ([6, 4, 3, 5], 60, 90), ([12, 2, 3, 3], 18, 108), ([4, 6, 3, 3], 54, 36),
    ([18, 6], 6, 18),
    ([100, 8], 8, 100), ([5, 3, 4], 12, 20),
  ] as [([Int], Double, Double)])
func shapeFans(_ sizes: [Int], _ fanIn: Double, _ fanOut: Double) throws {
  let context = weight(Shape(sizes), nil)
  let std = try Kaiming.kaimingNormal(gain: 1, fans: .shape).draw(for: context)["std"]
  let outStd = try Kaiming.kaimingNormal(mode: .fanOut, gain: 1, fans: .shape).draw(for: context)["std"]
  expectClose(std ?? 0, 1 / fanIn.squareRoot())
  expectClose(outStd ?? 0, 1 / fanOut.squareRoot())
}

@Test("A geometry fits a shape only if axes exist, differ, and groups and parts divide what they split")
func fitting() {
  let misfits: [(Geometry, Shape)] = [
    (Geometry(), [3]), (Geometry(outAxis: 2), [3, 4]), (Geometry(inAxes: [0]), [3, 4]),
    (Geometry(inAxes: []), [3, 4]),
    (Geometry(groups: 2), [3, 4]), (Geometry(groups: 0), [3, 4]), (Geometry(parts: 2), [3, 4]),
    (Geometry(groups: 2, parts: 3), [9, 4]), (Geometry(outAxis: -1), [3, 4]),
    (Geometry(outAxis: 1, inAxes: [0], groups: 2, isTransposed: true), [3, 4]),
  ]
  #expect(misfits.filter { $0.0.fits($0.1) }.map { "\($0.0) \($0.1)" } == [])
  #expect(Geometry(groups: 2, parts: 3).fits([12, 4]))
}

@Test("Axes that no tensor has, or more than a geometry holds, fit nothing and are no trap")
func strangeAxes() {
  let shape: Shape = [2, 3, 4, 5, 6, 7, 8, 9, 10]
  for axes in [[], [Int.max], [Int.min], [-1], [300], Array(1...8)] {
    #expect(!Geometry(inAxes: axes).fits(shape) && Geometry(inAxes: axes).fans(of: shape) == nil, "\(axes)")
  }
  #expect(Geometry(inAxes: Array(1...7)).inAxes == Array(1...7))
  #expect(Geometry(inAxes: Array(1...7)).fans(of: shape)?.fanIn == 3 * 4 * 5 * 6 * 7 * 8 * 9 * 10)
}

@Test("Sizes whose product overflows beside an empty axis are no trap")
func emptyOverflow() {
  let shape: Shape = [0, 1 << 40, 1 << 40]
  #expect(Geometry().fans(of: shape) == nil && Geometry.fansOfShape(shape) == nil)
}

@Test(
  "A tensor without elements needs nothing and is no error",
  arguments: ["kaiming_normal", "orthogonal", "dirac", "default"])
func emptyTensors(_ name: String) throws {
  let draw = try resolved(name, weight([0, 4, 3]))
  #expect(draw == .constant(0))
}

@Test("Other likely geometries are harmless where they give the same number")
func agreement() throws {
  var context = weight([8, 8], Geometry())
  context.otherGeometries = [Geometry(outAxis: 1, inAxes: [0])]
  let std = try Kaiming.kaimingNormal().draw(for: context)["std"]
  expectClose(std ?? 0, 0.5)
  context.shape = [6, 3]
  let glorot = try Glorot.glorotNormal().draw(for: context)["std"]
  expectClose(glorot ?? 0, (2.0 / 9).squareRoot())
  let matrix = try Orthogonal.orthogonal().draw(for: context)
  #expect(matrix["out_axis"] == 0)
}
