/// The number of terminal columns that a string takes, counted by what a reader sees as one character.
func displayWidth(_ string: some StringProtocol) -> Int {
  if string.utf8.allSatisfy({ $0 < 0x80 }) { return string.utf8.count }
  return string.reduce(0) { $0 + displayWidth($1) }
}

/// The columns of one user-perceived character: 0, 1 or 2, however many letters a script joins into it.
func displayWidth(_ character: Character) -> Int {
  let scalars = character.unicodeScalars
  guard let first = scalars.first else { return 0 }
  guard scalars.count > 1 else { return first.displayWidth }
  if first.properties.isEmoji, scalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
  if first.isRegionalIndicator { return 2 }
  var width = 0
  for scalar in scalars {
    // What follows a joiner or a skin tone is drawn into the picture before it.
    if scalar.value == 0x200D, first.properties.isEmoji { break }
    if width == 0 || !scalar.properties.isEmojiModifier { width += scalar.displayWidth }
  }
  return min(width, 2)
}

extension Unicode.Scalar {
  fileprivate var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

  fileprivate var displayWidth: Int {
    if value < 0x300 { return 1 }
    // Vowels and finals of Hangul are drawn into the syllable that their consonant begins.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide ? 2 : 1
    }
  }

  /// East Asian Width W and F (Unicode 17); the emoji among them are a property that the standard library has.
  private var isWide: Bool { properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x302D, 0x3030...0x303E,
    0x3041...0x3163, 0x3165...0x3247, 0x3250...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE3, 0x16FF2...0x1B2FB,
    0x1D300...0x1D376, 0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]
}
