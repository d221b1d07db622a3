import CKernels
import Foundation

/// The values of docs/random.md as the page says them, one element at a time; written from that page alone.
struct SlowReference {
  let stream: rk_stream
  /// The table at the end of the page.
  private let quantiles: [[Float]]

  init(_ stream: rk_stream) throws {
    self.stream = stream
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/random.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let table = text.components(separatedBy: "<!-- table -->").last ?? ""
    quantiles = table.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 6, Int(cells[0]) != nil else { return nil }
      return cells[1...].map { Float(bitPattern: UInt32($0, radix: 16) ?? 0) }
    }
  }

  /// What a fill must write, as bits.
  func bits(_ kind: FillKind, from first: UInt64, count: Int) -> [UInt32] {
    (0..<count).map { offset in
      let w = word(first &+ UInt64(offset))
      return switch kind {
      case .words: w
      case .uniform: uniform(w, low: -0.75, high: 3).bitPattern
      case .normal: normal(w, mean: 0.5, std: 2).bitPattern
      case .whole: truncated(w, low: -9, high: 9, mean: 0, std: 1).bitPattern
      case .body: truncated(w, low: -1, high: 3, mean: 0.25, std: 1).bitPattern
      case .tail: truncated(w, low: 5, high: 6, mean: 0, std: 1).bitPattern
      case .narrow: truncated(w, low: 0.5, high: 0.55, mean: 0, std: 1).bitPattern
      }
    }
  }

  private func word(_ element: UInt64) -> UInt32 {
    let i = element & (1 << 62 - 1)
    let b = i / 4
    var c = [
      UInt32(truncatingIfNeeded: b), UInt32(b >> 32) + stream.lane << 28, UInt32(truncatingIfNeeded: stream.name_hash),
      UInt32(stream.name_hash >> 32),
    ]
    var (k0, k1) = (UInt32(truncatingIfNeeded: stream.seed), UInt32(stream.seed >> 32))
    for _ in 0..<10 {
      let (p, q) = (UInt64(0xD251_1F53) * UInt64(c[0]), UInt64(0xCD9E_8D57) * UInt64(c[2]))
      c = [
        UInt32(q >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: q), UInt32(p >> 32) ^ c[3] ^ k1,
        UInt32(truncatingIfNeeded: p),
      ]
      (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
    }
    return c[Int(i % 4)]
  }

  private func k(_ w: UInt32) -> Float { Float(2 * Int(w >> 8) + 1 - 1 << 24) }

  private func uniform(_ w: UInt32, low: Float, high: Float) -> Float {
    let half = Float(Double(high) / 2 - Double(low) / 2)
    let center = Float(Double(low) / 2 + Double(high) / 2)
    let last = max(high.nextDown, low)
    var x = center.addingProduct(k(w), half * 0x1p-24)
    x = x > low ? x : low
    return x < last ? x : last
  }

  private func quantile(_ q: Float, _ n: Int) -> Float {
    let g = q.significand >= 1.5 ? 1 : 0
    let t = q.significand - Float(g) / 2 - 1.25
    let c = quantiles[2 * (Int(q.exponent) + 64 - n) + g]
    return c[0].addingProduct(c[1].addingProduct(c[2].addingProduct(c[3].addingProduct(c[4], t), t), t), t)
  }

  private func deviate(_ w: UInt32) -> Float {
    let z = quantile(Float(Int32(bitPattern: w | 1).magnitude), 32)
    return w >> 31 == 1 ? -z : z
  }

  private func normal(_ w: UInt32, mean: Float, std: Float) -> Float { mean.addingProduct(deviate(w), std) }

  /// The normal distribution function; its errors, some units in the last place, are far below the bits that are used.
  private func phi(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  private func truncated(_ w: UInt32, low: Float, high: Float, mean: Float, std: Float) -> Float {
    func inside(_ x: Float) -> Float { min(max(x, low.nextUp), high.nextDown) }
    let (l, h, m, s) = (Double(low), Double(high), Double(mean), Double(std))
    let (a, b) = ((l - m) / s, (h - m) / s)
    let (middle, radius) = ((l / 2 + h / 2 - m) / s, (h / 2 - l / 2) / s)
    if radius <= 1 / 16.0 && abs(middle) * radius <= 1 / 16.0 { return inside(narrow(w, l, h, middle, radius)) }
    if phi(b) - phi(a) >= 1 / 64.0 { return inside(mean.addingProduct(body(w, a, b), std)) }
    return inside(mean.addingProduct(tail(w, a, b), std))
  }

  private func narrow(_ w: UInt32, _ low: Double, _ high: Double, _ middle: Double, _ radius: Double) -> Float {
    let (slope, curvature) = (middle * radius, radius * radius)
    let square = slope * slope
    let g0 = Float(slope * (0.5 - square / 12 - curvature / 8))
    let g1 = Float(
      square * (1.0 / 3 - 2 * square / 15 - 17 * curvature / 60) + curvature * (1.0 / 6 - curvature / 40))
    let g2 = Float(slope * (square / 4 + 7 * curvature / 24))
    let g3 = Float(square * (square / 5 + 23 * curvature / 60) + 7 * curvature * curvature / 120)
    let u = k(w) * 0x1p-24
    let g = g0.addingProduct(g1.addingProduct(g2.addingProduct(g3, u), u), u)
    let y = u.addingProduct(Float(-1).addingProduct(u, u), g)
    return Float(low / 2 + high / 2).addingProduct(y, Float(high / 2 - low / 2))
  }

  private func body(_ w: UInt32, _ a: Double, _ b: Double) -> Float {
    let first = 2 * UInt64((0x1p31 * phi(a)).rounded(.toNearestOrEven))
    let width = 2 * UInt64((0x1p31 * phi(b)).rounded(.toNearestOrEven)) - first
    return deviate(width == 1 << 32 ? w : UInt32(first + (UInt64(w) * width) >> 32))
  }

  private func tail(_ w: UInt32, _ a: Double, _ b: Double) -> Float {
    func place(_ x: Double) -> UInt64 {
      x < 0
        ? 2 * UInt64((0x1p63 * phi(x)).rounded(.toNearestOrEven))
        : 0 &- 2 * UInt64((0x1p63 * phi(-x)).rounded(.toNearestOrEven))
    }
    let width = place(b) &- place(a)
    let product = UInt64(w).multipliedFullWidth(by: width)
    let c = place(a) &+ width >> 33 &+ (product.high << 32 | product.low >> 32)
    let z = quantile(Float(Int64(bitPattern: c | 1).magnitude), 64)
    return c >> 63 == 1 ? -z : z
  }
}
