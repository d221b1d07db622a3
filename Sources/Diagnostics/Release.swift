/// Which release this is, for all parts that say so.
package enum Release {
  /// `0.1.0`.
  package static let version = "0.1.0"
}
