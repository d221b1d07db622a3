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

  private var isWide: Bool {
    var low = 0
    var high = wideRanges.count
    while low < high {
      let middle = (low + high) / 2
      if wideRanges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < wideRanges.count && wideRanges[low].contains(value)
  }
}
