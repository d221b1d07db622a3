import CKernels
import Glibc

/// The process's helper threads: made when they are first needed, and kept until it ends.
///
/// A helper takes one share of a run's work at a time and never another one's in between, so that no code is entered
/// again below itself. Whoever has a run does its work too, takes back the shares that no helper has begun, and waits for
/// the others alone: a run comes to its end even if no helper ever wakes.
final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool()

  /// What each helper of one run does, once.
  final class Job {
    let share: () -> Void
    /// How many helpers are at it, and how many have been.
    fileprivate var active = 0
    fileprivate var begun = 0
    fileprivate let isDone = condition()

    init(_ share: @escaping () -> Void) { self.share = share }

    deinit {
      pthread_cond_destroy(isDone)
      isDone.deallocate()
    }
  }

  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let hasShares = condition()
  /// Shares that no helper has begun.
  private var shares: [Job] = []
  /// Helpers that wait, or that are about to.
  private var free = 0

  private init() {
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  private static func condition() -> UnsafeMutablePointer<pthread_cond_t> {
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    pthread_cond_init(condition, nil)
    return condition
  }

  /// Does some work here while up to so many helpers do the job's; returns how many did, when all have done.
  func run(_ job: Job, helpers: Int, besides work: () -> Void) -> Int {
    pthread_mutex_lock(lock)
    for _ in 0..<helpers where shares.count < free || startHelper() {
      shares.append(job)
      pthread_cond_signal(hasShares)
    }
    pthread_mutex_unlock(lock)
    work()
    pthread_mutex_lock(lock)
    shares.removeAll { $0 === job }
    while job.active > 0 { pthread_cond_wait(job.isDone, lock) }
    let begun = job.begun
    pthread_mutex_unlock(lock)
    return begun
  }

  /// Makes a thread; false where the system has none.
  private func startHelper() -> Bool {
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { _ in
        WorkerPool.shared.help()
        return nil
      }, nil)
    guard status == 0 else { return false }
    pthread_detach(thread)
    free += 1
    return true
  }

  /// The life of a helper.
  private func help() {
    rk_name_thread(Workers.threadName)
    pthread_mutex_lock(lock)
    while true {
      while shares.isEmpty { pthread_cond_wait(hasShares, lock) }
      let job = shares.removeFirst()
      free -= 1
      job.active += 1
      job.begun += 1
      pthread_mutex_unlock(lock)
      job.share()
      pthread_mutex_lock(lock)
      free += 1
      job.active -= 1
      if job.active == 0 { pthread_cond_signal(job.isDone) }
    }
  }
}
