import Foundation
import JSONText
import Reinit
import Testing

@Suite("A plugin from nothing to a checkpoint")
struct UseTests {
  /// A model of two dense layers.
  private func model(_ path: String) throws {
    let tensors: [(name: String, dtype: String, shape: [Int])] = [
      ("fc1.weight", "F32", [64, 32]), ("fc1.bias", "F32", [64]), ("fc2.weight", "F32", [10, 64]),
      ("fc2.bias", "F32", [10]),
    ]
    let header = try SafeTensorsHeader(layingOut: tensors, metadata: [:])
    let writer = try CheckpointWriter(path, header: header, room: 0, force: true)
    let zeros = [Float](repeating: 0, count: header.dataSize / 4)
    try zeros.withUnsafeBytes { bytes in try writer.write(bytes, at: 0) }
    try writer.commit()
  }

  private func tensors(_ path: String) throws -> [String: [UInt8]] {
    let file = try SafeTensorsFile(path)
    return try file.header.entries.reduce(into: [:]) { $0[$1.name] = try file.bytes(of: $1) }
  }

  @Test("new, make, list, explain, apply, verify: and the values are those of kaiming_normal, bit for bit")
  func all() throws {
    let room = try Room()
    try model(room.path("model.safetensors"))
    #expect(try room.reinit("plugin", "new", "lamb-norm", "--language", "c").status == 0)
    try room.shell("make -C lamb-norm")
    let plugin = ["--plugin", "lamb-norm/build/lamb-norm.so"]
    #expect(try room.reinit(["plugin", "list"] + plugin).output.contains("org.example.lamb-norm"))
    #expect(try room.reinit(["explain", "lamb_norm"] + plugin).output.contains("gain / √fan_in"))
    for (fill, output) in [("lamb_norm(gain: 1.4)", "a"), ("kaiming_normal(gain: 1.4)", "b")] {
      let run = try room.reinit(
        ["apply", "model.safetensors", "--fill", "Dense=\(fill)", "--seed", "1", "-o", "\(output).safetensors"] + plugin
      )
      #expect(run.status == 0, "\(run.errors)")
    }
    #expect(try tensors(room.path("a.safetensors")) == tensors(room.path("b.safetensors")))
    let verify = try room.reinit(["verify", "a.safetensors"] + plugin)
    #expect(verify.status == 0 && verify.output.contains("2 of 2 tensors"), "\(verify.errors)")
  }

  @Test("Without the plugin a rule is refused, and a receipt cannot be verified")
  func without() throws {
    let room = try Room()
    try model(room.path("model.safetensors"))
    try room.gate()
    let fill = ["apply", "model.safetensors", "--fill", "Dense=gate", "-o", "a.safetensors"]
    #expect(try room.reinit(fill).status == 64)
    #expect(try room.reinit(fill + ["--plugin", "gate.so"]).status == 0)
    let run = try room.reinit("verify", "a.safetensors")
    #expect(run.status == 69 && run.errors.contains("R0350"), "\(run.errors)")
  }

  @Test("A note may name what a plugin brings, if the plugin is there")
  func notes() throws {
    let room = try Room()
    try model(room.path("model.safetensors"))
    try room.gate()
    try room.write(
      "architecture: odd\nnames: fc1\nfc2 is Dense(begins: gate)\nrecipe:\nDense.weight = gate\n", "odd.txt")
    let apply = ["apply", "model.safetensors", "--notes", "odd.txt", "--seed", "1"]
    let plugin = ["--plugin", "gate.so"]
    #expect(try room.reinit(apply + ["--recipe", "architecture", "-o", "a.safetensors"] + plugin).status == 0)
    #expect(try room.reinit(apply + ["--fill", "Dense=gate", "-o", "b.safetensors"] + plugin).status == 0)
    #expect(try room.reinit(apply + ["--fill", "fc2.weight=default", "-o", "c.safetensors"] + plugin).status == 0)
    let (recipe, rule) = (try tensors(room.path("a.safetensors")), try tensors(room.path("b.safetensors")))
    #expect(recipe == rule && recipe["fc1.weight"]?.contains { $0 != 0 } == true)
    #expect(try tensors(room.path("c.safetensors"))["fc2.weight"] == recipe["fc2.weight"])
    let without = try room.reinit(apply + ["--recipe", "architecture", "-o", "d.safetensors"])
    #expect(
      without.status == 64 && without.errors.contains("odd.txt:3") && without.errors.contains("gate"),
      "\(without.errors)")
    #expect(!room.has("d.safetensors"))
  }
}
