import Diagnostics
import Ranks
import Reinit
import Synchronization

/// The processes that `mpirun` or `srun` has started as one command.
enum RankGroup {
  private static let started = Mutex<MPITeam?>(nil)

  /// All of them; this one alone unless several were started.
  static var team: any Team { started.withLock { $0 } ?? Alone() }

  /// Joins the others, for the commands that share their work.
  static func join() throws(Diagnostic) {
    let team = try MPITeam.started()
    started.withLock { $0 = team }
  }

  /// Whether this process says what all have done: one is enough.
  static var speaks: Bool { team.isFirst }

  /// Whether another process says the error that ends all.
  ///
  /// This one then ends as if nothing were wrong: whoever started them ends all with the first that fails, with its status, and
  /// perhaps before that has spoken.
  static var isTold: Bool { started.withLock { $0 }?.isTold ?? false }

  /// Leaves the others at the end of the command.
  static func end(after error: Bool) { started.withLock { $0 }?.end(after: error) }

  /// Does what each process does for itself, so that an error in one ends all.
  static func together<Result>(_ body: () throws -> Result) throws -> Result {
    var result: Swift.Result<Result, any Error>?
    do {
      try team.together { () throws(Diagnostic) in
        let own = Swift.Result { try body() }
        result = own
        if case .failure(let error) = own { throw error as? Diagnostic ?? Diagnostic(.internalError, "\(error)") }
      }
    } catch  where error.code == .rankFailed { throw error } catch {
      if case .failure(let own) = result { throw own }
      throw error
    }
    guard let result else { throw Diagnostic(.internalError, "nothing was done") }
    return try result.get()
  }
}
