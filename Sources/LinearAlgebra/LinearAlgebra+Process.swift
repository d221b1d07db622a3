import CKernels
import Glibc

/// What OpenBLAS takes from its process: kernels and a number of threads. A library leaves both as they are.
extension LinearAlgebra {
  /// Tells OpenBLAS in the environment what suits this library: for a program's own beginning, before it has threads.
  ///
  /// Tensors are spread over threads, so that each matrix has one; also, results then depend on nothing else. The
  /// user's word on kernels stands.
  package static func prepareProcess() {
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    // OpenBLAS takes processors newer than itself for the oldest it knows, at a third of their speed.
    switch rk_level() {
    case RK_LEVEL_AVX512: setenv("OPENBLAS_CORETYPE", "SkylakeX", 0)
    case RK_LEVEL_AVX2: setenv("OPENBLAS_CORETYPE", "Haswell", 0)
    default: break
    }
  }

  /// Whether OpenBLAS is there and spreads each product over threads of its own: two teams would stand in each other's way.
  package static var spreadsProducts: Bool {
    guard (try? requireLibrary()) != nil, let count = try? BLAS.loaded().ownThreads else { return false }
    return count() > 1
  }
}
