import JSONText
import Reinit
import Testing

@Test("Gabor weights are OpenCV's kernels put together", arguments: ["", "org.reinit.gabor/"])
private func gaborWeights(prefix: String) throws {
  let catalog = try Numbers.catalog()
  let cases = try Numbers.reference("Gabor").cases("weights")
  #expect(cases.count == 3)
  for json in cases {
    let text = prefix + (json["written"]?.string ?? "")
    let found = try catalog.weight(text, json.sizes("shape"))
    #expect(distance(found.elements, json.numbers("weight")) <= 1e-6, "\(text)")
  }
}

@Test("One Gabor filter is OpenCV's kernel, for each direction that is a multiple of π/8")
func gaborKernels() throws {
  let catalog = try Numbers.catalog()
  var compared = 0
  for json in try Numbers.reference("Gabor").cases("kernels") {
    let turns = json.number("theta") / Double.pi * 8
    guard turns == turns.rounded() else { continue }
    let (height, width) = (Int(json.number("height")), Int(json.number("width")))
    let text =
      "gabor(wavelengths: [\(json.number("wavelength"))], phases: [\(json.number("phase"))], scale: none, gain: 1, "
      + "sigma: \(json.number("sigma") / json.number("wavelength")), gamma: \(json.number("gamma")))"
    let bank = try catalog.weight(text, [8, 1, height, width]).elements
    let taps = Array(bank[Int(turns) * height * width..<(Int(turns) + 1) * height * width])
    #expect(distance(taps, json.numbers("taps")) <= 1e-6, "\(text)")
    compared += 1
  }
  #expect(compared == 4)
}

@Test(
  "Hadamard matrices are those of ZerO's authors, bit for bit", arguments: ["hadamard", "org.reinit.zero/hadamard"])
private func hadamard(name: String) throws {
  let catalog = try Numbers.catalog()
  let cases = try Numbers.reference("ZerO").cases()
  #expect(cases.count == 40)
  for json in cases {
    let text = "\(name)(normalization: \(json["normalization"]?.string ?? ""))"
    let shape = json.sizes("shape")
    #expect(try catalog.weight(text, shape) == json.tensor("values", Shape(shape)), "\(text) \(shape)")
  }
}

@Test("A depthwise convolution by ZerO passes every channel through, at its center")
func hadamardOfGroups() throws {
  let rule = try Numbers.catalog().rule("weight=hadamard")
  let conv = try Conv(in: 6, out: 6, kernel: [3, 5], groups: 6, bias: false).reinitialized(seed: 0) { rule }
  let expected = (0..<6 * 15).map { Float($0 % 15 == 7 ? 1 : 0) }
  #expect(conv.weight.floats == expected)
}

/// What a plan has to say of one tensor.
private struct Expectation {
  let text: String
  let shape: [Int]
  let method: Draw.Method
  let numbers: [String: Double]

  init(_ text: String, _ shape: [Int], _ method: Draw.Method, _ numbers: [String: Double]) {
    (self.text, self.shape, self.method, self.numbers) = (text, shape, method, numbers)
  }

  static func normal(_ text: String, _ shape: [Int], std: Double) -> Expectation {
    Expectation(text, shape, .normal, ["mean": 0, "std": std])
  }
  static func uniform(_ text: String, _ shape: [Int], bound: Double) -> Expectation {
    Expectation(text, shape, .uniform, ["low": -bound, "high": bound])
  }

  /// The largest relative difference of a number.
  func distance(_ draw: Draw) -> Double {
    guard draw.method == method, draw.numbers.count == numbers.count else { return .infinity }
    return numbers.map { name, expected in
      guard let found = draw[name] else { return .infinity }
      return found == expected ? 0 : abs(found / expected - 1)
    }.max() ?? .infinity
  }

  static func of(_ plugin: String) throws -> [Expectation] {
    let json = try Numbers.reference(plugin)
    return switch plugin {
    case "MuP": json.cases().map(ofMuP)
    case "SIREN": json.cases("bounds_cases").map(ofSiren)
    default: json.cases().map(ofFixup)
    }
  }

  private static func ofMuP(_ json: JSONValue) -> Expectation {
    let name = json["initializer"]?.string ?? ""
    let head = "\(name)(base_fan_in: \(Int(json.number("base_fan_in"))), role: \(json["role"]?.string ?? ""), "
    let (shape, number) = (json.sizes("shape"), json.number("expected"))
    return name == "mup_normal"
      ? .normal(head + "std: \(json.number("std")))", shape, std: number)
      : .uniform(head + "bound: \(json.number("bound")))", shape, bound: number)
  }

  private static func ofSiren(_ json: JSONValue) -> Expectation {
    let text = "siren_uniform(omega: \(json.argument("omega")), first: \(json.argument("first")))"
    return .uniform(text, [3, Int(json.number("in"))], bound: json.number("weight"))
  }

  private static func ofFixup(_ json: JSONValue) -> Expectation {
    let list = "m: \(Int(json.number("m"))), blocks: \(Int(json.number("blocks"))), mode: fan_out"
    let shape = json.sizes("shape")
    guard json["last"]?.bool == false else {
      return Expectation("fixup(\(list), last: true)", shape, .constant, ["value": 0])
    }
    return .normal("fixup(\(list))", shape, std: json.number("std"))
  }
}

@Test(
  "What is drawn from has the numbers of the authors' code, in the plan and by full name",
  arguments: [("MuP", "org.reinit.mup", 40), ("SIREN", "org.reinit.siren", 7), ("Fixup", "org.reinit.fixup", 59)])
private func distributions(plugin: String, id: String, count: Int) throws {
  let catalog = try Numbers.catalog()
  let expectations = try Expectation.of(plugin)
  #expect(expectations.count == count)
  for expectation in expectations {
    let draw = try catalog.draw("\(id)/\(expectation.text)", expectation.shape)
    #expect(expectation.distance(draw) <= 1e-12, "\(expectation.text) of \(expectation.shape): \(draw.numbers)")
    #expect(draw.plugin?.id == id)
  }
}

@Test(
  "What a plugin only names the numbers of, the host draws as its own initializers do, from the same stream",
  arguments: [
    ("mup_normal(base_fan_in: 9, std: 0.5)", "normal(std: 0.25)"),
    ("mup_uniform(base_fan_in: 9, bound: 1, role: output)", "uniform(low: -0.25, high: 0.25)"),
    ("siren_uniform(first: true)", "uniform(low: -0.027777777777777776, high: 0.027777777777777776)"),
    ("fixup(blocks: 1)", "kaiming_normal"), ("fixup(blocks: 16)", "normal(std: 0.05892556509887896)"),
    ("fixup(blocks: 5, last: true)", "zeros"),
  ])
private func sameBits(text: String, builtIn: String) throws {
  // The fan-in is 36: √2 / 6 / √16 = 0.05892556509887896.
  let catalog = try Numbers.catalog()
  #expect(try catalog.weight(text, [5, 4, 3, 3]) == catalog.weight(builtIn, [5, 4, 3, 3]))
}

@Test("Fixup counts the residual blocks of a network as the authors' code does, and asks where there are none")
func countedBlocks() throws {
  // fixup_resnet20 for CIFAR, a stage of nine blocks instead of three of three.
  let reference = try #require(try Numbers.reference("Fixup").cases().first { $0["net"]?.string == "fixup_resnet20" })
  let catalog = try Numbers.catalog()
  let rule = try catalog.rule("**.conv1=fixup(mode: fan_out)")
  let blocks = try (0..<9).map { index in
    let block = try Chain([
      "conv1": Conv(in: 16, out: 16, kernel: [3, 3]), "conv2": Conv(in: 16, out: 16, kernel: [3, 3]),
    ])
    return (PathKey.index(index), block as any Node)
  }
  let plan = try Chain(["layer1": Chain(blocks)]).plan(seed: 0) { rule }
  #expect(plan.steps.count == 9)
  for step in plan.steps { #expect(abs((step.draw["std"] ?? 0) / reference.number("std") - 1) <= 1e-12) }
  expectError(.pluginRefused, "the number of residual blocks is unknown", "no blocks") {
    try catalog.draw("fixup", [16, 16, 3, 3])
  }
}
