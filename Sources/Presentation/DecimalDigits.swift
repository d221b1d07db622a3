/// All decimal digits of a binary fraction, so that rounding happens once and correctly.
///
///     |x| = 0.d₁d₂d₃… × 10^exponent
struct DecimalDigits {
  /// Digits 0 to 9, most significant first; empty for zero.
  private(set) var digits: [UInt8]
  private(set) var exponent: Int

  /// Takes the magnitude of a finite number.
  init(_ value: Double) {
    guard value.isFinite, value != 0 else {
      (digits, exponent) = ([], 0)
      return
    }
    let normal: UInt64 = value.isNormal ? 1 << 52 : 0
    let mantissa = value.significandBitPattern | normal
    let power = max(1, Int(value.exponentBitPattern)) - 1075 + mantissa.trailingZeroBitCount
    var number = Limbs(mantissa >> UInt64(mantissa.trailingZeroBitCount))
    // x = m·2^p; for negative p that is m·5^−p / 10^−p.
    if power >= 0 { number.multiply(by: 2, power) } else { number.multiply(by: 5, -power) }
    digits = number.digits
    exponent = digits.count + min(power, 0)
  }

  /// The digit at a place after the point of 0.d₁d₂…, counted from 0; 0 beyond both ends.
  subscript(_ place: Int) -> UInt8 { digits.indices.contains(place) ? digits[place] : 0 }

  /// Keeps this many digits; half-way cases go to the even neighbor.
  func rounded(keeping count: Int) -> DecimalDigits {
    guard count < digits.count else { return self }
    var result = self
    result.digits.removeLast(digits.count - max(0, count))
    guard count >= 0, roundsUp(at: count) else { return result }
    while let last = result.digits.last, last == 9 { result.digits.removeLast() }
    if let last = result.digits.indices.last {
      result.digits[last] += 1
    } else {
      result.digits = [1]
      result.exponent += 1
    }
    return result
  }

  private func roundsUp(at place: Int) -> Bool {
    if digits[place] != 5 { return digits[place] > 5 }
    return digits[(place + 1)...].contains { $0 != 0 } || self[place - 1] % 2 == 1
  }
}

/// A large whole number in base 10⁹, least significant limb first.
private struct Limbs {
  private var limbs: [UInt64]

  init(_ value: UInt64) {
    let base: UInt64 = 1_000_000_000
    limbs = [value % base, value / base % base, value / base / base]
  }

  /// Multiplies by `factor`^`power`, 13 factors at a time: 5^13 times a limb fits in 64 bits.
  mutating func multiply(by factor: UInt64, _ power: Int) {
    var left = power
    while left > 0 {
      let count = min(left, 13)
      multiply(by: (0..<count).reduce(1) { product, _ in product * factor })
      left -= count
    }
  }

  private mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = limbs[index] * factor + carry
      limbs[index] = product % 1_000_000_000
      carry = product / 1_000_000_000
    }
    while carry > 0 {
      limbs.append(carry % 1_000_000_000)
      carry /= 1_000_000_000
    }
  }

  var digits: [UInt8] {
    var result: [UInt8] = []
    for limb in limbs {
      var rest = limb
      for _ in 0..<9 {
        result.append(UInt8(rest % 10))
        rest /= 10
      }
    }
    while result.last == 0 { result.removeLast() }
    return result.reversed()
  }
}
