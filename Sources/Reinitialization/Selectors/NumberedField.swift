/// A field that a layer has once for each of its levels and directions, under torch's names: `bias_hh` is `bias_hh_l0`,
/// `bias_hh_l0_reverse`, `bias_hh_l1` and so on.
struct NumberedField {
  private let prefix: [UInt8]

  init(_ name: String) { prefix = Array((name + "_l").utf8) }

  /// Whether a name is one of the field's.
  func matches(_ name: String) -> Bool {
    guard name.utf8.starts(with: prefix) else { return false }
    let rest = name.utf8.dropFirst(prefix.count)
    let end = rest.firstIndex { !(0x30...0x39).contains($0) } ?? rest.endIndex
    return end != rest.startIndex && (end == rest.endIndex || rest[end...].elementsEqual("_reverse".utf8))
  }
}
