import Checkpoints
import Glibc

/// How long it takes to open a checkpoint of many tensors.
enum HeaderBenchmark {
  static func run() throws {
    print("\nopen: a header of 100,000 tensors")
    let path = "/tmp/reinit-bench-\(getpid()).safetensors"
    defer { unlink(path) }
    let tensors = (0..<100_000).map { index in
      (name: "model.layers.\(index / 10).block.\(index % 10).weight", dtype: "F32", shape: [4, 4])
    }
    let header = try SafeTensorsHeader(layingOut: tensors)
    let writer = try CheckpointWriter(path, header: header)
    try writer.commit()
    let time = try median(of: 9) { _ = try SafeTensorsFile(path) }
    print(column("parse ms", 12), column(text(time * 1e3), 12))
    let tree = try median(of: 3) { _ = try Checkpoint(opening: path) }
    print(column("with tree", 12), column(text(tree * 1e3), 12))
  }
}
