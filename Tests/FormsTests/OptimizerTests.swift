import Checkpoints
import Diagnostics
import Foundation
import Reinit
import Testing

/// The state of an optimizer beside weights, and what is asserted of weights in files.
@Suite("Beside the weights")
struct OptimizerTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static func weights() -> [Sample.Tensor] {
    var generator = Seeded(state: 4)
    return [
      Sample.tensor("h.0.attn.weight", "BF16", [6, 5], &generator),
      Sample.tensor("h.0.attn.bias", "BF16", [6], &generator),
      Sample.tensor("h.1.attn.weight", "BF16", [6, 5], &generator), Sample.tensor("weight", "F32", [3], &generator),
    ]
  }

  /// Two moments of each weight, a step count, and what belongs to nothing.
  private static func moments(_ weights: [Sample.Tensor], dtype: String = "F32") -> [Sample.Tensor] {
    var generator = Seeded(state: 8)
    var moments = [
      Sample.tensor("lr", "F32", [], &generator), Sample.tensor("other.exp_avg", "F32", [6, 5], &generator),
    ]
    for weight in weights {
      moments.append(Sample.tensor("state.\(weight.name).exp_avg", dtype, weight.shape, &generator))
      moments.append(Sample.tensor("exp_avg_sq/\(weight.name)", dtype, weight.shape, &generator))
      moments.append(Sample.tensor("state.\(weight.name).step", "F32", [], &generator))
    }
    return moments
  }

  private func plan(_ texts: String...) throws -> (Checkpoint, Plan) {
    try? FileManager.default.removeItem(atPath: folder["weights.safetensors"])
    try Sample.write(OptimizerTests.weights(), to: folder["weights.safetensors"])
    let checkpoint = try Checkpoint(opening: folder["weights.safetensors"])
    return (checkpoint, try checkpoint.plan(texts.map { try Rule(RuleText(parsing: $0)) }, seed: 1))
  }

  private func expect(_ found: [String: [UInt8]], from old: [Sample.Tensor], zero: (String, Int) -> Bool) {
    #expect(found.count == old.count)
    for tensor in old {
      let size = tensor.bytes.count / tensor.shape.reduce(1, *)
      for index in tensor.bytes.indices {
        #expect(
          found[tensor.name]?[index] == (zero(tensor.name, index / size) ? 0 : tensor.bytes[index]),
          "\(tensor.name) \(index)")
      }
    }
  }

  @Test(
    "Moments of exactly the filled elements become 0, in place and in a new file, in shards too", arguments: [0, 3])
  func moments(shards: Int) throws {
    let moments = OptimizerTests.moments(OptimizerTests.weights())
    var generator = Seeded(state: 1)
    let name = shards > 0 ? "state" : "state.safetensors"
    if shards > 0 {
      try Sample(tensors: moments).writeShards(shards, in: folder, name, using: &generator)
    } else {
      try Sample.write(moments, to: folder[name])
    }
    let (checkpoint, plan) = try plan("h.0.attn.weight[2:4, ::2]=normal", "h.0.attn.bias=zeros", "weight=ones")
    let state = try OptimizerState(opening: folder[name], resetting: plan, of: checkpoint)
    #expect(state.tensors == 6 && state.elements == 2 * (6 + 6 + 3) && state.withoutMoments.isEmpty)
    let isZero: (String, Int) -> Bool = { name, index in
      if name.contains("step") || name == "lr" || name.contains("other") || name.contains("h.1") { return false }
      return name.contains("attn.weight") ? (2..<4).contains(index / 5) && index % 5 % 2 == 0 : true
    }
    try state.apply(writing: folder["new-\(name)"])
    expect(try values(folder["new-\(name)"]), from: moments, zero: isZero)
    expect(try values(folder[name]), from: moments) { _, _ in false }
    try state.applyInPlace()
    expect(try values(folder[name]), from: moments, zero: isZero)
    #expect(try Checkpoint(opening: folder[name]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test("Factored moments become 0 with all of their parameter, and are an error for a part; codes are one always")
  func unsuitable() throws {
    var generator = Seeded(state: 2)
    let factored = [Sample.tensor("state.h.0.attn.weight.exp_avg_sq_row", "F32", [6], &generator)]
    try Sample.write(factored, to: folder["factored.safetensors"])
    let (checkpoint, whole) = try plan("h.0.attn.weight=normal")
    try OptimizerState(opening: folder["factored.safetensors"], resetting: whole, of: checkpoint).applyInPlace()
    expect(try values(folder["factored.safetensors"]), from: factored) { _, _ in true }
    let (_, part) = try plan("h.0.attn.weight[1]=normal")
    let error = fault {
      _ = try OptimizerState(opening: folder["factored.safetensors"], resetting: part, of: checkpoint)
    }
    #expect(error?.code == .momentsUnsuitable && error?.place?.hasSuffix("exp_avg_sq_row") == true)
    let codes = [Sample.Tensor(name: "h.0.attn.weight.state1", dtype: "U8", shape: [6, 5], bytes: Array(0..<30))]
    try Sample.write(codes, to: folder["codes.safetensors"])
    #expect(
      code { _ = try OptimizerState(opening: folder["codes.safetensors"], resetting: whole, of: checkpoint) }
        == .momentsUnsuitable)
  }

  @Test("A state that calls parameters by numbers is an error; parameters without moments are told")
  func missing() throws {
    var generator = Seeded(state: 2)
    try Sample.write([Sample.tensor("state.0.exp_avg", "F32", [6, 5], &generator)], to: folder["numbers.safetensors"])
    let (checkpoint, plan) = try plan("h.0.attn.weight=normal", "h.1.attn.weight=normal")
    #expect(
      code { _ = try OptimizerState(opening: folder["numbers.safetensors"], resetting: plan, of: checkpoint) }
        == .momentsMissing)
    try Sample.write(
      [Sample.tensor("h.1.attn.weight.momentum", "F32", [6, 5], &generator)], to: folder["one.safetensors"])
    let state = try OptimizerState(opening: folder["one.safetensors"], resetting: plan, of: checkpoint)
    #expect(state.withoutMoments == ["h.0.attn.weight"])
  }

  @Test(
    "What is asserted to be finite is looked at before a byte is written: left alone, copied, in part",
    arguments: [true, false])
  func finite(inPlace: Bool) throws {
    var tensors = OptimizerTests.weights()
    // NaN in bf16, at [3, 2].
    var bytes = tensors[0].bytes
    (bytes[34], bytes[35]) = (0xC0, 0x7F)
    tensors[0] = Sample.Tensor(name: tensors[0].name, dtype: "BF16", shape: [6, 5], bytes: bytes)
    try Sample.write(tensors, to: folder["a.safetensors"])
    let before = try folder.contents()
    func run(_ texts: String...) throws -> Diagnostic? {
      let checkpoint = try Checkpoint(opening: folder["a.safetensors"])
      let plan = try checkpoint.plan(texts.map { try Rule(RuleText(parsing: $0)) }, seed: 1)
      let error = fault {
        if inPlace {
          try checkpoint.applyInPlace(plan)
        } else {
          try checkpoint.apply(plan, writing: folder["b.safetensors"])
        }
      }
      if error != nil { #expect(try folder.contents() == before) }
      for name in try folder.contents().keys where name != "a.safetensors" {
        try FileManager.default.removeItem(atPath: folder[name])
      }
      if inPlace { try before["a.safetensors"]?.write(to: URL(fileURLWithPath: folder["a.safetensors"])) }
      return error
    }
    let (copy, place) = ("h.1.attn.weight=copy(from: h.0.attn.weight)", "h.0.attn.weight[3, 2]")
    #expect(try run("weight=ones", "assert ** finite")?.place == place)
    #expect(try run("h.0.attn.weight[0]=ones", "assert h.0.attn.weight[2:] finite")?.place == place)
    #expect(try run("h.0.attn.weight[0]=ones", "assert h.0.attn.weight[:3] finite") == nil)
    #expect(try run("h.0.attn.weight[3]=ones", "assert ** finite") == nil)
    #expect(try run("h.0.attn.weight=ones", "assert ** finite") == nil)
    #expect(try run(copy, "assert h.1 finite")?.place == "h.1.attn.weight[3, 2]")
    #expect(try run(copy, "h.0.attn.weight=ones", "assert h.1.attn.weight[4:] finite") == nil)
    #expect(try run(copy, "h.0.attn.weight=ones", "assert h.1.attn.weight[3] finite")?.code == .assertionFailed)
    let masked = "assert h.0.attn.weight[3, 2] finite"
    #expect(try run("h.0.attn.weight[3, :2]=ones", masked)?.code == .assertionFailed)
    #expect(try run("h.0.attn.weight[3, 1:]=ones", masked) == nil)
  }
}
