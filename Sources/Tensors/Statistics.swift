import CKernels

/// What one pass over the elements tells: moments, range, and how many are special.
///
/// Moments are those of the finite elements; the standard deviation is the population's (divided by n).
/// Two halves merge into the whole (Pébay, "Formulas for robust, one-pass parallel computation of
/// covariances and arbitrary-order statistical moments", SAND2008-6212), so chunks can be read in parallel.
public struct Statistics: Sendable, Equatable {
  /// The number of elements, special ones included.
  public private(set) var count = 0
  /// The mean of the finite elements; NaN if there are none.
  public var mean: Double { finite == 0 ? .nan : first }
  /// The standard deviation of the finite elements, divided by n; NaN if there are none.
  public var std: Double { finite == 0 ? .nan : (second / Double(finite)).squareRoot() }
  /// The fourth standardized moment (3 for a normal distribution); NaN where the elements do not vary.
  public var kurtosis: Double { second == 0 ? .nan : fourth * Double(finite) / (second * second) }
  /// The smallest finite element; NaN if there is none.
  public private(set) var min = Double.nan
  /// The largest finite element; NaN if there is none.
  public private(set) var max = Double.nan
  /// How many elements are zero.
  public private(set) var zeros = 0
  /// How many elements are not a number.
  public private(set) var nan = 0
  /// How many elements are infinite.
  public private(set) var inf = 0

  private var finite = 0
  private var first = 0.0
  private var second = 0.0
  private var third = 0.0
  private var fourth = 0.0

  /// Elements that are converted and summed at a time; they stay in the first-level cache.
  private static let block = 2048

  /// The statistics of nothing.
  public init() {}

  /// How many words all that is known takes.
  package static let wordCount = 11

  /// All that is known, as words.
  package var words: [UInt64] {
    [count, zeros, nan, inf, finite].map { UInt64($0) }
      + [min, max, first, second, third, fourth].map(\.bitPattern)
  }

  /// Statistics from their words.
  package init(words: ArraySlice<UInt64>) {
    let words = Array(words)
    (count, zeros, nan, inf) = (Int(words[0]), Int(words[1]), Int(words[2]), Int(words[3]))
    finite = Int(words[4])
    let numbers = words[5...].map { Double(bitPattern: $0) }
    (min, max) = (numbers[0], numbers[1])
    (first, second, third, fourth) = (numbers[2], numbers[3], numbers[4], numbers[5])
  }

  /// Takes in the elements that those bytes hold; an opaque type only counts for nothing.
  public mutating func add(_ bytes: UnsafeRawBufferPointer, dtype: DType) {
    guard dtype.size > 0 else { return }
    if dtype == .f32, Int(bitPattern: bytes.baseAddress) % 4 == 0 {
      add(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: Float.self)[..<(bytes.count / 4)]))
    } else {
      addConverted(bytes, dtype)
    }
  }

  /// Takes in those floats.
  public mutating func add(_ floats: UnsafeBufferPointer<Float>) {
    guard let base = floats.baseAddress else { return }
    for start in stride(from: 0, to: floats.count, by: Statistics.block) {
      let length = Swift.min(Statistics.block, floats.count - start)
      var moments = rk_moments()
      if rk_moments_f32(&moments, base + start, length) {
        merge(Statistics(moments, count: length))
      } else {
        addConverted(UnsafeRawBufferPointer(start: base + start, count: 4 * length), .f32)
      }
    }
  }

  private mutating func addConverted(_ bytes: UnsafeRawBufferPointer, _ dtype: DType) {
    let total = bytes.count / dtype.size
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Statistics.block) { buffer in
      var start = 0
      while start < total {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<Swift.min(Statistics.block, total - start)])
        ElementBuffer.read(UnsafeRawBufferPointer(rebasing: bytes[(start * dtype.size)...]), dtype: dtype, into: part)
        merge(Statistics(block: part))
        start += part.count
      }
    }
  }

  /// Takes in what another pass has seen.
  public mutating func merge(_ other: Statistics) {
    count += other.count
    zeros += other.zeros
    nan += other.nan
    inf += other.inf
    guard other.finite > 0 else { return }
    min = Swift.min(min.isNaN ? other.min : min, other.min)
    max = Swift.max(max.isNaN ? other.max : max, other.max)
    mergeMoments(other)
  }

  private mutating func mergeMoments(_ b: Statistics) {
    let (na, nb) = (Double(finite), Double(b.finite))
    let n = na + nb
    let d = b.first - first
    let r = d / n
    fourth +=
      b.fourth + d * r * r * r * na * nb * (na * na - na * nb + nb * nb)
      + 6 * r * r * (na * na * b.second + nb * nb * second) + 4 * r * (na * b.third - nb * third)
    third += b.third + d * r * r * na * nb * (na - nb) + 3 * r * (na * b.second - nb * second)
    second += b.second + d * r * na * nb
    first += r * nb
    finite += b.finite
  }

  /// A block of finite floats.
  private init(_ moments: rk_moments, count: Int) {
    (self.count, finite, zeros) = (count, count, moments.zeros)
    (min, max) = (Double(moments.min), Double(moments.max))
    (first, second, third, fourth) = (moments.mean, moments.second, moments.third, moments.fourth)
  }

  /// Two passes over a block in cache: the mean, then central moments about it.
  private init(block: UnsafeMutableBufferPointer<Double>) {
    count = block.count
    finite = Statistics.compact(block, &self)
    guard finite > 0 else { return }
    let values = UnsafeMutableBufferPointer(rebasing: block[..<finite])
    var (low, high, sum) = (values[0], values[0], 0.0)
    for value in values {
      low = value < low ? value : low
      high = value > high ? value : high
      sum += value
    }
    let mean = sum / Double(finite)
    var (m2, m3, m4) = (0.0, 0.0, 0.0)
    for value in values {
      let d = value - mean
      let square = d * d
      m2 += square
      m3 += square * d
      m4 += square * square
    }
    (min, max, first, second, third, fourth) = (low, high, mean, m2, m3, m4)
  }

  /// Counts special elements and moves the finite ones to the front.
  private static func compact(_ block: UnsafeMutableBufferPointer<Double>, _ statistics: inout Statistics) -> Int {
    var kept = 0
    for value in block {
      if value.isFinite {
        block[kept] = value
        kept += 1
        statistics.zeros += value == 0 ? 1 : 0
      } else if value.isNaN {
        statistics.nan += 1
      } else {
        statistics.inf += 1
      }
    }
    return kept
  }
}

extension Tensor {
  /// The statistics of the elements, in one pass; of nothing for a lazy or an opaque tensor.
  public var statistics: Statistics {
    var statistics = Statistics()
    withBytes { statistics.add($0, dtype: dtype) }
    return statistics
  }
}
