@testable import Presentation

/// Removes the color codes that a style writes, and no others.
func withoutEscapeCodes(_ line: String) -> String {
  var result = ""
  var rest = line[...]
  while let start = rest.firstIndex(of: "\u{1B}"), let end = rest[start...].firstIndex(of: "m") {
    result += rest[..<start]
    rest = rest[rest.index(after: end)...]
  }
  return result + rest
}

/// SplitMix64: the same numbers in every run.
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A string of ordinary, wide, combining and hostile characters.
  mutating func hostileString() -> String {
    let pieces = [
      "conv", ".", "weight", "重み", "e\u{301}", "\u{1B}[2J", "\u{7}", "\n", "\r", "\t", "\u{9B}31m",
      "\u{202E}",
      "\u{200B}", "\u{0}", "👩‍👩‍👧", "🇸🇪", "가", "\u{2028}", "\u{FEFF}", "×", "−", "\u{1B}]0;x\u{7}", "\u{7F}",
    ]
    let count = Int.random(in: 0..<9, using: &self)
    return (0..<count).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
  }
}
