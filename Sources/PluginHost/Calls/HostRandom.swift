import CReinit
import Tensors

/// The stream of random numbers: pure functions of their arguments, in any number of elements.
enum HostRandom {
  static func install(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.random_words = { random, first, count, out in
      guard let random, let out, let count = Int(exactly: count) else { return }
      HostRandom.stream(random).fillWords(
        UnsafeMutableBufferPointer(start: out, count: count), from: HostRandom.index(first))
    }
    table.pointee.random_uniform = { random, first, count, low, high, out in
      guard let random, let out, let count = Int(exactly: count) else { return }
      let values = UnsafeMutableBufferPointer(start: out, count: count)
      HostRandom.stream(random).uniform(values, from: HostRandom.index(first), low: low, high: high)
    }
    table.pointee.random_normal = { random, first, count, mean, std, out in
      guard let random, let out, let count = Int(exactly: count) else { return }
      let values = UnsafeMutableBufferPointer(start: out, count: count)
      HostRandom.stream(random).normal(values, from: HostRandom.index(first), mean: mean, std: std)
    }
    table.pointee.random_truncated_normal = { random, first, count, mean, std, low, high, out in
      guard let random, let out, let count = Int(exactly: count) else { return ri_status(RI_INVALID) }
      guard let truncation = Truncation(low: low, high: high, mean: mean, std: std) else {
        return ri_status(RI_INVALID)
      }
      let values = UnsafeMutableBufferPointer(start: out, count: count)
      HostRandom.stream(random).truncatedNormal(values, from: HostRandom.index(first), truncation)
      return ri_status(RI_OK)
    }
  }

  private static func stream(_ random: UnsafePointer<ri_random>) -> RandomStream {
    let random = random.pointee
    return RandomStream(seed: random.seed, nameHash: random.name, lane: Int(random.lane & 15))
  }

  private static func index(_ first: UInt64) -> Int { Int(truncatingIfNeeded: first) }
}

extension RandomStream {
  /// The stream as the ABI has it.
  var abi: ri_random { ri_random(seed: seed, name: nameHash, lane: UInt32(lane), reserved: 0) }
}
