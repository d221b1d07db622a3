import Glibc
import Synchronization
import Tensors
import Testing

/// How many work at once, and how many have at most.
private final class Crowd: Sendable {
  private let present = Atomic<Int>(0)
  let most = Atomic<Int>(0)

  func work(_ microseconds: UInt32 = 200) {
    let now = present.add(1, ordering: .sequentiallyConsistent).newValue
    most.max(now, ordering: .sequentiallyConsistent)
    usleep(microseconds)
    present.subtract(1, ordering: .sequentiallyConsistent)
  }
}

@Suite("Threads that are kept", .serialized)
struct WorkerPoolTests {
  /// The threads of this process that are kept for work.
  private var helpers: Set<String> {
    guard let tasks = opendir("/proc/self/task") else { return [] }
    defer { closedir(tasks) }
    var names: Set<String> = []
    while let entry = readdir(tasks) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if SystemFile.text("/proc/self/task/\(name)/comm") == "\(Workers.threadName)\n" { names.insert(name) }
    }
    return names
  }

  @Test("Several threads are at work at once, as many as were asked for and no more", arguments: [2, 3, 8])
  func many(_ threads: Int) {
    let crowd = Crowd()
    Workers.run(threads * 10, threads: threads) { _ in crowd.work(5000) }
    #expect(crowd.most.load(ordering: .relaxed) == threads)
  }

  @Test("A thousand runs leave the threads of one")
  func kept() {
    Workers.run(8, threads: 4) { _ in usleep(1000) }
    let before = helpers
    for _ in 0..<1000 { Workers.run(4, threads: 4) { _ in } }
    // Other tests of this process have work of their own.
    #expect(helpers.count - before.count < 100)
  }

  @Test("Runs within a run have no more threads together than the run", arguments: [1, 2, 5])
  func nested(_ threads: Int) {
    let crowd = Crowd()
    let total = Atomic<Int>(0)
    Workers.run(6, threads: threads) { _ in
      #expect(Workers.permitted == threads)
      Workers.run(6, threads: 8) { _ in
        Workers.run(6, threads: 8) { _ in
          crowd.work()
          total.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 216)
    #expect(crowd.most.load(ordering: .relaxed) <= threads)
  }

  @Test("A run of one piece leaves its threads to a run within it")
  func handedDown() {
    let crowd = Crowd()
    Workers.run(1, threads: 4) { _ in Workers.run(40, threads: 4) { _ in crowd.work(5000) } }
    #expect(crowd.most.load(ordering: .relaxed) == 4)
    let limited = Crowd()
    Workers.limited(to: 2) { Workers.run(40, threads: 8) { _ in limited.work(1000) } }
    #expect(limited.most.load(ordering: .relaxed) == 2)
  }

  @Test("What is handed down reaches the work on every thread, and is gone behind it")
  func inheritance() {
    final class Token: Sendable {}
    let token = Token()
    let wrong = Atomic<Int>(0)
    Workers.handingDown(token) {
      Workers.run(100, threads: 4) { _ in
        if Workers.handedDown !== token { wrong.add(1, ordering: .relaxed) }
      }
    }
    Workers.run(100, threads: 4) { _ in if Workers.handedDown != nil { wrong.add(1, ordering: .relaxed) } }
    #expect(wrong.load(ordering: .relaxed) == 0 && Workers.handedDown == nil)
  }

  @Test("Runs of many threads at the same time all come to their end")
  func together() {
    let total = Atomic<Int>(0)
    Workers.run(8, threads: 8) { _ in
      for _ in 0..<50 { Workers.run(8, threads: 4) { _ in total.add(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 3200)
  }
}
