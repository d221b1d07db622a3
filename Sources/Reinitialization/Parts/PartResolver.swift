import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// What a part means for one parameter: what its layer and its values say of it.
struct PartResolver {
  /// The parameter's name, for errors.
  let name: String
  let shape: Shape
  let dtype: DType
  let geometry: Geometry?
  /// The weight that a bias is added to.
  let weight: (shape: Shape, geometry: Geometry)?
  /// Reads its values.
  let values: (any PartValues)?
  let leaf: Int
  /// Where indices stand that are no numbers.
  let config: ModelConfig?
  /// What it was in the checkpoint that the tree is made of; nil where it is made of none.
  var history: History?

  /// What a parameter was in another checkpoint.
  enum History {
    /// The same.
    case same
    /// Of another shape; what both have was taken over.
    case resized(Shape)
    /// Nothing of it was taken over.
    case new
  }

  /// The elements of a part; nil where a condition holds nowhere.
  /// - Throws: R0222 to R0227.
  func elements(of part: Part) throws(Diagnostic) -> Region.Elements? {
    switch part {
    case .slices(let slices): .box(try box(slices, part))
    case .named("new", nil) where history != nil: try new(part)
    case .named("old", nil) where history != nil: old
    case .named(let name, let number): try named(name, number, part)
    case .rows(let condition): try rows(where: condition, part)
    case .mask(let file): try mask(in: file, part)
    }
  }

  /// What was not in the other checkpoint; nil where there is nothing.
  private func new(_ part: Part) throws(Diagnostic) -> Region.Elements? {
    switch history {
    case nil, .same: return nil
    case .new: return .all
    case .resized(let old):
      let grown = shape.sizes.indices.filter { shape[$0] > old[$0] }
      guard let axis = grown.first else { return nil }
      guard grown.count == 1 else {
        throw Diagnostic(
          .partMisplaced, "what is new is not one piece: the tensor has grown along several axes", at: place(part),
          expected: "one axis that is longer", found: "\(old) → \(shape)", hints: ["name the pieces as slices"])
      }
      return .box(box(axis, old[axis]..<shape[axis]))
    }
  }

  /// What was taken over; nil where nothing was.
  private var old: Region.Elements? {
    switch history {
    case nil, .new: nil
    case .same: .all
    case .resized(let old):
      .box(zip(shape.sizes, old.sizes).map { AxisSlice(start: 0, count: min($0, $1)) })
    }
  }

  private func box(_ slices: [PartSlice], _ part: Part) throws(Diagnostic) -> [AxisSlice] {
    let said = slices.count { $0 != .ellipsis }
    guard said <= shape.rank else {
      throw Diagnostic(
        .partAxes, "a part has more slices than the tensor has axes", at: place(part),
        expected: "at most \(shape.rank), for a tensor of shape \(shape)", found: "\(said)")
    }
    let rest = Array(repeating: PartSlice.whole, count: shape.rank - said)
    let split = slices.firstIndex(of: .ellipsis) ?? slices.count
    let all = Array(slices[..<split]) + rest + Array(slices[split...].dropFirst())
    var result: [AxisSlice] = []
    for (axis, slice) in all.enumerated() { result.append(try self.slice(slice, axis, part)) }
    return result
  }

  private func number(_ index: PartIndex, _ part: Part) throws(Diagnostic) -> Int {
    switch index {
    case .number(let number): return number
    case .config(let field):
      if let value = config?.number(field).flatMap({ Int(exactly: $0) }) { return value }
      throw config.missing(field, at: place(part), expected: "an index")
    }
  }

  /// NumPy clips ranges to an axis and lets them be empty: here both are a slip, but for an end that says "all".
  private func slice(_ slice: PartSlice, _ axis: Int, _ part: Part) throws(Diagnostic) -> AxisSlice {
    let size = shape[axis]
    func counted(_ index: PartIndex) throws(Diagnostic) -> Int {
      let number = try number(index, part)
      return number < 0 ? number.addingReportingOverflow(size).partialValue : number
    }
    func outside() -> Diagnostic {
      Diagnostic(
        .partOutOfRange, "a slice is outside of the tensor, or has nothing in it", at: place(part),
        expected: "indices from \(-size) to \(size - 1) for axis \(axis) of shape \(shape)", found: found(slice))
    }
    switch slice {
    case .ellipsis: return AxisSlice(start: 0, count: size)
    case .index(let index):
      let start = try counted(index)
      guard (0..<size).contains(start) else { throw outside() }
      return AxisSlice(start: start, count: 1)
    case .range(let from, let to, let step):
      let (start, end) = (try counted(from ?? 0), try counted(to ?? .number(size)))
      guard start >= 0, start < end, end <= size else { throw outside() }
      return AxisSlice(start: start, count: (end - start + step - 1) / step, step: step)
    }
  }

  /// A slice as it is written, with the numbers behind its fields.
  private func found(_ slice: PartSlice) -> String {
    let values = Part.slices([slice]).fields.map { "\($0) = \(config?.number($0).map { "\(Int($0))" } ?? "")" }
    return "'\(slice)'" + (values.isEmpty ? "" : ", \(values.joined(separator: ", "))")
  }

  private func named(_ kind: String, _ number: Int?, _ part: Part) throws(Diagnostic) -> Region.Elements {
    if kind == "expert", let number, let axis = geometry?.expertAxis(of: shape) {
      guard number < shape[axis] else { throw unknown(part, "expert 0 to expert \(shape[axis] - 1)") }
      return .box(box(axis, number..<number + 1))
    }
    let parts =
      geometry?.namedParts(of: shape)
      ?? weight.flatMap { shape.rank == 1 ? $0.geometry.namedParts(ofBias: shape[0]) : nil } ?? []
    if let found = parts.first(where: { $0.name == part.description }) {
      return try elements(along: found.axis, found.ranges, part)
    }
    if let number, ["head", "kv_head"].contains(kind), !hasUnknownOrder {
      return try head(kind, number, of: parts, part)
    }
    let names = parts.map(\.name).filter { !$0.hasPrefix("part ") }
    throw unknown(part, (names.isEmpty ? parts.map(\.name) : names).joined(separator: ", "))
  }

  private func box(_ axis: Int, _ range: Range<Int>) -> [AxisSlice] {
    shape.sizes.enumerated().map { index, size in
      index == axis ? AxisSlice(start: range.lowerBound, count: range.count) : AxisSlice(start: 0, count: size)
    }
  }

  /// One range, or several; the regions of receipts have such rows along the first axis alone.
  func elements(along axis: Int, _ ranges: [Range<Int>], _ part: Part) throws(Diagnostic) -> Region.Elements {
    if ranges.count == 1 { return .box(box(axis, ranges[0])) }
    guard axis == 0 else {
      throw Diagnostic(
        .partMisplaced, "a part that lies in several pieces is not one slice", at: place(part),
        expected: "outputs along the first axis", found: "axis \(axis) of \(shape)",
        hints: [
          "name the pieces as slices: "
            + ranges.prefix(3).map { "[\(String(repeating: ":, ", count: axis))\($0.lowerBound):\($0.upperBound)]" }
            .joined(separator: ", ")
        ])
    }
    return .rows(ranges)
  }

  /// Whether something is packed here whose order nobody knows.
  private var hasUnknownOrder: Bool { (geometry ?? weight?.geometry)?.order == .unknown }

  private func unknown(_ part: Part, _ names: String) -> Diagnostic {
    guard !hasUnknownOrder else {
      return Diagnostic(
        .partUnknown, "where '\(part)' lies in this tensor is not known", at: place(part),
        expected: "config.json, or a word of yours: parts one after the other, or head by head",
        hints: [
          "--type 'PATH=Dense(parts: 3)': queries, keys and values one after the other",
          "--type 'PATH=Dense(parts: 3, heads: 12)': those of the first head, then those of the second",
        ])
    }
    return Diagnostic(
      .partUnknown, "a tensor has no part '\(part)'", at: place(part),
      expected: names.isEmpty ? "a slice: nothing is known to be packed in this tensor" : names,
      hints: names.isEmpty
        ? [
          "say what is packed: --type 'PATH=Dense(parts: 3)' for equal parts, 'Dense(parts: [4096, 1024, 1024])' for others",
          "what the layer does not tell is a slice: [128:256]",
        ] : [])
  }

  func place(_ part: Part) -> String { "'\(name)[\(part)]'" }
}

extension Inventory {
  /// The elements that a part means of a parameter; nil where its condition holds nowhere.
  package func region(
    of part: Part, ofLeaf leaf: Int, values: (any PartValues)?, config: ModelConfig?
  ) throws(Diagnostic) -> Region? {
    let facts = columns.facts(ofLeaf: leaf)
    let resolver = PartResolver(
      name: path(ofLeaf: leaf).description, shape: facts.shape, dtype: facts.dtype, geometry: facts.geometry,
      weight: columns.weight(besideLeaf: leaf), values: values, leaf: leaf, config: config)
    return try resolver.elements(of: part).map { Region($0, text: part.description) }
  }
}
