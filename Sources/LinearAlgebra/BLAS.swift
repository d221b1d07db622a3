import Diagnostics
import Glibc

/// The few routines of BLAS that orthogonal matrices need, from the system's OpenBLAS, loaded at first use.
///
/// Loading on demand keeps every command that needs no matrices free of the library and its start-up time.
package struct BLAS: Sendable {
  package typealias Gemm =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>,
      Int32,
      Float, UnsafeMutablePointer<Float>, Int32
    ) -> Void
  package typealias Syrk =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, Float,
      UnsafeMutablePointer<Float>,
      Int32
    ) -> Void
  package typealias Trsm =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32,
      UnsafeMutablePointer<Float>, Int32
    ) -> Void
  package typealias Count = @convention(c) () -> Int32

  // CBLAS's enumerations.
  package static let rowMajor: Int32 = 101
  package static let columnMajor: Int32 = 102
  package static let asIs: Int32 = 111
  package static let transposed: Int32 = 112
  package static let upper: Int32 = 121
  package static let anyDiagonal: Int32 = 131
  package static let left: Int32 = 141
  package static let right: Int32 = 142

  /// How many threads the library spreads a product over; nil if it does not say, or if ``withOneThread(_:)`` decides.
  package let ownThreads: Count?
  private let openMP: OpenMP?
  package let sgemm: Gemm
  package let ssyrk: Syrk
  package let strsm: Trsm

  /// The library.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``.
  package static func loaded() throws(Diagnostic) -> BLAS { try result.get() }

  private static let name = "libopenblas.so.0"
  private static let result: Result<BLAS, Diagnostic> = load()

  /// Calls the body, which may multiply: without further threads, where each thread says for itself how many it has.
  ///
  /// That is so in builds with OpenMP. In others the number is the whole process's, and stays as it is.
  package func withOneThread<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let openMP else { return try body() }
    let before = openMP.threads()
    openMP.setThreads(1)
    defer { openMP.setThreads(before) }
    return try body()
  }

  /// The number of threads that the calling thread's teams have.
  private struct OpenMP {
    let threads: Count
    let setThreads: @convention(c) (Int32) -> Void

    /// Nil in builds of the library without OpenMP.
    init?(_ library: UnsafeMutableRawPointer) {
      let isParallelByOpenMP: Int32 = 2
      guard let parallel = dlsym(library, "openblas_get_parallel"),
        unsafeBitCast(parallel, to: Count.self)() == isParallelByOpenMP,
        let get = dlsym(library, "omp_get_max_threads"), let set = dlsym(library, "omp_set_num_threads")
      else { return nil }
      threads = unsafeBitCast(get, to: Count.self)
      setThreads = unsafeBitCast(set, to: (@convention(c) (Int32) -> Void).self)
    }
  }

  private static func load() -> Result<BLAS, Diagnostic> {
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      return .failure(missing(dlerror().map { String(cString: $0) } ?? "no reason given"))
    }
    guard let gemm = dlsym(library, "cblas_sgemm"), let syrk = dlsym(library, "cblas_ssyrk"),
      let trsm = dlsym(library, "cblas_strsm")
    else { return .failure(missing("it lacks cblas_sgemm, cblas_ssyrk or cblas_strsm")) }
    let (count, openMP) = (dlsym(library, "openblas_get_num_threads"), OpenMP(library))
    return .success(
      BLAS(
        ownThreads: openMP == nil ? count.map { unsafeBitCast($0, to: Count.self) } : nil, openMP: openMP,
        sgemm: unsafeBitCast(gemm, to: Gemm.self), ssyrk: unsafeBitCast(syrk, to: Syrk.self),
        strsm: unsafeBitCast(trsm, to: Trsm.self)))
  }

  package static func missing(_ reason: String) -> Diagnostic {
    Diagnostic(
      .missingLibrary, "orthogonal matrices need OpenBLAS, and '\(name)' cannot be loaded", found: reason,
      hints: ["apt-get install libopenblas0"])
  }
}
