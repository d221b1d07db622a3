import Glibc

/// Gauss–Legendre quadrature: exact for polynomials up to degree 2n − 1.
struct Quadrature: Sendable {
  /// Twenty points a panel: smooth functions converge to rounding within a few panels.
  static let standard = Quadrature(points: 20)

  private let nodes: [(x: Double, weight: Double)]

  /// The rule of n points; its nodes are the zeros of the Legendre polynomial, found by Newton's method.
  init(points n: Int) {
    nodes = (0..<n).map { i in
      var x = cos(Double.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
      for _ in 0..<8 {
        let (value, slope) = Quadrature.legendre(n, x)
        x -= value / slope
      }
      let slope = Quadrature.legendre(n, x).slope
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }

  private static func legendre(_ n: Int, _ x: Double) -> (value: Double, slope: Double) {
    var (last, value) = (1.0, x)
    for k in 2...n {
      let k = Double(k)
      (last, value) = (value, ((2 * k - 1) * x * value - (k - 1) * last) / k)
    }
    return (value, Double(n) * (x * value - last) / (x * x - 1))
  }

  /// The integral over one panel.
  func integral(from a: Double, to b: Double, _ f: (Double) -> Double) -> Double {
    let (center, half) = ((a + b) / 2, (b - a) / 2)
    return half * nodes.reduce(0) { $0 + $1.weight * f(center + half * $1.x) }
  }

  /// The integral over an interval cut into equal panels.
  func integral(from a: Double, to b: Double, panels: Int, _ f: (Double) -> Double) -> Double {
    let width = (b - a) / Double(panels)
    return (0..<panels).reduce(0) { sum, i in
      sum + integral(from: a + Double(i) * width, to: a + Double(i + 1) * width, f)
    }
  }

  /// The integral of a function with kinks and jumps: panels are halved until both halves agree with the whole.
  /// - Returns: nil if the function is not finite or the panels do not converge.
  func adaptiveIntegral(from a: Double, to b: Double, panels: Int, _ f: (Double) -> Double) -> Double? {
    let width = (b - a) / Double(panels)
    var open = (0..<panels).map { i -> (a: Double, b: Double, depth: Int) in
      (a + Double(i) * width, a + Double(i + 1) * width, 0)
    }
    let tolerance = 1e-13 * open.reduce(0) { $0 + abs(integral(from: $1.a, to: $1.b, f)) }
    var (sum, work) = (0.0, 0)
    while let (a, b, depth) = open.popLast() {
      let middle = (a + b) / 2
      let whole = integral(from: a, to: b, f)
      let halves = integral(from: a, to: middle, f) + integral(from: middle, to: b, f)
      work += 1
      guard halves.isFinite, work < 20_000 else { return nil }
      if abs(whole - halves) <= tolerance {
        sum += halves
      } else if depth == 45 {
        // Jumps have shrunk to nothing by now; poles have not.
        guard abs(whole - halves) <= 1e4 * tolerance else { return nil }
        sum += halves
      } else {
        open += [(a, middle, depth + 1), (middle, b, depth + 1)]
      }
    }
    return sum
  }
}
