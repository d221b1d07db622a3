import Checkpoints
import Diagnostics
import Foundation
import JSONText
import Reinit
import Testing

/// Which elements a part means, found element by element as NumPy would.
struct PartOracle {
  let text: String
  let isMeant: (_ index: [Int]) -> Bool

  /// A slice for each axis, some of them written from the end, or left out.
  static func slices(_ shape: [Int], _ generator: inout Seeded) -> PartOracle {
    let count = Int.random(in: 1...shape.count, using: &generator)
    let isAtEnd = Bool.random(using: &generator)
    let offset = isAtEnd ? shape.count - count : 0
    var (texts, sets): ([String], [Set<Int>]) = ([], [])
    for axis in offset..<offset + count {
      let size = shape[axis]
      let from = Int.random(in: 0..<size, using: &generator)
      let to = Int.random(in: from + 1...size, using: &generator)
      let step = Int.random(in: 1...3, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0:
        texts.append("\(from - size)")
        sets.append([from])
      case 1:
        texts.append("\(from):\(to - size == 0 ? "" : "\(to - size)"):\(step)")
        sets.append(Set(stride(from: from, to: to, by: step)))
      case 2:
        texts.append("::\(step)")
        sets.append(Set(stride(from: 0, to: size, by: step)))
      case 3:
        texts.append(":")
        sets.append(Set(0..<size))
      default:
        texts.append("\(from):\(to)")
        sets.append(Set(from..<to))
      }
    }
    if isAtEnd { texts.insert("...", at: 0) }
    return PartOracle(text: texts.joined(separator: ", ")) { index in
      sets.indices.allSatisfy { sets[$0].contains(index[$0 + offset]) }
    }
  }
}

/// A checkpoint of random tensors, and rules for them with what they have to come to.
private struct PartCase {
  var tensors: [Sample.Tensor] = []
  var rules: [String] = []
  var expected: [String: [UInt8]] = [:]
  var masks: [Sample.Tensor] = []

  static let types: [(String, DType)] = [
    ("F32", .f32), ("F16", .f16), ("BF16", .bf16), ("F8_E4M3", .f8e4m3), ("F8_E5M2", .f8e5m2), ("F64", .f64),
  ]
  static let seed: UInt64 = 11

  init(_ generator: inout Seeded, masksIn file: String) throws {
    for number in 0..<3 {
      let (name, dtype) = PartCase.types.randomElement(using: &generator) ?? ("F32", .f32)
      let shape = (0..<Int.random(in: 1...3, using: &generator)).map { _ in Int.random(in: 1...7, using: &generator) }
      var bytes = (0..<shape.reduce(dtype.size, *)).map { _ in UInt8.random(in: 1...63, using: &generator) }
      let row = bytes.count / shape[0]
      for index in 0..<shape[0] where Bool.random(using: &generator) {
        for byte in index * row..<(index + 1) * row { bytes[byte] = 0 }
      }
      tensors.append(Sample.Tensor(name: "h.\(number).attn.weight", dtype: name, shape: shape, bytes: bytes))
      let mask = (0..<shape.reduce(1, *)).map { _ in UInt8.random(in: 0...1, using: &generator) }
      masks.append(Sample.Tensor(name: "h.\(number).attn.weight", dtype: "U8", shape: shape, bytes: mask))
      try addRules(number, dtype, file, &generator)
    }
    tensors.append(Sample.tensor("steps", "I64", [], &generator))
  }

  private mutating func addRules(
    _ number: Int, _ dtype: DType, _ file: String, _ generator: inout Seeded
  ) throws {
    let (tensor, shape) = (tensors[number], Shape(tensors[number].shape))
    var result = tensor.bytes
    let stream = RandomStream(seed: PartCase.seed, name: tensor.name)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let fills: [(String, any Initializer)] = [
        ("normal(std: 0.5)", .normal(std: 0.5)), ("uniform(low: -1, high: 1)", .uniform(low: -1, high: 1)),
        ("ones", .ones), ("truncated_normal(std: 0.25)", .truncatedNormal(std: 0.25)),
      ]
      let (text, initializer) = fills.randomElement(using: &generator) ?? fills[0]
      var part: PartOracle?
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: part = nil
      case 1: part = PartOracle(text: "mask \(file)") { [masks] in masks[number].bytes[flat($0, shape)] != 0 }
      case 2:
        let row = tensor.bytes.count / shape[0]
        part = PartOracle(text: "rows where zero") { index in
          tensor.bytes[index[0] * row..<(index[0] + 1) * row].allSatisfy { $0 == 0 }
        }
      default: part = .slices(shape.sizes, &generator)
      }
      let isKeep = Int.random(in: 0..<4, using: &generator) == 0
      let selector = tensor.name + (part.map { "[\($0.text)]?" } ?? "")
      rules.append(isKeep ? "keep \(selector)" : "\(selector)=\(text)")
      let made =
        isKeep
        ? tensor.bytes
        : try Tensor(zeros: shape, dtype: dtype).filled(with: initializer, from: stream).withBytes { Array($0) }
      for element in 0..<shape.count where part?.isMeant(indices(element, shape)) ?? true {
        let bytes = element * dtype.size..<(element + 1) * dtype.size
        result.replaceSubrange(bytes, with: made[bytes])
      }
    }
    expected[tensor.name] = result
  }

  func plan(_ checkpoint: Checkpoint) throws -> Plan {
    try checkpoint.plan(rules.map { try Rule(RuleText(parsing: $0)) }, seed: PartCase.seed)
  }
}

private func flat(_ index: [Int], _ shape: Shape) -> Int { zip(index, shape.sizes).reduce(0) { $0 * $1.1 + $1.0 } }

private func indices(_ element: Int, _ shape: Shape) -> [Int] {
  var (rest, index) = (element, [Int]())
  for size in shape.sizes.reversed() {
    index.insert(rest % size, at: 0)
    rest /= size
  }
  return index
}

/// Parts of tensors: what they mean, in files.
@Suite("Parts of tensors in checkpoints") struct PartTests {
  @Test(
    "The last rule wins for each element; inside are the values of the full fill, outside the bytes that were there",
    arguments: 0..<40)
  func law(seed: Int) throws {
    var generator = Seeded(state: UInt64(seed))
    let folder = try Folder()
    let sample = try PartCase(&generator, masksIn: folder["masks.safetensors"])
    try Sample.write(sample.masks, to: folder["masks.safetensors"])
    try Sample.write(sample.tensors, to: folder["in.safetensors"])
    try Sample(tensors: sample.tensors).writeShards(2, in: folder, "in", using: &generator)
    let old = try values(folder["in.safetensors"])

    let one = try Checkpoint(opening: folder["in.safetensors"])
    let plan = try sample.plan(one)
    func check(_ path: String) throws {
      let now = try values(path)
      for (name, bytes) in old {
        #expect(now[name] == sample.expected[name] ?? bytes, "\(name) of \(path): \(sample.rules)")
      }
      guard !plan.steps.isEmpty else { return }
      let found = try Checkpoint(opening: path).verify(options: ApplyOptions(threads: 2))
      #expect(found.count == plan.steps.count && found.allSatisfy { $0.outcome == .identical }, "\(sample.rules)")
    }
    try one.apply(plan, writing: folder["out.safetensors"], options: ApplyOptions(threads: 1 + seed % 3))
    try check(folder["out.safetensors"])
    let many = try Checkpoint(opening: folder["in"])
    try many.apply(sample.plan(many), writing: folder["out"])
    try check(folder["out"])
    try many.applyInPlace(sample.plan(many), options: ApplyOptions(threads: 1 + seed % 3))
    try check(folder["in"])
    try one.applyInPlace(plan)
    try check(folder["in.safetensors"])
    #expect(try folder.contents().keys.allSatisfy { !$0.contains("spool") && !$0.contains("journal") })
  }

  @Test("Runs one after the other: the receipt says of each element who has written it last", arguments: 0..<20)
  func receipts(seed: Int) throws {
    var generator = Seeded(state: UInt64(seed) + 1000)
    let folder = try Folder()
    try Sample.write([Sample.tensor("h.0.attn.weight", "F32", [9, 7], &generator)], to: folder["a.safetensors"])
    for run in 0..<4 {
      let part = PartOracle.slices([9, 7], &generator)
      let rule = try Rule(RuleText(parsing: "h.0.attn.weight[\(part.text)]=normal(std: 0.5)"))
      let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
      try checkpoint.applyInPlace(checkpoint.plan([rule], seed: UInt64(run)))
      let found = try Checkpoint(opening: folder["a.safetensors"]).verify()
      #expect(!found.isEmpty && found.allSatisfy { $0.outcome == .identical })
      try checkpoint.refreshed().applyInPlace(checkpoint.refreshed().plan([rule], seed: UInt64(run)))
      #expect(try Checkpoint(opening: folder["a.safetensors"]).verify().count <= found.count)
    }
    // A value that is changed where a part was filled is found.
    let last = try Checkpoint(opening: folder["a.safetensors"])
    try last.apply(
      last.plan([Rule(RuleText(parsing: "h.0.attn.weight[3:5, 2:]=ones"))], seed: 9), writing: folder["b.safetensors"])
    let filled = try Checkpoint(opening: folder["b.safetensors"]).receipt()?.runs[0].tensors[0].region
    guard case .box(let slices)? = filled?.elements else { return #expect(Bool(false), "no slices") }
    try change(slices[0].start * 7 + slices[1].start, in: folder["b.safetensors"])
    #expect(try Checkpoint(opening: folder["b.safetensors"]).verify().map(\.outcome).contains(.different))
  }

  private func change(_ element: Int, in path: String) throws {
    let file = try InPlaceCheckpoint(path)
    try withUnsafeBytes(of: Float(123)) { try file.write($0, at: element * 4) }
  }

  @Test("250 rows of zeros among 32,000 are exactly those that are found and filled")
  func zeroRows() throws {
    var generator = Seeded(state: 7)
    let folder = try Folder()
    let (rows, width) = (32_000, 8)
    let planted = Set((0..<rows).shuffled(using: &generator).prefix(250))
    let values = (0..<rows * width).map { planted.contains($0 / width) ? Float(0) : Float($0 % 97 + 1) }
    let bytes = values.withUnsafeBytes { Array($0) }
    try Sample.write(
      [Sample.Tensor(name: "embed.weight", dtype: "F32", shape: [rows, width], bytes: bytes)],
      to: folder["a.safetensors"])
    let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
    let rule = try Rule(RuleText(parsing: "embed.weight[rows where norm <= 1e-6]=normal(std: 0.02)"))
    let plan = try checkpoint.plan([rule], seed: 3)
    #expect(plan.steps[0].count == 250 * width && plan.rules[0].parameters == 250 * width)
    try checkpoint.applyInPlace(plan)
    let now = try #require(try Forms.values(folder["a.safetensors"])["embed.weight"])
    let full = try Tensor(zeros: [rows, width]).filled(
      with: .normal(std: 0.02), from: RandomStream(seed: 3, name: "embed.weight")
    ).withBytes { Array($0) }
    for row in 0..<rows {
      let own = row * width * 4..<(row + 1) * width * 4
      #expect(now[own] == (planted.contains(row) ? full[own] : bytes[own]))
    }
  }

  @Test("All twelve forget gates of an LSTM of three layers and both directions, and nothing else")
  func forgetGates() throws {
    var generator = Seeded(state: 8)
    let folder = try Folder()
    let hidden = 5
    var tensors: [Sample.Tensor] = []
    for layer in 0..<3 {
      for direction in ["", "_reverse"] {
        for (field, columns) in [("weight_ih", layer == 0 ? 3 : 2 * hidden), ("weight_hh", hidden)] {
          tensors.append(
            Sample.tensor("lstm.\(field)_l\(layer)\(direction)", "F32", [4 * hidden, columns], &generator))
        }
        for field in ["bias_ih", "bias_hh"] {
          tensors.append(Sample.tensor("lstm.\(field)_l\(layer)\(direction)", "F32", [4 * hidden], &generator))
        }
      }
    }
    try Sample.write(tensors, to: folder["a.safetensors"])
    let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
    let plan = try checkpoint.plan([Rule(RuleText(parsing: "LSTM.bias_*[forget]=ones"))], seed: 0)
    #expect(plan.steps.count == 12)
    let half = try checkpoint.plan([Rule(RuleText(parsing: "LSTM.bias_hh[forget]=ones"))], seed: 0)
    #expect(half.steps.map(\.name) == plan.steps.map(\.name).filter { $0.contains("bias_hh") })
    try checkpoint.apply(plan, writing: folder["b.safetensors"])
    let now = try Forms.values(folder["b.safetensors"])
    let ones = (0..<hidden).flatMap { _ in withUnsafeBytes(of: Float(1)) { Array($0) } }
    for tensor in tensors {
      var bytes = tensor.bytes
      if tensor.name.contains("bias") { bytes.replaceSubrange(hidden * 4..<2 * hidden * 4, with: ones) }
      #expect(now[tensor.name] == bytes)
    }
  }

  @Test("A method that makes a matrix makes it for the part")
  func matrices() throws {
    var generator = Seeded(state: 9)
    let folder = try Folder()
    try Sample.write([Sample.tensor("attn.qkv_proj.weight", "F32", [24, 8], &generator)], to: folder["a.safetensors"])
    let old = try #require(try Forms.values(folder["a.safetensors"]).first?.value)
    let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
    for (part, rows) in [("k", 8..<16), ("4:8", 4..<8), ("part 2", 16..<24)] {
      let plan = try checkpoint.plan([Rule(RuleText(parsing: "Dense.weight[\(part)]=orthogonal"))], seed: 1)
      #expect(plan.steps[0].isMadeByItself)
      try checkpoint.apply(plan, writing: folder["b.safetensors"], options: ApplyOptions(force: true))
      let bytes = try #require(try Forms.values(folder["b.safetensors"]).first?.value)
      #expect(bytes[..<(rows.lowerBound * 32)] == old[..<(rows.lowerBound * 32)])
      #expect(bytes[(rows.upperBound * 32)...] == old[(rows.upperBound * 32)...])
      let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      for a in rows {
        for b in rows {
          let product = (0..<8).reduce(Float(0)) { $0 + values[a * 8 + $1] * values[b * 8 + $1] }
          #expect(abs(product - (a == b ? 1 : 0)) < 1e-5)
        }
      }
      #expect(try Checkpoint(opening: folder["b.safetensors"]).verify().allSatisfy(\.isRight))
    }
  }

  @Test(
    "What a part cannot be is refused, with its code",
    arguments: [
      ("[0:9]", ErrorCode.partOutOfRange), ("[4:2]", .partOutOfRange), ("[-9]", .partOutOfRange),
      ("[0, 0, 0]", .partAxes), ("[forget]", .partUnknown), ("[expert 3]", .partUnknown), ("[]", .partSyntax),
      ("[1:2:0]", .partSyntax), ("[rows where odd]", .partSyntax), ("[rows where norm = 2]", .partSyntax),
      ("[..., ...]", .partSyntax), ("[1:2", .selectorSyntax), ("[1].bias", .selectorSyntax),
      ("[mask masks.safetensors]", .partMask), ("[mask a.safetensors]", .partMask),
      ("[rows where norm > 1e9]", .ruleMatchesNothing),
    ])
  func refused(part: String, code expected: ErrorCode) throws {
    var generator = Seeded(state: 10)
    let folder = try Folder()
    try Sample.write([Sample.tensor("fc.weight", "F32", [6, 4], &generator)], to: folder["a.safetensors"])
    let mask = Sample.Tensor(name: "other", dtype: "U8", shape: [6, 4], bytes: Array(repeating: 1, count: 24))
    try Sample.write([mask], to: folder["masks.safetensors"])
    let rule = "fc.weight\(part)=ones".replacingOccurrences(of: "mask ", with: "mask \(folder.path)/")
    let found = fault {
      let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
      _ = try checkpoint.plan([Rule(RuleText(parsing: rule))], seed: 0)
    }
    #expect(found?.code == expected, "\(found.map { "\($0)" } ?? "nothing")")
  }

  @Test("A condition is for rows of numbers, and a part for what a rule fills")
  func unsuitable() throws {
    var generator = Seeded(state: 12)
    let folder = try Folder()
    try Sample.write(
      [
        Sample.tensor("fc.weight", "F32", [6, 4], &generator), Sample.tensor("count", "I64", [3], &generator),
        Sample.tensor("logit_scale", "F32", [], &generator),
      ], to: folder["a.safetensors"])
    let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
    func code(_ rule: String) -> ErrorCode? {
      Forms.code { _ = try checkpoint.plan([Rule(RuleText(parsing: rule))], seed: 0) }
    }
    #expect(code("keep count[rows where zero]") == .partCondition)
    #expect(code("logit_scale[rows where zero]=ones") == .partCondition)
    #expect(code("count[1]=ones") == .notFillable)
    #expect(code("fc.weight[rows where nan]?=ones") == nil)
    var model = Dense(in: 4, out: 6)
    #expect(
      fault { try model.reinitialize(seed: 1) { Fill("weight[2]", with: .ones) } }?.code == .partMisplaced)
    #expect(
      fault { try model.reinitialize(seed: 1) { Fill("weight[rows where zero]", with: .ones) } }?.code
        == .partMisplaced)
  }
}

extension Checkpoint {
  fileprivate func refreshed() throws -> Checkpoint { try Checkpoint(opening: path) }
}

/// The functions of this target whose names a test may hide.
private enum Forms {
  static func values(_ path: String) throws -> [String: [UInt8]] { try FormsTests.values(path) }
  static func code(_ body: () throws -> Void) -> ErrorCode? { FormsTests.code(body) }
}
