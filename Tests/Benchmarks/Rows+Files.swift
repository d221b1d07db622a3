import Checkpoints
import Formats
import Foundation
import Functors
import Initializers
import Reinitialization
import Tensors

/// Rows 8 to 10: files.
struct FileRows {
  /// Where files are made; removed at the end.
  let folder: String
  /// The command line.
  let reinit: String

  static let gibibyte = 1 << 30

  var cases: [Case] { inPlace + [process, open] }

  /// A checkpoint of so many bytes, in 64 tensors or fewer.
  static func make(_ path: String, bytes: Int) throws {
    let tensors = max(1, min(64, bytes / 4096))
    let rows = max(1, bytes / tensors / 4 / 64)
    let header = try SafeTensorsHeader(
      layingOut: (0..<tensors).map { (name: "layers.\($0).weight", dtype: "F32", shape: [rows, 64]) })
    let writer = try CheckpointWriter(path, header: header, room: 1 << 16, force: true)
    let zeros = [UInt8](repeating: 1, count: 1 << 20)
    try zeros.withUnsafeBytes { zeros in
      var offset = 0
      while offset < tensors * rows * 256 {
        let count = min(zeros.count, tensors * rows * 256 - offset)
        try writer.write(UnsafeRawBufferPointer(rebasing: zeros[..<count]), at: offset)
        offset += count
      }
    }
    try writer.commit()
  }

  static func apply(_ path: String, threads: Int, sync: Bool = false) throws {
    let checkpoint = try Checkpoint(opening: path)
    let rules = [Rule(try Selector(parsing: "@weight"), fill: .kaimingNormal())]
    let plan = try checkpoint.plan(rules, seed: 1)
    try checkpoint.applyInPlace(plan, options: ApplyOptions(threads: threads, sync: sync))
  }

  /// A file in place, everything from opening to the receipt; the file is in the page cache.
  static func inPlace(_ path: String, bytes: Int, threads: Int, sync: Bool = false) -> Case.Work {
    {
      if access(path, F_OK) != 0 { try make(path, bytes: bytes) }
      return { try timed { try apply(path, threads: threads, sync: sync) } }
    }
  }

  private var inPlace: [Case] {
    let path = folder + "/model.safetensors"
    return [(1, false), (2, false), (2, true)].map { threads, sync in
      Case(
        row: 8, name: "1 GiB in place, \(threads)T\(sync ? ", --sync" : "")", measure: .milliseconds,
        ours: FileRows.inPlace(path, bytes: FileRows.gibibyte, threads: threads, sync: sync),
        peers: threads == 2 && !sync
          ? [("load, init, save", "rewrite \(path)"), ("numpy map in place", "map \(path)")] : [],
        limit: ("constant, pwrite", { { try timed { try writeConstant(path, threads: threads, sync: sync) } } }),
        goals: threads == 2 && !sync
          ? [.faster(than: "load, init, save", by: 20), .faster(than: "numpy map in place", by: 5)] : [], rounds: 5)
    }
  }

  private var process: Case {
    let (input, output) = (folder + "/resnet50.safetensors", folder + "/new.safetensors")
    return Case(
      row: 9, name: "process: a branch of ResNet-50 (98 MB) to a new file", measure: .milliseconds,
      ours: {
        try seconds(of: [reinit, "build", "resnet50", "-o", input, "--force"])
        return {
          try seconds(of: [
            reinit, "apply", input, "-o", output, "--force", "--at", "layer4", "--fill", "@weight=kaiming_normal",
          ])
        }
      }, peers: [("python with torch", "process branch \(input) \(output)")],
      limit: ("copy", { { try seconds(of: ["cp", input, output]) } }),
      goals: [.faster(than: "python with torch", by: 20)], rounds: 5)
  }

  private var open: Case {
    let path = folder + "/many.safetensors"
    return Case(
      row: 10, name: "open a file of 100,000 tensors", measure: .milliseconds,
      ours: {
        let header = try SafeTensorsHeader(
          layingOut: (0..<100_000).map { index in
            (name: "model.layers.\(index / 10).block.\(index % 10).weight", dtype: "F32", shape: [4, 4])
          })
        try CheckpointWriter(path, header: header, force: true).commit()
        return { try timed { _ = try SafeTensorsFile(path) } }
      }, peers: [("safetensors", "open \(path)")], goals: [.faster(than: "safetensors", by: 8)])
  }
}

/// Writes a file over with one value, by chunks of 256 KiB: what a run in place costs without any computing.
private func writeConstant(_ path: String, threads: Int, sync: Bool) throws {
  let descriptor = Foundation.open(path, O_WRONLY)
  defer { close(descriptor) }
  let chunk = 256 << 10
  let (start, count) = (1 << 17, (FileRows.gibibyte - (1 << 17)) / chunk)
  let bytes = [UInt8](repeating: 1, count: chunk)
  Workers.run(count, threads: threads) { index in
    _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, chunk, start + index * chunk) }
  }
  if sync { fsync(descriptor) }
}
