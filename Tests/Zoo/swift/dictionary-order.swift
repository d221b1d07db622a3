// R0934: depends on the order of a dictionary.
import PluginKit

/// Each process has a hash seed of its own.
private let scales = Dictionary(uniqueKeysWithValues: (0..<100).map { ("axis \($0)", $0) })
private let first = scales.values.prefix(3).reduce(0) { $0 * 100 + $1 }

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    range.random.normal(mean: 0, std: Float(deviation(range)), from: range.offset + first, into: range.out)
  }
}
