import Diagnostics
import LayerVocabulary
import Tensors

extension PartResolver {
  /// About how many bytes are looked at together.
  private static let block = 1 << 20

  /// The rows of which a condition holds; nil where it holds of none.
  func rows(where condition: RowCondition, _ part: Part) throws(Diagnostic) -> Region.Elements? {
    guard shape.rank > 0, dtype.isFloatingPoint else {
      throw Diagnostic(
        .partCondition, "a condition on rows is for tensors that have rows of numbers", at: place(part),
        expected: "a tensor with an axis, of type \(DType.floatingPointNames)", found: "\(dtype) \(shape)")
    }
    guard let values else { throw noValues(part) }
    guard shape.count > 0 else { return nil }
    let rowBytes = shape.count / shape[0] * dtype.size
    let length = max(1, PartResolver.block / rowBytes)
    let pieces = (shape[0] + length - 1) / length
    let found = Cells<[Range<Int>]>(repeating: [], count: pieces)
    try Workers.run(pieces, threads: Workers.permitted) { (piece) throws(Diagnostic) in
      let rows = piece * length..<min((piece + 1) * length, shape[0])
      found[piece] = try meant(rows, rowBytes, condition, values)
    }
    let ranges = found.array.flatMap { $0 }.reduce(into: [Range<Int>]()) { $0.join($1) }
    return ranges.isEmpty ? nil : .rows(ranges)
  }

  private func meant(
    _ rows: Range<Int>, _ rowBytes: Int, _ condition: RowCondition, _ values: any PartValues
  ) throws(Diagnostic) -> [Range<Int>] {
    let bytes = try Memory.allocate(rows.count * rowBytes)
    defer { Memory.free(bytes) }
    let count = rowBytes / dtype.size
    let row = try Memory.allocate(of: Double.self, count: count)
    defer { Memory.free(row) }
    try values.read(
      leaf, from: rows.lowerBound * rowBytes,
      into: UnsafeMutableRawBufferPointer(start: bytes, count: rows.count * rowBytes))
    var ranges: [Range<Int>] = []
    for index in rows {
      let own = UnsafeRawBufferPointer(start: bytes + (index - rows.lowerBound) * rowBytes, count: rowBytes)
      let elements = UnsafeMutableBufferPointer(start: row, count: count)
      ElementBuffer.read(own, dtype: dtype, into: elements)
      if condition.holds(of: elements) { ranges.join(index..<index + 1) }
    }
    return ranges
  }

  /// The elements where a mask is set; nil where it is nowhere.
  func mask(in file: String, _ part: Part) throws(Diagnostic) -> Region.Elements? {
    guard let values else { throw noValues(part) }
    let mask = try values.mask(of: leaf, in: file)
    guard mask.tensor.shape == shape, mask.tensor.dtype == .bool || mask.tensor.dtype == .u8 else {
      throw Diagnostic(
        .partMask, "a mask does not fit the tensor", at: place(part), expected: "bool or u8 \(shape)",
        found: "\(mask.tensor.dtype) \(mask.tensor.shape)")
    }
    let isSet = mask.tensor.withBytes { bytes in bytes.contains { $0 != 0 } }
    try mask.tensor.validate()
    return isSet ? .mask(RegionMask(file: file, tensor: mask.name, values: mask.tensor)) : nil
  }

  private func noValues(_ part: Part) -> Diagnostic {
    Diagnostic(
      .partMisplaced, "a part is chosen by values, and there are none here", at: place(part),
      hints: ["conditions and masks are for a checkpoint, or for a model in memory"])
  }
}

extension RowCondition {
  fileprivate func holds(of row: UnsafeMutableBufferPointer<Double>) -> Bool {
    switch self {
    case .zero: return row.allSatisfy { $0 == 0 }
    case .nan: return row.contains { $0.isNaN }
    case .norm(let comparison, let bound):
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      switch comparison {
      case .less: return norm < bound
      case .atMost: return norm <= bound
      case .more: return norm > bound
      case .atLeast: return norm >= bound
      }
    }
  }
}

extension [Range<Int>] {
  /// Adds a range behind all others.
  fileprivate mutating func join(_ range: Range<Int>) {
    if let last, last.upperBound == range.lowerBound {
      self[count - 1] = last.lowerBound..<range.upperBound
    } else {
      append(range)
    }
  }
}
