import Glibc
import Synchronization

/// Opens when so many threads have come, or are known not to come.
final class Gate: Sendable {
  private let missing: Atomic<Int>

  init(_ threads: Int) { missing = Atomic(threads) }

  /// One fewer is waited for.
  func leave() { missing.subtract(1, ordering: .sequentiallyConsistent) }

  /// Comes, and waits for the others: without sleeping, so that all go on at the same moment.
  func pass() {
    leave()
    while missing.load(ordering: .sequentiallyConsistent) > 0 { sched_yield() }
  }
}
