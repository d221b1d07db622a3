import Diagnostics
import Tensors

/// A random matrix with orthonormal columns, exactly Haar-distributed, as a product of random reflections.
///
/// G. W. Stewart, The efficient generation of random orthogonal matrices, SIAM J. Numer. Anal. 17 (1980): the
/// reflections that would triangularize a normal matrix are independent and can be drawn directly, so that no
/// matrix is ever factorized. Reflections are applied in blocks, I − V·T·Vᵀ (Schreiber and Van Loan 1989), with
/// T⁻¹ = strict upper triangle of VᵀV plus half its diagonal.
struct Reflectors: ~Copyable {
  /// Rows and columns, tall or square.
  let m, n: Int
  /// Reflections applied at once: enough for level-3 speed, few enough to leave the rest to it.
  var block: Int { n >= 1024 ? 128 : 64 }
  /// The reflections' vectors as columns, of length √2 to 2, zero above the diagonal.
  let v: UnsafeMutablePointer<Float>
  /// The diagonal of T⁻¹; an error here would stretch the result, so it is summed in double precision.
  let halfNorms: UnsafeMutablePointer<Double>
  /// The signs of the columns that make the distribution Haar's.
  let signs: UnsafeMutablePointer<Float>

  /// Draws the reflections of an m × n matrix from the normal values at `first ..< first + m·n` of a stream.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  init(m: Int, n: Int, first: Int, stream: RandomStream) throws(Diagnostic) {
    let numbers = try Memory.allocate(of: Double.self, count: n + (m * n + n + 1) / 2)
    (self.m, self.n) = (m, n)
    halfNorms = numbers
    v = UnsafeMutableRawPointer(numbers + n).bindMemory(to: Float.self, capacity: m * n + n)
    signs = v + m * n
    stream.normal(UnsafeMutableBufferPointer(start: v, count: m * n), from: first, mean: 0, std: 1)
    for j in 0..<n { makeReflection(j) }
  }

  deinit { Memory.free(halfNorms) }

  /// x, normal, becomes v = (x + sign(x₁)·|x|·e₁)/|x|, which reflects x onto −sign(x₁)·|x|·e₁.
  private func makeReflection(_ j: Int) {
    let column = v + j * m
    let (x, count) = (column + j, m - j)
    column.update(repeating: 0, count: j)
    let norm = Reflectors.squareNorm(x, count).squareRoot()
    signs[j] = x[0] < 0 ? 1 : -1
    guard norm > 0 else {
      x[0] = 1
      halfNorms[j] = 0.5
      return
    }
    x[0] += x[0] < 0 ? -Float(norm) : Float(norm)
    let factor = Float(1 / norm)
    for i in 0..<count { x[i] *= factor }
    halfNorms[j] = Reflectors.squareNorm(x, count) / 2
  }

  /// The sum of squares in double precision, in eight partial sums.
  static func squareNorm(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var sums = SIMD8<Double>.zero
    let whole = count & ~7
    var i = 0
    while i < whole {
      let part = SIMD8<Double>(UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self))
      sums += part * part
      i += 8
    }
    var sum = sums.sum()
    for i in whole..<count { sum += Double(x[i]) * Double(x[i]) }
    return sum
  }
}
