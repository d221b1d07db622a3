import Diagnostics
import Synchronization

/// Runs independent pieces of work on several threads, which are the process's for good: a run makes none but those that
/// were never needed before.
///
/// The threads of a run are a bound for all that it leads to: a run within it uses those that are idle, and is done on
/// the thread it is on where none is.
package enum Workers {
  /// What helper threads are called in `/proc/self/task`.
  package static let threadName = "reinit worker"

  /// The processors that this process may use.
  package static var available: Int { Processors.available }

  /// How many threads work that is begun here may use: those of the run it is part of, else ``available``.
  package static var permitted: Int { WorkerScope.current?.budget?.limit ?? available }

  /// Refuses what is no number of threads; the value itself otherwise.
  /// - Throws: ``Diagnostics/ErrorCode/threadCount``.
  @discardableResult
  package static func checked(_ threads: Int) throws(Diagnostic) -> Int {
    guard (1...1024).contains(threads) else {
      throw Diagnostic(
        .threadCount, "work cannot be shared among \(threads) threads", expected: "1 to 1024", found: "\(threads)")
    }
    return threads
  }

  /// Runs a body within which all work together uses no more than so many threads.
  package static func limited<Result, Failure: Error>(
    to threads: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = WorkerScope.current
    guard outer?.budget == nil else { return try body() }
    return try WorkerScope(WorkerScope.Budget(limit: max(1, threads)), outer?.handedDown).entered(body)
  }

  /// What the innermost ``handingDown(_:_:)`` around this work handed down, on whichever thread that was.
  package static var handedDown: (any AnyObject & Sendable)? { WorkerScope.current?.handedDown }

  /// Runs a body, and all work that it has done on other threads, with an object within reach.
  package static func handingDown<Result, Failure: Error>(
    _ object: any AnyObject & Sendable, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try WorkerScope(WorkerScope.current?.budget, object).entered(body)
  }

  /// Calls `body` once for each index below `count`, on up to `threads` threads, the caller's among them.
  ///
  /// Indices are handed out in order, so large pieces should come first. Returns when all are done. After a
  /// failure no further index is begun; of several errors, the one of the lowest index is thrown.
  package static func run<Failure: Error>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    let failures = Mutex<[Int: Failure]>([:])
    withoutActuallyEscaping(body) { body in
      let next = Atomic<Int>(0)
      let hasFailed = Atomic<Bool>(false)
      spread(count, over: threads) {
        while !hasFailed.load(ordering: .relaxed) {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          do throws(Failure) { try body(index) } catch {
            failures.withLock { $0[index] = error }
            hasFailed.store(true, ordering: .relaxed)
          }
        }
      }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }

  private static func spread(_ count: Int, over threads: Int, _ work: () -> Void) {
    let outer = WorkerScope.current
    let budget = outer?.budget ?? WorkerScope.Budget(limit: max(1, threads))
    let scope = outer?.budget == nil ? WorkerScope(budget, outer?.handedDown) : outer
    let helpers = count > 1 && threads > 1 ? budget.take(min(threads, count) - 1) : 0
    guard helpers > 0, let scope else { return scope?.entered(work) ?? work() }
    withoutActuallyEscaping(work) { work in
      // A helper that has done is free for what others of the outermost run lead to.
      let job = WorkerPool.Job {
        scope.entered(work)
        budget.giveBack(1)
      }
      let begun = WorkerPool.shared.run(job, helpers: helpers) { scope.entered(work) }
      budget.giveBack(helpers - begun)
    }
  }
}
