// R0909: starts a thread that nobody joins.
import Glibc
import PluginKit

private let started: Bool = {
  var thread = pthread_t()
  return pthread_create(&thread, nil, { _ in while true { pause() } }, nil) == 0
}()

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    precondition(started)
    range.normal(std: deviation(range))
  }
}
