import Glibc
import Synchronization

/// What a thread is told by whoever has it work: how many threads its own runs may use, and what else is handed down.
final class WorkerScope: Sendable {
  /// The threads of the outermost run, shared by all that it leads to.
  final class Budget: Sendable {
    let limit: Int
    private let spare: Atomic<Int>

    /// - Parameter limit: how many threads there may be, the caller's among them.
    init(limit: Int) {
      self.limit = limit
      spare = Atomic(limit - 1)
    }

    /// Takes up to so many helpers; gives how many.
    func take(_ wanted: Int) -> Int {
      var present = spare.load(ordering: .relaxed)
      while present > 0 {
        let taken = min(wanted, present)
        let (done, now) = spare.compareExchange(expected: present, desired: present - taken, ordering: .relaxed)
        if done { return taken }
        present = now
      }
      return 0
    }

    func giveBack(_ helpers: Int) { spare.add(helpers, ordering: .relaxed) }
  }

  let budget: Budget?
  let handedDown: (any AnyObject & Sendable)?

  init(_ budget: Budget?, _ handedDown: (any AnyObject & Sendable)?) {
    self.budget = budget
    self.handedDown = handedDown
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// This thread's; nil where nobody has it work.
  static var current: WorkerScope? {
    pthread_getspecific(key).map { Unmanaged<WorkerScope>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Runs a body with this as the thread's scope.
  func entered<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let outer = pthread_getspecific(WorkerScope.key)
    pthread_setspecific(WorkerScope.key, Unmanaged.passUnretained(self).toOpaque())
    defer {
      pthread_setspecific(WorkerScope.key, outer)
      withExtendedLifetime(self) {}
    }
    return try body()
  }
}
