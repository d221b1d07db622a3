import Diagnostics
import LayerVocabulary
import Tensors

extension PartResolver {
  /// What belongs to one head of packed attention: `head 5`, and where several heads share keys and values `kv_head 1`.
  ///
  /// - Parameter parts: what is packed in the tensor.
  /// - Throws: ``Diagnostics/ErrorCode/partUnknown`` where no queries, keys and values are packed, or nobody says of how many heads;
  ///   ``Diagnostics/ErrorCode/partMisplaced`` for one in pieces that are no rows.
  func head(_ kind: String, _ number: Int, of parts: [Geometry.NamedPart], _ part: Part) throws(Diagnostic)
    -> Region.Elements
  {
    let projections = ["q", "k", "v"].compactMap { name in parts.first { $0.name == name } }
    guard projections.count == 3 else {
      throw unknownHead(
        part, "no queries, keys and values are known to be packed in this tensor", "a slice, such as [640:768]")
    }
    guard let heads = headCount else {
      throw unknownHead(part, "how many heads there are is not known", "num_attention_heads in config.json")
    }
    let sizes = projections.map { $0.ranges.reduce(0) { $0 + $1.count } }
    guard heads > 0, sizes[0] % heads == 0, case let size = sizes[0] / heads, size > 0, sizes[1] % size == 0,
      sizes[1] == sizes[2]
    else {
      throw unknownHead(part, "\(heads) heads do not divide queries, keys and values of \(sizes)", "heads of one size")
    }
    let keyHeads = sizes[1] / size
    let isOfKeys = kind == "kv_head"
    let own = isOfKeys ? projections[1...] : keyHeads == heads ? projections[...] : projections[..<1]
    let count = isOfKeys ? keyHeads : heads
    guard number < count else {
      throw unknownHead(part, "there are \(count) of them", "\(kind) 0 to \(kind) \(count - 1)")
    }
    let ranges = own.flatMap { $0.elements(number * size..<(number + 1) * size) }.sorted {
      $0.lowerBound < $1.lowerBound
    }
    return try elements(along: projections[0].axis, ranges.joined, part)
  }

  /// How many heads config.json says.
  private var headCount: Int? {
    ["num_attention_heads", "n_head", "n_heads", "num_heads"].lazy.compactMap { config?.number($0) }.first.flatMap {
      Int(exactly: $0)
    }
  }

  private func unknownHead(_ part: Part, _ problem: String, _ expected: String) -> Diagnostic {
    Diagnostic(.partUnknown, "a tensor has no part '\(part)': \(problem)", at: place(part), expected: expected)
  }
}

extension Geometry.NamedPart {
  /// The places of some of its elements along its axis, where it may lie in several pieces.
  fileprivate func elements(_ wanted: Range<Int>) -> [Range<Int>] {
    var (result, start) = ([Range<Int>](), 0)
    for range in ranges {
      let piece = (start..<start + range.count).clamped(to: wanted)
      if !piece.isEmpty {
        result.append(range.lowerBound + piece.lowerBound - start..<range.lowerBound + piece.upperBound - start)
      }
      start += range.count
    }
    return result
  }
}

extension [Range<Int>] {
  /// The same with neighbors made one.
  fileprivate var joined: [Range<Int>] {
    reduce(into: []) { joined, range in
      if let last = joined.last, last.upperBound == range.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<range.upperBound
      } else {
        joined.append(range)
      }
    }
  }
}
