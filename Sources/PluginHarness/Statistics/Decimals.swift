import Glibc

/// Numbers in messages.
enum Decimals {
  /// Four significant digits.
  static func text(_ value: Double) -> String { text(value, "%.4g") }

  private static func text(_ value: Double, _ format: String) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      _ = withVaList([value]) { vsnprintf(start, 64, format, $0) }
      return String(cString: start)
    }
  }
}
