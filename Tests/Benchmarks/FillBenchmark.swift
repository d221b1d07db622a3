import Initializers
import Tensors

/// How fast elementwise draws fill memory that is there already, on one thread.
enum FillBenchmark {
  static func run() {
    print("\nfill: 2^26 f32 values in resident memory, one thread, \(RandomStream.kernelLevel) kernels")
    let count = 1 << 26
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 4, alignment: 2 << 20)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    let stream = RandomStream(seed: 1, name: "bench")
    for (name, draw) in [
      ("constant", Draw.constant(0.5)), ("uniform", .uniform(low: -1, high: 1)), ("normal", .normal(std: 0.02)),
      ("truncated", .truncatedNormal(mean: 0, std: 1, low: -2, high: 2)),
    ] {
      let time = median(of: 5) { draw.fill(memory, dtype: .f32, from: 0, stream: stream) }
      print(column(name, 12), column(text(Double(count) / time / 1e9), 12), "G values/s")
    }
  }
}
