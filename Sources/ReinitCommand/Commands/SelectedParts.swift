import Diagnostics
import Reinit

/// What the brackets at the end of a selector mean of the tensors that it names.
struct SelectedParts {
  /// As it is written; nil for all of each tensor.
  let text: String?
  /// For each tensor, which elements; empty for all of all.
  let regions: [Region?]

  /// - Throws: R0222 to R0226; R0203 where a condition holds of nothing in a tensor.
  init(_ selector: Selector?, _ leaves: [Int], _ checkpoint: Checkpoint) throws {
    guard let part = selector?.part else {
      (text, regions) = (nil, [])
      return
    }
    text = part.description
    regions = try leaves.map { leaf in
      if let region = try checkpoint.region(of: part, ofLeaf: leaf) { return region }
      throw Diagnostic(
        .ruleMatchesNothing, "the condition holds of no row, or the mask is empty",
        at: "'\(checkpoint.inventory.path(ofLeaf: leaf))[\(part)]'")
    }
  }

  /// What stands behind a path.
  var brackets: String { text.map { "[\($0)]" } ?? "" }

  subscript(index: Int) -> Region? { regions.indices.contains(index) ? regions[index] : nil }
}
