import Diagnostics

/// Whether the system's BLAS is there: asked before a run that needs it begins, and by `reinit doctor`.
public enum LinearAlgebra {
  /// Loads the library if it is not loaded yet.
  /// - Throws: ``Diagnostics/Code/missingLibrary``.
  public static func requireLibrary() throws(Diagnostic) { _ = try BLAS.loaded() }
}
