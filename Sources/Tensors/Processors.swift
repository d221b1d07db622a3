import CKernels
import Glibc

/// How many processors this process may use.
package enum Processors {
  /// As many as compute at the same time: those it may run on, within its share of their time, rounded up; at least 1.
  package static var available: Int { max(1, min(permitted, quota ?? .max)) }

  /// Those that the calling thread, and threads that it starts, may run on.
  package static var permitted: Int {
    let count = rk_permitted_processors()
    return count > 0 ? Int(count) : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// What the process's control groups allow; asked once, for it takes a dozen files.
  private static let quota = ProcessorQuota.current
}
