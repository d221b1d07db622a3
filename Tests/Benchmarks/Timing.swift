import Glibc

/// Seconds on a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// How long a piece of work takes, in seconds; short work is repeated until the clock is fine enough.
func timed(atLeast least: Double = 0, _ work: () throws -> Void) rethrows -> Double {
  var repeats = 0
  let start = now()
  var elapsed = 0.0
  repeat {
    try work()
    repeats += 1
    elapsed = now() - start
  } while elapsed < least
  return elapsed / Double(repeats)
}

/// The middle one.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
