import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import Tensors
import Testing

private func zeros(_ shapes: [[Int]], _ dtype: DType = .f32) -> [Tensor] {
  shapes.map { Tensor(zeros: Shape($0), dtype: dtype) }
}

@Test(
  "A layer is not applied to another number of tensors",
  arguments: [
    ("Dense(in: 2, out: 2)", 0, "1 tensor"), ("Conv(in: 2, out: 2, kernel: [1])", 2, "1 tensor"),
    ("Bilinear(in: 2, 2, out: 2)", 1, "2 tensors"),
    ("MultiHeadAttention(2, heads: 1)", 2, "1 tensor, or queries"),
    ("LSTM(in: 2, hidden: 2)", 2, "1 tensor, or 3 with states"),
    ("GRU(in: 2, hidden: 2)", 3, "1 tensor, or 2"),
    ("Activation(.relu)", 2, "1 tensor"), ("Pool(.max, output: [1])", 0, "1 tensor"),
    ("PassThrough()", 2, "1 tensor"),
    ("Embedding(vocabulary: 2, size: 2)", 2, "1 tensor"), ("LayerNorm([2])", 0, "1 tensor"),
    ("Flatten()", 2, "1 tensor"), ("Dropout()", 0, "1 tensor"), ("Scale([2])", 3, "1 tensor"),
  ])
private func inputCount(_ text: String, _ count: Int, _ expected: String) throws {
  let inputs = zeros(Array(repeating: [2, 2], count: count))
  let error = expectError(.inputCount) { try layer(text).applied(to: inputs) }
  #expect(error.contains("expected \(expected)") && error.contains("found \(count)"))
}

@Test(
  "A layer is not applied to a tensor of another shape",
  arguments: [
    ("Dense(in: 2, out: 3)", [[2, 3]], "[…, 2]"), ("Dense(in: 2, out: 3)", [[]], "[…, 2]"),
    ("Bilinear(in: 2, 3, out: 1)", [[4, 2], [5, 3]], "[4, 3]"),
    ("Bilinear(in: 2, 3, out: 1)", [[4, 2], [4, 2]], "[…, 3]"),
    ("Conv(in: 3, out: 2, kernel: [3, 3])", [[1, 3, 5]], "[N, 3, H, W]"),
    ("Conv(in: 4, out: 2, kernel: [3], groups: 2)", [[1, 2, 5]], "[N, 4, L]"),
    ("Conv(in: 3, out: 2, kernel: [3, 3], dilation: 2)", [[1, 3, 5, 4]], "axes of at least 5"),
    ("ConvTranspose(in: 3, out: 2, kernel: [2, 2, 2])", [[1, 2, 3, 3, 3]], "[N, 3, D, H, W]"),
    ("ConvTranspose(in: 3, out: 2, kernel: [1], padding: 2)", [[1, 3, 3]], "axes of which more is left"),
    ("BatchNorm(3)", [[3]], "[N, 3, …]"), ("GroupNorm(groups: 1, 3)", [[2, 4, 5]], "[N, 3, …]"),
    ("LayerNorm([2, 3])", [[3]], "[…, 2, 3]"), ("RMSNorm([2])", [[2, 3]], "[…, 2]"),
    ("Scale([3, 1])", [[2, 4]], "a shape that factors of [3, 1] fit"),
    ("LayerScale([2])", [[]], "a shape that factors"),
    ("PReLU(3)", [[2, 4]], "[N, 3, …]"), ("Flatten(from: 2)", [[2, 3]], "an axis 2"),
    ("Pool(.max, kernel: [3])", [[1, 2, 2]], "axes of at least 3"),
    ("Pool(.mean, output: [1])", [[1, 2]], "3 axes"),
    ("Pool(.mean, output: [1])", [[1, 2, 0]], "not empty"), ("RNN(in: 2, hidden: 2)", [[3, 3]], "[L, N, 2]"),
    ("GRU(in: 2, hidden: 3, batchFirst: true)", [[4, 5, 2], [1, 5, 3]], "a state of [1, 4, 3]"),
    ("LSTM(in: 2, hidden: 3)", [[4, 2], [1, 3], [1, 1, 3]], "a state of [1, 3]"),
    ("MultiHeadAttention(4, heads: 2)", [[3, 2, 5]], "[L, N, 4]"),
    (
      "MultiHeadAttention(4, heads: 2)", [[3, 2, 4], [5, 2, 4], [6, 2, 4]], "keys and values of one length"
    ),
    ("MultiHeadAttention(4, heads: 2)", [[3, 2, 4], [5, 1, 4], [5, 1, 4]], "all of one batch"),
  ])
private func inputShape(_ text: String, _ shapes: [[Int]], _ expected: String) throws {
  let error = expectError(.inputShape) { try layer(text).applied(to: zeros(shapes)) }
  #expect(error.contains(expected), "\(error)")
}

@Test("What cannot be joined is refused")
func joins() throws {
  func apply(_ connection: Connection, _ a: [Int], _ b: [Int]) throws -> [Tensor] {
    try Parallel(connection, Parameter(Tensor(zeros: Shape(a))), Parameter(Tensor(zeros: Shape(b)))).applied(
      to: [])
  }
  for (a, b) in [([2, 3], [2, 4]), ([3], [2])] {
    #expect(expectError(.inputShape) { try apply(.add, a, b) }.contains(".add of \(a), \(b)"))
  }
  expectError(.inputShape) { try apply(.concatenate(axis: 1), [2, 3], [3, 3]) }
  expectError(.inputShape) { try apply(.concatenate(axis: 2), [2, 3], [2, 3]) }
  expectError(.inputShape) { try apply(.concatenate(axis: -3), [2, 3], [2, 3]) }
  expectError(.inputShape) { try Parallel(.multiply).applied(to: []) }
  expectError(.inputCount) {
    try SkipConnection(.add, GRU(in: 2, hidden: 2)).shapes(for: [[3, 2], [1, 2]])
  }
  #expect(try apply(.concatenate(axis: -1), [2, 3], [2, 0]).map(\.shape) == [[2, 3]])
  #expect(try apply(.add, [2, 1], [0, 2, 3]).map(\.shape) == [[0, 2, 3]])
}

@Test("Integers are looked up, and computed with nowhere else")
func inputTypes() throws {
  expectError(.inputType) { try layer("Dense(in: 2, out: 2)").applied(to: zeros([[2]], .i64)) }
  expectError(.inputType) { try Parallel(.add, PassThrough(), PassThrough()).applied(to: zeros([[2]], .u8)) }
  let table = try layer("Embedding(vocabulary: 3, size: 2)")
  #expect(try table.applied(to: zeros([[4]], .u8)).map(\.shape) == [[4, 2]])
  for dtype in [DType.f32, .bool] { expectError(.inputType) { try table.applied(to: zeros([[4]], dtype)) } }
}

@Test("An index outside of its table is named with the table's range", arguments: [3, -1, 1 << 40])
private func indices(_ index: Int) throws {
  let table = try Chain(["tokens": layer("Embedding(vocabulary: 3, size: 2)")])
  let input = Tensor([0, Float(index)]).converted(to: .i64)
  let error = expectError(.indexOutOfRange) { try table.applied(to: [input]) }
  #expect(
    error.contains("expected 0 to 2") && error.contains("found \(index)") && error.contains("at tokens"))
  var largest = Tensor(zeros: [1], dtype: .u64)
  largest.withMutableBytes { bytes in _ = bytes.initializeMemory(as: UInt8.self, repeating: 0xFF) }
  expectError(.indexOutOfRange) { try table.applied(to: [largest]) }
}

@Test("A new layer has shapes and no contents")
func lazyTensors() throws {
  let layers = [
    "Dense(in: 2, out: 2)", "LSTM(in: 2, hidden: 2)", "LayerScale([2])", "Parameter([2])", "PReLU()",
  ]
  for text in layers {
    let lazy = try LayerRegistry.standard.layer(parsing: text)
    #expect(try lazy.shapes(for: [[2, 2]]).count == 1)
    #expect(expectError(.noContents) { try lazy.applied(to: zeros([[2, 2]])) }.contains("hint: "))
  }
  expectError(.noContents) { try layer("Dense(in: 2, out: 2)").applied(to: [Tensor(lazy: [2])]) }
  let table = try layer("Embedding(vocabulary: 3, size: 2)")
  expectError(.noContents) { try table.applied(to: [Tensor(lazy: [2], dtype: .i64)]) }
  #expect(try layer("Dense(in: 2, out: 2)").applied(to: [Tensor(lazy: [0, 2])]).map(\.shape) == [[0, 2]])
}

/// Layers that nobody should make, and what is said of them.
private let misfits: [(any Layer, String)] = {
  func tensor(_ sizes: [Int]) -> Tensor { Tensor(zeros: Shape(sizes)) }
  var norm = BatchNorm(3)
  norm.runningVar = tensor([2])
  var (heads, extra, separate) = (
    MultiHeadAttention(4, heads: 2), MultiHeadAttention(4, heads: 2), MultiHeadAttention(4, heads: 2)
  )
  heads.heads = 3
  extra.biasK = tensor([1, 1, 4])
  separate.inProjWeight = nil
  let sizes = RecurrentSizes(inputs: 2, hidden: 2)
  return [
    (Dense(weight: tensor([2])), "[out, in]"), (Dense(weight: tensor([2, 2]), bias: tensor([3])), "'bias'"),
    (Bilinear(weight: tensor([2, 2])), "[out, in₁, in₂]"),
    (Embedding(weight: tensor([2])), "[vocabulary, size]"),
    (Conv(weight: tensor([2, 2])), "1 to 3 for the kernel"),
    (Conv(weight: tensor([2, 2, 0])), "1 to 3 for the kernel"),
    (Conv(weight: tensor([2, 2, 3]), stride: [1, 1]), "1 numbers from 1 on"),
    (Conv(weight: tensor([2, 2, 3]), stride: [0]), "1 numbers from 1 on"),
    (Conv(weight: tensor([2, 2, 3]), padding: [-1]), "from 0 on"),
    (Conv(weight: tensor([2, 2, 3]), dilation: [.max]), "from 1 on"),
    (Conv(weight: tensor([3, 2, 3]), groups: 2), "2 groups"),
    (Conv(weight: tensor([3, 2, 3]), groups: 0), "0 groups"),
    (Conv(weight: tensor([3, 2, 3]), bias: tensor([2])), "'bias'"),
    (ConvTranspose(weight: tensor([2, 2, 3]), outputPadding: [1]), "less than stride"),
    (norm, "'running_var'"), (LayerNorm(scale: Scale([3]), sizes: [4]), "'weight'"),
    (RMSNorm(weight: tensor([3]), sizes: [4]), "'weight'"),
    (GroupNorm(weight: nil, bias: nil, groups: 2, channels: 3), "2 groups"),
    (Scale(weight: tensor([2]), bias: tensor([3])), "'bias'"), (PReLU(weight: tensor([1, 2])), "'weight'"),
    (Pool(.max, kernel: [2], padding: [2]), "half a window"),
    (Pool(.max, kernel: [2], stride: [1, 1]), "kernel [2]"),
    (Pool(.max, output: [0]), "output [0]"), (Pool(.max, kernel: []), "1 to 3 axes"),
    (heads, "3 heads of 4"), (extra, "one of 'bias_k'"), (separate, "'q_proj_weight'"),
    (RNN(parameters: RecurrentParameters([]), sizes: sizes), "'weight_ih_l0'"),
    (GRU(parameters: RNN(in: 2, hidden: 2).parameters, sizes: sizes), "'weight_ih_l0'"),
  ]
}()

@Test("A layer that contradicts itself is refused, whatever it is applied to", arguments: misfits.indices)
private func selfContradiction(_ index: Int) throws {
  let (layer, expected) = misfits[index]
  let error = expectError(.layerMisfit) {
    try layer.shapes(for: [[1, 2, 2]].map { Shape($0) } + (layer is Bilinear ? [[1]] : []))
  }
  #expect(error.contains(expected) && error.contains("'\(layer.kind.name)'"), "\(error)")
}

@Test("Results that no memory holds are refused, not begun")
func tooLarge() throws {
  let large = Int(Int32.max)
  expectError(.inputShape) {
    try Conv(in: 1, out: large, kernel: [1, 1]).shapes(for: [Shape([1, 1, 1 << 29, 1 << 29])])
  }
  let wide = ConvTranspose(in: 1, out: 1, kernel: [1], stride: [large])
  expectError(.inputShape) { try wide.shapes(for: [Shape([1, 1, 1 << 58])]) }
  expectError(.inputShape) { try Pool(.max, output: [1 << 62]).shapes(for: [[1, 1, 3]]) }
  expectError(.layerMisfit) { try Pool(.max, kernel: [2], padding: [.max]).shapes(for: [[1, 1, 3]]) }
  expectError(.layerMisfit) {
    try Conv(weight: Tensor(lazy: [0, 2, 1]), groups: .max).shapes(for: [[1, 1, 3]])
  }
}

@Test("A number of threads that is none is refused, and no trap", arguments: [0, -1, 1025, .max, .min])
func threads(_ count: Int) throws {
  let model = try filled(Dense(in: 4, out: 3))
  let input = numbers([2, 4], salt: 1)
  let pass = ForwardPass(threads: count)
  expectError(.threadCount) { _ = try model.applied(to: [input], in: pass) }
  #expect(throws: Diagnostic.self) { _ = try model.applied(to: [input], in: pass) { _ in } }
  #expect(throws: Diagnostic.self) { _ = try model.activations(for: [input], in: pass) }
  // A layer by itself takes any pass.
  let layer = try #require(model as? Dense)
  #expect(try layer.forward([input], in: pass) == layer.forward([input], in: ForwardPass(threads: 1)))
}
