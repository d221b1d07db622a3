import Glibc

/// Numbers as text: the same on every machine and in every locale, rounded correctly, half-way cases to even.
public struct NumberFormat: Sendable {
  private let symbols: Symbols

  /// Formats with the minus sign of a symbol set.
  public init(symbols: Symbols = .unicode) { self.symbols = symbols }

  /// A whole number in groups of three digits: `11,689,512`.
  public func integer(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = value < 0 ? symbols.minus : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// A size in bytes with one decimal and a binary unit: `512 B`, `44.6 MiB`.
  public func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 1
    // 1,023.95 KiB and more would be shown as 1,024.0.
    while unit < units.count, tenths(count, unit) >= 10_240 { unit += 1 }
    let value = tenths(count, unit)
    return "\(value / 10).\(value % 10) \(units[unit - 1])"
  }

  private func tenths(_ count: UInt64, _ unit: Int) -> UInt64 {
    let shift = UInt64(10 * unit)
    let (whole, part) = (count >> shift, (count & (1 << shift - 1)) * 10)
    let (floor, rest, half) = (part >> shift, part & (1 << shift - 1), UInt64(1) << (shift - 1))
    let base = whole * 10 + floor
    return rest > half || (rest == half && base % 2 == 1) ? base + 1 : base
  }

  /// A number with this many decimals: `0.00`, `−12.50`.
  public func fixed(_ value: Double, _ decimals: Int) -> String {
    special(value) ?? sign(value) + printed("%.*f", max(0, decimals), value.magnitude)
  }

  /// A share as a percentage: 0.7181 is `71.8%`.
  public func percent(_ share: Double, _ decimals: Int = 1) -> String { fixed(share * 100, decimals) + "%" }

  /// A number with this many significant digits, as Python's `#g` format: `0.02084`, `−3.1e−06`; zero is `0`.
  public func significant(_ value: Double, _ digits: Int) -> String {
    if let text = special(value) { return text }
    guard value != 0 else { return "0" }
    let count = max(1, digits)
    // Not by %g: glibc drops a zero where rounding ends at a power of ten.
    let parts = printed("%.*e", count - 1, value.magnitude).split(separator: "e")
    guard parts.count == 2, let power = Int(parts[1]) else { return sign(value) + printed("%.*f", 0, value.magnitude) }
    if power >= -4, power < count { return sign(value) + printed("%.*f", count - 1 - power, value.magnitude) }
    return sign(value) + parts[0] + "e" + (power < 0 ? symbols.minus : "+") + parts[1].dropFirst()
  }

  /// The same without zeros that say nothing: `0.5`, `1e−06`; for the labels of axes.
  public func compact(_ value: Double, _ digits: Int) -> String {
    let text = significant(value, digits)
    guard let point = text.firstIndex(of: ".") else { return text }
    let end = text.firstIndex(of: "e") ?? text.endIndex
    var fraction = text[point..<end]
    while fraction.last == "0" { fraction.removeLast() }
    if fraction == "." { fraction = "" }
    return String(text[..<point] + fraction + text[end...])
  }

  /// The exact bits of a number in C's notation, shortest form: `0x1.8p+1`.
  public func hex(_ value: Double) -> String {
    if let text = special(value) { return text }
    // This is notation for programs too, so its minus is always ASCII.
    let sign = value.sign == .minus ? "-" : ""
    guard value != 0 else { return sign + "0x0p+0" }
    let digits = String(value.significandBitPattern, radix: 16)
    var fraction = String(repeating: "0", count: 13 - digits.count) + digits
    while fraction.last == "0" { fraction.removeLast() }
    let power = value.isNormal ? Int(value.exponentBitPattern) - 1023 : -1022
    let point = fraction.isEmpty ? "" : "."
    return sign + (value.isNormal ? "0x1" : "0x0") + point + fraction + (power < 0 ? "p" : "p+")
      + String(power)
  }

  /// A length of time in whole seconds: `0:07`, `12:30`, `1:02:03`.
  public func time(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    let tail = seconds % 60 < 10 ? "0\(seconds % 60)" : "\(seconds % 60)"
    guard hours > 0 else { return "\(minutes):\(tail)" }
    return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
  }

  private func special(_ value: Double) -> String? {
    if value.isNaN { return "NaN" }
    return value.isInfinite ? (value < 0 ? symbols.minus + "Inf" : "Inf") : nil
  }

  private func sign(_ value: Double) -> String { value < 0 ? symbols.minus : "" }

  /// By the C library, which takes all digits of a number into account, with C's point whatever the locale is.
  private func printed(_ format: String, _ digits: Int, _ value: Double) -> String {
    let before = uselocale(Self.locale)
    defer { uselocale(before) }
    let digits = Int32(clamping: digits)
    let count = withVaList([digits, value]) { vsnprintf(nil, 0, format, $0) }
    return String(unsafeUninitializedCapacity: Int(count) + 1) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        Int(withVaList([digits, value]) { vsnprintf(text.baseAddress, text.count, format, $0) })
      }
    }
  }

  private static nonisolated(unsafe) let locale = newlocale(LC_NUMERIC_MASK, "C", nil)
}
