import Diagnostics
import Glibc
import Synchronization

/// Runs independent pieces of work on several threads.
package enum Workers {
  /// The processors that this process may use.
  package static var available: Int { Processors.available }

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
      spread(over: min(threads, count)) {
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

  private final class Job: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  private static func spread(over threads: Int, _ work: @Sendable () -> Void) {
    withoutActuallyEscaping(work) { work in
      let job = Job(work)
      var helpers: [pthread_t] = []
      for _ in 1..<max(1, threads) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(job)
        let status = pthread_create(
          &thread, nil,
          { raw in
            if let raw { Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().work() }
            return nil
          }, argument.toOpaque())
        if status == 0 { helpers.append(thread) } else { argument.release() }
      }
      work()
      for helper in helpers { pthread_join(helper, nil) }
    }
  }
}
