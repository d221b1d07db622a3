import CMPI
import Checkpoints
import Diagnostics
import Glibc
import Synchronization

/// The processes that `mpirun` or `srun` has started, by the MPI library that started them.
public final class MPITeam: Team {
  /// This process, counted from 0.
  public let rank: Int
  /// How many there are.
  public let count: Int

  /// What says, in a process's environment, that it is one of several, and which library they speak through.
  private static let starters: [(size: String, libraries: [String])] = [
    ("OMPI_COMM_WORLD_SIZE", ["libmpi.so.40", "libmpi.so"]),
    ("PMI_SIZE", ["libmpich.so.12", "libmpi.so.12", "libmpich.so"]),
    ("SLURM_STEP_NUM_TASKS", ["libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi.so"]),
  ]

  /// The team that this process was started in; nil where it was started alone.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary`` where it is one of several and no library can be opened.
  public static func started() throws(Diagnostic) -> MPITeam? {
    for starter in starters {
      guard let size = getenv(starter.size).flatMap({ Int(String(cString: $0)) }), size > 1 else { continue }
      let own = getenv("REINIT_MPI").map { [String(cString: $0)] } ?? starter.libraries
      return try MPITeam(libraries: own, told: "\(starter.size)=\(size)")
    }
    return nil
  }

  private init(libraries: [String], told: String) throws(Diagnostic) {
    var reasons: [String] = []
    for library in libraries {
      var reason = [CChar](repeating: 0, count: 512)
      if reinit_mpi_open(library, &reason, reason.count) == 0 {
        (rank, count) = (Int(reinit_mpi_rank()), Int(reinit_mpi_count()))
        return
      }
      reasons.append(String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    throw Diagnostic(
      .missingLibrary, "the processes that were started together have no MPI library", expected: libraries[0],
      found: "\(told); \(reasons.first ?? "")",
      hints: ["install openmpi-bin or mpich", "name the library: REINIT_MPI=/path/to/libmpi.so"])
  }

  /// Whether all processes end for an error in one.
  private let isEnding = Atomic(false)

  /// Notes that all processes end for an error in one.
  public func willEnd() { isEnding.store(true, ordering: .relaxed) }

  /// Whether all processes end for an error in one.
  public var isTold: Bool { isEnding.load(ordering: .relaxed) }

  /// Leaves the others, which all do at the end of the work.
  ///
  /// After an error that the others do not know of nobody is waited for: the process ends without a word to them, and whoever
  /// started them ends them.
  public func end(after error: Bool) { if !error || isTold { reinit_mpi_close() } }

  /// The bytes that rank 0 gives, in all.
  /// - Throws: ``Diagnostics/ErrorCode/rankFailed`` where MPI fails.
  public func share(_ bytes: [UInt8]) throws(Diagnostic) -> [UInt8] {
    var size = UInt64(bytes.count)
    try check(withUnsafeMutableBytes(of: &size) { reinit_mpi_broadcast($0.baseAddress, $0.count) })
    var bytes = isFirst ? bytes : [UInt8](repeating: 0, count: Int(size))
    try check(bytes.withUnsafeMutableBytes { reinit_mpi_broadcast($0.baseAddress, $0.count) })
    return bytes
  }

  /// The bitwise or of what all give.
  /// - Throws: ``Diagnostics/ErrorCode/rankFailed`` where MPI fails.
  public func combine(_ words: [UInt64]) throws(Diagnostic) -> [UInt64] {
    var words = words
    try check(words.withUnsafeMutableBufferPointer { reinit_mpi_combine($0.baseAddress, $0.count) })
    return words
  }

  private func check(_ status: Int32) throws(Diagnostic) {
    guard status == 0 else {
      throw Diagnostic(.rankFailed, "the ranks cannot speak with each other", found: "MPI's error \(status)")
    }
  }
}
