import Diagnostics

/// Which tensors of repeated blocks are made of an old one that an earlier block is made of.
enum FurtherCopies {
  /// A name without its numbers, and the old tensor.
  private struct Family: Hashable {
    let shape: [ByteName]
    let old: ByteName
  }

  /// The tensors, with the further copies marked.
  ///
  /// Of those that are one old tensor under names that differ in numbers alone, the one with the smallest numbers is the old one, and the
  /// others are further copies. Names that differ otherwise, such as a head that was tied, are no blocks.
  static func marked(_ tensors: [Fit.Tensor]) -> [Fit.Tensor] {
    var families: [Family: [(numbers: [Int], index: Int)]] = [:]
    for (index, tensor) in tensors.enumerated() {
      guard case .kept(let old) = tensor.origin else { continue }
      let words = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      let numbers = words.compactMap { Int($0) }
      guard !numbers.isEmpty else { continue }
      let shape = words.map { ByteName(Int($0) == nil ? String($0) : "0") }
      families[Family(shape: shape, old: ByteName(old)), default: []].append((numbers, index))
    }
    var marked = tensors
    for family in families.values where family.count > 1 {
      let first = family.min { $0.numbers.lexicographicallyPrecedes($1.numbers) }?.index
      for member in family where member.index != first { marked[member.index].isFurtherCopy = true }
    }
    return marked
  }
}
