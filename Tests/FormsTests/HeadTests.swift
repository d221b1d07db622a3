import Checkpoints
import Diagnostics
import Foundation
import Reinit
import Testing

/// Heads of packed attention as parts.
@Suite("Heads")
struct HeadTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A checkpoint of one packed map with its bias, and what config.json says of it.
  private func checkpoint(_ name: String, _ shape: [Int], _ config: String) throws -> Checkpoint {
    var generator = Seeded(state: 6)
    try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
    let outputs = shape.max() ?? 0
    try Sample.write(
      [
        Sample.tensor("\(name).weight", "F32", shape, &generator),
        Sample.tensor("\(name).bias", "F32", [outputs], &generator),
      ],
      to: folder["in/model.safetensors"])
    try folder.write(config, "in/config.json")
    return try Checkpoint(opening: folder["in"])
  }

  /// The rows that a part fills.
  private func rows(_ checkpoint: Checkpoint, _ tensor: String, _ part: String) throws -> [Int] {
    let plan = try checkpoint.plan([Rule(RuleText(parsing: "\(tensor)[\(part)]=constant(7)"))], seed: 1)
    try checkpoint.apply(plan, writing: folder["out"], options: ApplyOptions(force: true))
    let values = try Tensor(named: tensor, in: folder["out/model.safetensors"])
    let width = values.shape.rank > 1 ? values.shape[1] : 1
    return (0..<values.shape[0]).filter { row in (0..<width).allSatisfy { values.elements[row * width + $0] == 7 } }
  }

  private static let llama =
    #"{"model_type": "phi3", "hidden_size": 8, "num_attention_heads": 4, "num_key_value_heads": 2}"#
  private static let whole =
    #"{"model_type": "phi3", "hidden_size": 8, "num_attention_heads": 4, "num_key_value_heads": 4}"#
  private static let neox = #"{"model_type": "gpt_neox", "hidden_size": 8, "num_attention_heads": 4}"#

  @Test(
    "A head's rows are those of queries, keys and values; with fewer key heads the queries are its own",
    arguments: [
      (whole, 24, "head 1", [2, 3, 10, 11, 18, 19]), (whole, 24, "kv_head 1", [10, 11, 18, 19]),
      (llama, 16, "head 3", [6, 7]),
      (llama, 16, "kv_head 1", [10, 11, 14, 15]), (neox, 24, "head 2", Array(12..<18)),
      (neox, 24, "kv_head 0", [2, 3, 4, 5]),
    ])
  func rows(_ config: String, _ outputs: Int, _ part: String, _ expected: [Int]) throws {
    let name = config == Self.neox ? "gpt_neox.layers.0.attention.query_key_value" : "model.layers.0.self_attn.qkv_proj"
    let checkpoint = try checkpoint(name, [outputs, 8], config)
    #expect(try rows(checkpoint, "\(name).weight", part) == expected)
    #expect(try rows(checkpoint, "\(name).bias", part) == expected)
  }

  @Test(
    "Where heads are not known, the reason is told",
    arguments: [
      ("model.layers.0.self_attn.qkv_proj", [24, 8], whole, "head 4", ErrorCode.partUnknown, "head 0 to head 3"),
      ("model.layers.0.self_attn.qkv_proj", [24, 8], whole, "kv_head 9", .partUnknown, "kv_head 0 to kv_head 3"),
      ("model.layers.0.self_attn.q_proj", [8, 4], whole, "head 1", .partUnknown, "a slice, such as [640:768]"),
      (
        "h.0.attn.c_attn", [8, 24], #"{"model_type": "gpt2", "n_embd": 8, "n_head": 4}"#, "head 1", .partMisplaced,
        "outputs along the first axis"
      ),
      (
        "model.layers.0.attn.qkv", [24, 8], #"{"model_type": "nobody's"}"#, "head 1", .partUnknown,
        "num_attention_heads in config.json"
      ),
    ])
  func refusals(_ name: String, _ shape: [Int], _ config: String, _ part: String, _ code: ErrorCode, _ expected: String)
    throws
  {
    let checkpoint = try checkpoint(name, shape, config)
    let error = #expect(throws: Diagnostic.self) { try rows(checkpoint, "\(name).weight", part) }
    #expect(error?.code == code && error?.expected == expected, "\(String(describing: error))")
    if code == .partMisplaced { #expect(error?.hints.joined().contains("[:, 2:4], [:, 10:12], [:, 18:20]") == true) }
  }
}
