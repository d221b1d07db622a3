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

  /// How many threads the library spreads a product over; its process says so, and may say otherwise later.
  package let ownThreads: Count?
  package let sgemm: Gemm
  package let ssyrk: Syrk
  package let strsm: Trsm

  /// The library.
  /// - Throws: ``Diagnostics/Code/missingLibrary``.
  package static func loaded() throws(Diagnostic) -> BLAS { try result.get() }

  private static let name = "libopenblas.so.0"
  private static let result: Result<BLAS, Diagnostic> = load()

  private static func load() -> Result<BLAS, Diagnostic> {
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      return .failure(missing(dlerror().map { String(cString: $0) } ?? "no reason given"))
    }
    guard let gemm = dlsym(library, "cblas_sgemm"), let syrk = dlsym(library, "cblas_ssyrk"),
      let trsm = dlsym(library, "cblas_strsm")
    else { return .failure(missing("it lacks cblas_sgemm, cblas_ssyrk or cblas_strsm")) }
    let count = dlsym(library, "openblas_get_num_threads")
    return .success(
      BLAS(
        ownThreads: count.map { unsafeBitCast($0, to: Count.self) }, sgemm: unsafeBitCast(gemm, to: Gemm.self),
        ssyrk: unsafeBitCast(syrk, to: Syrk.self),
        strsm: unsafeBitCast(trsm, to: Trsm.self)))
  }

  package static func missing(_ reason: String) -> Diagnostic {
    Diagnostic(
      .missingLibrary, "orthogonal matrices need OpenBLAS, and '\(name)' cannot be loaded", found: reason,
      hints: ["apt-get install libopenblas0"])
  }
}
