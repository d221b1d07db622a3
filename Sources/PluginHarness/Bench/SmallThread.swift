import Diagnostics
import Glibc

/// A thread with a stack of a size that is chosen: as little as a host may give, unless said otherwise.
///
/// It is the harness's own, and none of those that the host keeps for its work.
enum SmallThread {
  /// The smallest stack, in bytes.
  static let stack = 256 << 10
  /// What must not be touched below a stack: more than a range of the largest test takes, so that whoever puts one there
  /// meets it, and not the memory of somebody else.
  fileprivate static let guardSize = 64 << 20

  fileprivate final class Job {
    let body: () throws(Diagnostic) -> Void
    var failure: Diagnostic?
    private var thread = pthread_t()
    init(_ body: @escaping () throws(Diagnostic) -> Void) { self.body = body }

    /// Begins; false where the system gives no thread.
    ///
    /// The job has to live until it is joined.
    func begin(stack: Int) -> Bool {
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      pthread_attr_setstacksize(&attributes, stack)
      pthread_attr_setguardsize(&attributes, SmallThread.guardSize)
      let argument = Unmanaged.passUnretained(self).toOpaque()
      return pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue().run()
          return nil
        }, argument) == 0
    }

    private func run() { do throws(Diagnostic) { try body() } catch { failure = error } }

    func join() { pthread_join(thread, nil) }
  }

  private static let refused = Diagnostic(.harnessFailed, "a thread could not be started")

  /// Runs a body on it, and waits.
  static func run(stack: Int = stack, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    let failure = withoutActuallyEscaping(body) { body -> Diagnostic? in
      let job = Job(body)
      guard job.begin(stack: stack) else { return refused }
      job.join()
      return job.failure
    }
    if let failure { throw failure }
  }
}

/// Threads that begin at the same moment.
enum Together {
  private static let stack = 8 << 20

  /// Calls the body once on each of so many threads, when all of them are there.
  static func run(
    _ threads: Int, _ body: @Sendable (Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let gate = Gate(threads)
    let failure = withoutActuallyEscaping(body) { body -> Diagnostic? in
      let jobs = (0..<threads).map { number in
        SmallThread.Job { () throws(Diagnostic) in
          gate.pass()
          try body(number)
        }
      }
      let begun = jobs.filter { $0.begin(stack: stack) }
      for _ in begun.count..<threads { gate.leave() }
      for job in begun { job.join() }
      return jobs.lazy.compactMap(\.failure).first
    }
    if let failure { throw failure }
  }
}
