import Glibc

/// What a process has spent of its time until now, in seconds.
struct ThreadTime {
  /// Of processors, on all threads.
  let working: Double
  /// Of this thread neither on a processor nor waiting for one: asleep, or waiting for something.
  let waiting: Double

  init() {
    working = Double(clock()) / Double(CLOCKS_PER_SEC)
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    // "on a processor, in a queue for one, how often", in nanoseconds; nothing where the kernel does not count.
    let counts = Folders.line("/proc/thread-self/schedstat").split(separator: " ").compactMap { Double($0) }
    let wall = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    waiting = counts.count == 3 ? wall - (counts[0] + counts[1]) * 1e-9 : 0
  }
}
