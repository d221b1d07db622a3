import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// How a weight is cut into matrices, outputs by everything else: one for each packed part and each group.
///
/// Columns run over the remaining axes in the tensor's own order.
struct MatrixLayout: Equatable, CustomStringConvertible {
  /// The axis whose elements are rows.
  var outAxis: Int
  /// How many matrices lie one after the other along ``outAxis``.
  var outPieces = 1
  /// The axis of the inputs.
  var inAxis: Int
  /// How many matrices lie one after the other along ``inAxis``: the groups of a transposed convolution.
  var inPieces = 1

  /// The layout of a layer's weight.
  init(_ geometry: Geometry) {
    outAxis = geometry.outAxis
    inAxis = geometry.inAxes.first ?? 0
    outPieces = geometry.isTransposed ? geometry.parts : geometry.parts * geometry.groups
    inPieces = geometry.isTransposed ? geometry.groups : 1
  }

  /// One matrix with the rows along an axis.
  init(outAxis: Int) {
    self.outAxis = outAxis
    inAxis = outAxis == 0 ? 1 : 0
  }

  /// What an error about two layouts prints.
  var description: String { "outputs along axis \(outAxis)" + (pieces == 1 ? "" : " in \(pieces) pieces") }

  /// The number of matrices.
  var pieces: Int { outPieces * inPieces }

  /// The same layout; for one plain matrix with the first axis as outputs, where both readings mean the same.
  func normalized(_ shape: Shape) -> MatrixLayout {
    shape.rank == 2 && pieces == 1 ? MatrixLayout(outAxis: 0) : self
  }

  /// The rows of one matrix.
  func rows(_ shape: Shape) -> Int { shape[outAxis] / outPieces }
  /// The columns of one matrix.
  func columns(_ shape: Shape) -> Int { shape.count / max(1, shape[outAxis]) / inPieces }

  /// The numbers that a draw keeps.
  var numbers: [Draw.Number] {
    [
      .init("out_axis", Double(outAxis)), .init("out_pieces", Double(outPieces)),
      .init("in_axis", Double(inAxis)),
      .init("in_pieces", Double(inPieces)),
    ]
  }

  /// The layout that a draw was made with.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if it does not fit the shape.
  init(_ draw: Draw, _ shape: Shape) throws(Diagnostic) {
    outAxis = try draw.integer("out_axis", in: 0...max(0, shape.rank - 1))
    inAxis = try draw.integer("in_axis", in: 0...max(0, shape.rank - 1))
    outPieces = try draw.integer("out_pieces", in: 1...Int(Int32.max))
    inPieces = try draw.integer("in_pieces", in: 1...Int(Int32.max))
    guard shape.rank >= 2, outAxis != inAxis, shape[outAxis] % outPieces == 0, shape[inAxis] % inPieces == 0,
      rows(shape) <= Int(Int32.max), columns(shape) <= Int(Int32.max)
    else { throw draw.malformed("\(self), which does not fit \(shape)") }
  }

  /// The position of the first element of one matrix.
  func start(of piece: Int, in shape: Shape) -> Int {
    let strides = shape.strides
    let (outPiece, inPiece) = piece.quotientAndRemainder(dividingBy: inPieces)
    return outPiece * rows(shape) * strides[outAxis] + inPiece * (shape[inAxis] / inPieces) * strides[inAxis]
  }

  /// The distance of each column's first element from that of the matrix.
  func columnOffsets(in shape: Shape) -> [Int] {
    let strides = shape.strides
    var columns = [0]
    for axis in 0..<shape.rank where axis != outAxis {
      let size = axis == inAxis ? shape[axis] / inPieces : shape[axis]
      columns = columns.flatMap { base in (0..<size).map { base + $0 * strides[axis] } }
    }
    return columns
  }
}

extension Shape {
  /// The distance between neighbors along each axis, in elements of a row-major tensor.
  var strides: [Int] {
    var strides = Array(repeating: 1, count: rank)
    for axis in (0..<max(0, rank - 1)).reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    return strides
  }
}

extension Draw {
  /// A number that must be whole.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard let value = self[name], let integer = Int(exactly: value), range.contains(integer) else {
      throw malformed("\(name) \(self[name].map { ArgumentValue.number($0).description } ?? "missing")")
    }
    return integer
  }

  /// A number that must be there, and finite.
  func number(_ name: String) throws(Diagnostic) -> Double {
    guard let value = self[name], value.isFinite else {
      throw malformed("\(name) \(self[name].map { "\($0)" } ?? "missing")")
    }
    return value
  }

  /// An error about numbers that do not fit.
  func malformed(_ found: String) -> Diagnostic {
    Diagnostic(
      .malformedDraw, "a recorded '\(method.rawValue)' cannot be repeated on this tensor", found: found)
  }
}
