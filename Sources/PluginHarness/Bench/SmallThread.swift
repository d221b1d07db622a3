import Diagnostics
import Glibc

/// A thread with as little stack as a host may give.
enum SmallThread {
  /// Its stack, in bytes.
  static let stack = 256 << 10

  private final class Job {
    let body: () throws(Diagnostic) -> Void
    var failure: Diagnostic?
    init(_ body: @escaping () throws(Diagnostic) -> Void) { self.body = body }
  }

  /// Runs a body on it, and waits.
  static func run(_ bench: Bench, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    let failure = withoutActuallyEscaping(body) { body -> Diagnostic? in
      let job = Job(body)
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      pthread_attr_setstacksize(&attributes, stack)
      var thread = pthread_t()
      let argument = Unmanaged.passUnretained(job).toOpaque()
      let status = pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          let job = Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue()
          do throws(Diagnostic) { try job.body() } catch { job.failure = error }
          return nil
        }, argument)
      guard status == 0 else { return Diagnostic(.harnessFailed, "a thread could not be started", found: "\(status)") }
      pthread_join(thread, nil)
      return job.failure
    }
    if let failure { throw failure }
  }
}
