import Reinit
import Testing

@Test(
  "Forward passes give the numbers of torchvision, SciPy, NumPy and loralib's formula, on one thread and on several",
  arguments: [("SqueezeExcite", 4, 4e-7), ("Spline", 2, 4e-7), ("SIREN", 4, 4e-7), ("LoRA", 3, 1e-6)], [1, 3])
private func forward(_ plugin: (name: String, count: Int, tolerance: Double), threads: Int) throws {
  let catalog = try Numbers.catalog()
  let cases = try LayerCase.all(of: plugin.name)
  #expect(cases.count == plugin.count)
  for one in cases {
    let layer = try one.layer(in: catalog)
    let results = try layer.applied(to: [one.input], in: ForwardPass(threads: threads))
    let off = distance(results[0].elements, one.values)
    #expect(results.count == 1 && results[0].shape == one.output && off <= plugin.tolerance, "\(one.text): \(off) off")
    #expect(try layer.shapes(for: [one.input.shape]) == [one.output], "\(one.text)")
  }
}

@Test("A layer has the children, roles and fans of the library that it follows")
func children() throws {
  let catalog = try Numbers.catalog()
  let expected: [(String, [any Layer], [String])] = [
    (
      "org.reinit.lora/LoRA(in: 6, out: 4, rank: 2)", [Dense(in: 6, out: 4)],
      [
        "base.weight weight [4, 6] 6/4", "base.bias bias [4] none", "lora_A weight [2, 6] 6/2",
        "lora_B weight [4, 2] 2/4",
      ]
    ),
    (
      "SqueezeExcite(channels: 32)", [],
      [
        "fc1.weight weight [2, 32, 1, 1] 32/2", "fc1.bias bias [2] none", "fc2.weight weight [32, 2, 1, 1] 2/32",
        "fc2.bias bias [32] none",
      ]
    ),
    (
      "org.reinit.spline/SplineDense(in: 3, out: 2)", [],
      [
        "base_weight weight [2, 3] 3/2", "spline_weight weight [2, 3, 8] 24/16", "spline_scaler weight [2, 3] 3/2",
        "grid buffer [3, 12] none",
      ]
    ),
    ("Siren(in: 3, out: 5)", [], ["weight weight [5, 3] 3/5", "bias bias [5] none"]),
    ("org.reinit.siren/Siren(in: 1, out: 2, bias: false)", [], ["weight weight [2, 1] 1/2"]),
  ]
  for (text, nested, lines) in expected {
    let found = try catalog.fresh(text, nested).map { step in
      "\(step.name) \(step.role) \(step.shape) " + (step.fans.map { "\($0.fanIn)/\($0.fanOut)" } ?? "none")
    }
    #expect(found == lines, "\(text)")
  }
}

@Test("Weights and biases begin within the bounds of the library that a layer follows")
func bounds() throws {
  let catalog = try Numbers.catalog()
  // 1/√in for torch's Linear and Conv2d, for loralib's A and efficient-kan's base and scaler.
  var expected: [(String, [any Layer], [String: Double])] = [
    ("LoRA(in: 16, out: 4, rank: 2)", [Dense(in: 16, out: 4)], ["lora_A": 0.25]),
    ("SplineDense(in: 16, out: 2)", [], ["base_weight": 0.25, "spline_scaler": 0.25]),
    ("SqueezeExcite(channels: 64)", [], ["fc1.weight": 0.125, "fc1.bias": 0.125, "fc2.weight": 0.5, "fc2.bias": 0.5]),
  ]
  for json in try Numbers.reference("SIREN").cases("bounds_cases") {
    let text =
      "Siren(in: \(json.argument("in")), out: 3, omega: \(json.argument("omega")), first: \(json.argument("first")))"
    expected.append((text, [], ["weight": json.number("weight"), "bias": json.number("bias")]))
  }
  for (text, nested, bounds) in expected {
    let steps = try catalog.fresh(text, nested)
    for (path, bound) in bounds {
      let draw = steps.first { $0.name == path }?.draw
      let isAlike = draw?["low"] == draw?["high"].map { -$0 } && abs((draw?["high"] ?? 0) / bound - 1) <= 1e-12
      #expect(draw?.method == .uniform && isAlike, "\(text) \(path): \(draw?.numbers ?? [])")
    }
  }
}

@Test("A new LoRA computes its base to the bit, and leaves the base alone")
func newLoRA() throws {
  var base = Dense(in: 5, out: 3)
  try base.reinitialize(with: .default, seed: 1)
  var layer = try AnyNode(Numbers.catalog().layer("LoRA(in: 5, out: 3)", children: [base]))
  try layer.reinitialize(with: .default, seed: 2)
  #expect(layer.tensor(at: "base.weight") == base.weight && layer.tensor(at: "base.bias") == base.bias)
  #expect(Set(layer.tensor(at: "lora_B")?.floats ?? []) == [0])
  #expect(layer.tensor(at: "lora_A").map { Set($0.floats).count } == 8 * 5)
  let input = Tensor((0..<10).map { Float($0) * 0.37 - 2 }, shape: [2, 5])
  #expect(try layer.applied(to: [input]) == base.applied(to: [input]))
}

@Test("A new SplineDense has NumPy's knots, and the least-squares coefficients of its noise", arguments: [0, 1])
private func newSpline(index: Int) throws {
  let reference = try Numbers.reference("Spline")
  let json = reference.cases("inverses")[index]
  let (size, order) = (Int(json.number("grid_size")), Int(json.number("order")))
  let text = "SplineDense(in: 4, out: 3, grid_size: \(size), order: \(order), noise: 0.5)"
  var layer = try AnyNode(Numbers.catalog().layer(text))
  try layer.reinitialize(with: .default, seed: 5)
  if index == 0 {
    let grid = try #require(reference.cases("forward").first).tensor("grid", [4, 12])
    #expect(layer.tensor(at: "grid") == grid)
  }
  // Curve p is made of elements p·(size + 1) … of the same stream, uniform within ±noise / (2·size).
  let points = size + 1
  let noise = try Tensor(
    drawing: .uniform(low: -0.25 / Double(size), high: 0.25 / Double(size)), shape: [12, points],
    stream: RandomStream(seed: 5, name: "spline_weight")
  ).elements
  let inverse = json.numbers("inverse")
  let expected = (0..<12 * (size + order)).map { element in
    let (curve, row) = (element / (size + order), element % (size + order))
    return (0..<points).reduce(0) { $0 + inverse[row * points + $1] * noise[curve * points + $1] }
  }
  #expect(distance(layer.tensor(at: "spline_weight")?.elements ?? [], expected) <= 1e-6)
}
