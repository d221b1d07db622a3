import Glibc

/// How well the elements of a sample go with being drawn independently of one another.
enum Independence {
  /// Distances at which neighbors are compared: small ones, powers of two, and parts of the whole.
  private static func lags(_ count: Int, row: Int) -> [Int] {
    let lags =
      Array(1...16) + [24, 32, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, row, row + 1, count / 2, count / 3]
    return Set(lags.filter { $0 > 0 && $0 <= count / 2 }).sorted()
  }

  /// The worst of all correlations between elements; each look counts.
  /// - Parameter uniforms: the share of the distribution below each element, uniform in [0, 1) if it is the right one.
  static func worst(of uniforms: [Double], row: Int) -> Goodness {
    let centered = uniforms.map { $0 - 0.5 }
    let spread = uniforms.map { ($0 - 0.5) * ($0 - 0.5) - 1 / 12.0 }
    var looks = lags(uniforms.count, row: row).map { lag in
      correlation(centered, lag, "correlation of elements \(lag) apart")
    }
    looks += [1, 2, 3].map { correlation(spread, $0, "correlation of distances from the mean, \($0) apart") }
    looks.append(mirrored(centered))
    let worst = looks.min { $0.p < $1.p } ?? looks[0]
    return Goodness(
      what: worst.what, expected: worst.expected, found: worst.found, p: min(1, Double(looks.count) * worst.p))
  }

  /// The correlation of elements so far apart; about normal, with variance 1 / n.
  private static func correlation(_ values: [Double], _ lag: Int, _ what: String) -> Goodness {
    let n = values.count - lag
    return goodness((0..<n).reduce(0) { $0 + values[$1] * values[$1 + lag] }, n, values, what)
  }

  /// Elements and those as far from the other end.
  private static func mirrored(_ values: [Double]) -> Goodness {
    let n = values.count / 2
    return goodness(
      (0..<n).reduce(0) { $0 + values[$1] * values[values.count - 1 - $1] }, n, values,
      "correlation of elements as far from both ends")
  }

  private static func goodness(_ sum: Double, _ n: Int, _ values: [Double], _ what: String) -> Goodness {
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let coefficient = variance > 0 ? sum / Double(n) / variance : 0
    let z = coefficient * Double(n).squareRoot()
    return Goodness(
      what: what, expected: "within ±\(Decimals.text(4 / Double(n).squareRoot()))", found: Decimals.text(coefficient),
      p: erfc(abs(z) / 2.0.squareRoot()))
  }

  /// Neighbors with the very same bits; of continuous values there are nearly none.
  static func equalNeighbors(_ bits: UnsafeBufferPointer<UInt32>) -> Int {
    bits.indices.dropFirst().count { bits[$0] == bits[$0 - 1] }
  }

  /// How many different values there are.
  static func distinct(_ bits: UnsafeBufferPointer<UInt32>) -> Int {
    let sorted = bits.sorted()
    return sorted.indices.count { $0 == 0 || sorted[$0] != sorted[$0 - 1] }
  }

  /// Two places at which the same four values stand one after another: by chance there are none.
  static func repetition(_ bits: UnsafeBufferPointer<UInt32>) -> (first: Int, second: Int)? {
    guard bits.count > 8 else { return nil }
    let order = (0..<(bits.count - 3)).map { (key: window(bits, $0), place: $0) }.sorted { $0.key < $1.key }
    for (a, b) in zip(order, order.dropFirst()) where a.key == b.key && areAlike(bits, a.place, bits, b.place) {
      return (min(a.place, b.place), max(a.place, b.place))
    }
    return nil
  }

  /// A place of one list whose four values another list has somewhere.
  static func meeting(
    _ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>
  ) -> (first: Int, second: Int)? {
    guard a.count > 8, b.count > 8 else { return nil }
    var places: [UInt64: Int] = [:]
    places.reserveCapacity(a.count)
    for place in 0..<(a.count - 3) { places[window(a, place)] = place }
    for place in 0..<(b.count - 3) {
      if let other = places[window(b, place)], areAlike(a, other, b, place) { return (other, place) }
    }
    return nil
  }

  private static func window(_ bits: UnsafeBufferPointer<UInt32>, _ place: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in 0..<4 { hash = (hash ^ UInt64(bits[place + offset])) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29 }
    return hash
  }

  private static func areAlike(
    _ a: UnsafeBufferPointer<UInt32>, _ i: Int, _ b: UnsafeBufferPointer<UInt32>, _ j: Int
  ) -> Bool {
    (0..<4).allSatisfy { a[i + $0] == b[j + $0] }
  }
}
