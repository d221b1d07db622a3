extension FixedWidthInteger {
  /// The whole part of a number, or the nearest integer that there is; 0 for what is not a number.
  ///
  /// The one way from floating point to integers on paths that outside numbers reach: `Int(_:)` traps.
  @inlinable
  package init(clamping value: Double) {
    if let whole = Self(exactly: value.rounded(.towardZero)) {
      self = whole
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }
}
