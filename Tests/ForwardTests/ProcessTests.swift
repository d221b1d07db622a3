import Glibc
import Inference
import Layers
import LinearAlgebra
import Tensors
import Testing

/// A library is a guest: what the process says of itself stays as it was.
@Suite("The process")
struct ProcessTests {
  @Test("Products and passes change neither OpenBLAS's, OpenMP's and oneDNN's variables nor OpenBLAS's threads")
  func libraries() throws {
    let dense = try filled(Dense(in: 200, out: 100))
    let conv = try filled(Conv(in: 8, out: 8, kernel: [3, 3]))
    for kernels in [ForwardPass.Kernels.own, .oneDNN] {
      let pass = ForwardPass(threads: 2, kernels: kernels)
      _ = try dense.applied(to: [numbers([64, 200], salt: 1)], in: pass)
      _ = try conv.applied(to: [numbers([1, 8, 64, 64], salt: 2)], in: pass)
    }
    #expect(variables(now) == variables(SystemFile.text("/proc/self/environ") ?? ""))
    if let count = try? BLAS.loaded().ownThreads, getenv("OPENBLAS_NUM_THREADS") == nil {
      #expect(Int(count()) == Processors.permitted)
    }
  }

  private var now: String {
    var (texts, entry) = ([String](), environ)
    while let text = entry.pointee {
      texts.append(String(cString: text))
      entry += 1
    }
    return texts.joined(separator: "\0")
  }

  private func variables(_ environment: String) -> [String] {
    environment.split(separator: "\0").map(String.init)
      .filter { line in ["OPENBLAS_", "OMP_", "GOMP_", "DNNL_"].contains { line.hasPrefix($0) } }.sorted()
  }
}
