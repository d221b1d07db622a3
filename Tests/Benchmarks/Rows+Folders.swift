import Checkpoints
import Formats
import Foundation

/// Rows 16 to 18, 20 and 21: folders of shards, parts of tensors, other formats; whole processes.
struct FolderRows {
  /// Where files are made; removed at the end.
  let folder: String
  /// The command line.
  let reinit: String
  /// Torch, which alone writes its files.
  let peer: Peer?

  var cases: [Case] { shards + oneLayer + ranks + (peer == nil ? [] : pytorch) + [part] }

  /// The seven matrices of a block, as Llama has them, of a width.
  private static func block(_ number: Int, width: Int) -> [(name: String, dtype: String, shape: [Int])] {
    let attention = ["q", "k", "v", "o"].map { ("self_attn.\($0)_proj", [width, width]) }
    let inner = width * 11 / 4
    let others = [
      ("mlp.gate_proj", [inner, width]), ("mlp.up_proj", [inner, width]), ("mlp.down_proj", [width, inner]),
    ]
    return (attention + others).map { ("model.layers.\(number).\($0.0).weight", "BF16", $0.1) }
  }

  /// Shards of a checkpoint without bytes on the disk, with their index.
  private static func make(_ path: String, shards: Int, blocks: Int, width: Int) throws {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var map: [String] = []
    for shard in 0..<shards {
      let file = String(format: "model-%05d-of-%05d.safetensors", shard + 1, shards)
      let tensors = (shard * blocks / shards..<(shard + 1) * blocks / shards).flatMap { block($0, width: width) }
      map += tensors.map { "\"\($0.name)\": \"\(file)\"" }
      let header = try SafeTensorsHeader(layingOut: tensors, metadata: ["format": "pt"])
      try CheckpointWriter("\(path)/\(file)", header: header, force: true).commit()
    }
    let index = "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}"
    try index.write(toFile: "\(path)/model.safetensors.index.json", atomically: true, encoding: .utf8)
  }

  private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  private static let rule = ["--fill", "model.layers.5.**.weight=normal(std: 0.02)"]

  /// Row 16: 15.2 GB in four shards, one block filled.
  private var shards: [Case] {
    let (input, output) = (folder + "/sharded", folder + "/sharded-new")
    let make = { try FolderRows.make(input, shards: 4, blocks: 31, width: 4608) }
    let inPlace = [reinit, "apply", input, "--in-place"] + FolderRows.rule
    let new = [reinit, "apply", input, "-o", output] + FolderRows.rule
    return [
      Case(
        row: 16, name: "process: 15.2 GB in 4 shards, one block in place", measure: .milliseconds,
        ours: {
          try make()
          return { try seconds(of: inPlace) }
        }, goals: [.atMost(1500)], rounds: 3),
      Case(
        row: 16, name: "the same: whole process", measure: .mebibytes,
        ours: {
          try make()
          return { try peakBytes(of: inPlace) }
        }, goals: [.atMost(64)], rounds: 2),
      Case(
        row: 16, name: "process: 15.2 GB in 4 shards, one block, to a new folder", measure: .milliseconds,
        ours: {
          try make()
          return {
            remove(output)
            defer { remove(output) }
            return try seconds(of: new)
          }
        },
        limit: (
          "cp -r",
          {
            {
              remove(output)
              defer { remove(output) }
              return try seconds(of: ["cp", "-r", "--sparse=never", "--reflink=never", input, output])
            }
          }
        ), goals: [.ofLimit(1 / 1.15)], rounds: 2),
      Case(
        row: 16, name: "the same: whole process, new folder", measure: .mebibytes,
        ours: {
          try make()
          return {
            remove(output)
            defer { remove(output) }
            return try peakBytes(of: new)
          }
        }, goals: [.atMost(64)], rounds: 1),
    ]
  }

  /// Row 17: 1.08 GB, the seven matrices of one layer.
  private var oneLayer: [Case] {
    let (input, output) = (folder + "/layers.safetensors", folder + "/layers-new.safetensors")
    let make = {
      guard !FileManager.default.fileExists(atPath: input) else { return }
      let tensors = (0..<11).flatMap { FolderRows.block($0, width: 2048) }
      try CheckpointWriter(input, header: SafeTensorsHeader(layingOut: tensors, metadata: ["format": "pt"])).commit()
    }
    func work(_ arguments: [String]) -> Case.Work {
      {
        try make()
        return { try seconds(of: [reinit, "apply", input] + arguments + FolderRows.rule) }
      }
    }
    return [
      Case(
        row: 17, name: "process: one of 11 layers of 1.08 GB bf16, in place", measure: .milliseconds,
        ours: work(["--in-place"]), peers: [("safetensors and torch", "process layer \(input) \(output)")], rounds: 3),
      Case(
        row: 17, name: "process: the same to a new file", measure: .milliseconds,
        ours: work(["-o", output, "--force"]),
        peers: [("safetensors and torch", "process layer \(input) \(output)")],
        limit: ("cp", { { try seconds(of: ["cp", "--sparse=never", "--reflink=never", input, output]) } }), rounds: 3),
    ]
  }

  /// Row 18: the folder of row 16 by one, two and four processes.
  private var ranks: [Case] {
    let input = folder + "/sharded"
    return [1, 2, 4].map { count in
      let rule = ["--fill", "model.layers.*.mlp.down_proj.weight=normal(std: 0.02)"]
      let command = [
        "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "\(count)", reinit, "apply", input, "--in-place",
      ]
      return Case(
        row: 18, name: "ranks: 31 matrices of row 16's folder in place, \(count) of 1T", measure: .milliseconds,
        ours: {
          try FolderRows.make(input, shards: 4, blocks: 31, width: 4608)
          return { try seconds(of: command + ["--threads", "1"] + rule) }
        }, rounds: 3)
    }
  }

  /// Row 20: a PyTorch file to a safetensors file.
  private var pytorch: [Case] {
    let (input, output) = (folder + "/model.pt", folder + "/from-pt.safetensors")
    let arguments = [reinit, "apply", input, "-o", output, "--force", "--fill", "layers.0.weight[0]=zeros"]
    return [
      Case(
        row: 20, name: "process: a .pt of 1 GiB to safetensors", measure: .milliseconds,
        ours: {
          _ = peer?.ask("pickle \(input)")
          return { try seconds(of: arguments) }
        }, peers: [("torch.load, save_file", "process convert \(input) \(output)")],
        goals: [.faster(than: "torch.load, save_file", by: 2)], rounds: 3),
      Case(
        row: 20, name: "the same: whole process", measure: .mebibytes, ours: { { try peakBytes(of: arguments) } },
        peers: [], goals: [.atMost(64)], rounds: 2),
    ]
  }

  /// Row 21: a hundredth of the elements of 1 GiB, against a file of so many.
  private var part: Case {
    let (input, small) = (folder + "/model.safetensors", folder + "/hundredth.safetensors")
    return Case(
      row: 21, name: "process: 1 % of each tensor of 1 GiB in place", measure: .milliseconds,
      ours: {
        if access(input, F_OK) != 0 { try FileRows.make(input, bytes: FileRows.gibibyte) }
        return { try seconds(of: [reinit, "apply", input, "--in-place", "--fill", "**.weight[:655]=normal"]) }
      },
      limit: (
        "as many elements, all of a file",
        {
          try FileRows.make(small, bytes: FileRows.gibibyte / 100)
          return { try seconds(of: [reinit, "apply", small, "--in-place", "--fill", "**.weight=normal"]) }
        }
      ), goals: [.ofLimit(0.5)], rounds: 7)
  }
}
