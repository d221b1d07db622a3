import Diagnostics
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// Methods that see a tensor as a whole, made range by range.
@Suite("Patterns") struct PatternTests {
  static let cases: [(text: String, shape: Shape)] = [
    ("dirac", [6, 4, 3, 3]), ("identity(gain: 0.3)", [5, 7]),
    ("sparse(0.3)", [40, 30]), ("sparse(0.5, axis: rows)", [13, 21]), ("sparse(0)", [4, 4]), ("sparse(1)", [4, 4]),
  ]

  private static func draw(_ text: String, _ shape: Shape) throws -> Draw {
    try resolved(text, weight(shape))
  }

  @Test("Any cut into ranges gives the values of the whole, in every type", arguments: cases.indices)
  func cuts(_ index: Int) throws {
    let (text, shape) = Self.cases[index]
    let draw = try Self.draw(text, shape)
    guard draw.isPattern else { return #expect(draw.isElementwise) }
    let stream = RandomStream(seed: 3, name: "w")
    let whole = try Tensor(drawing: draw, shape: shape, stream: stream)
    let pattern = try draw.pattern(shape: shape, stream: stream)
    for dtype in [DType.f32, .bf16, .f64] {
      let expected = whole.converted(to: dtype)
      for length in [1, 7, shape.count] {
        var tensor = Tensor(zeros: shape, dtype: dtype)
        try tensor.withMutableBytes { (bytes) throws(Diagnostic) in
          for first in stride(from: 0, to: shape.count, by: length) {
            let end = min(shape.count, first + length)
            try pattern.fill(
              UnsafeMutableRawBufferPointer(rebasing: bytes[first * dtype.size..<end * dtype.size]), dtype: dtype,
              from: first)
          }
        }
        #expect(tensor == expected, "\(text) \(dtype) by \(length)")
      }
    }
  }

  @Test(
    "Each line of a sparse matrix has its number of zeros, where the words of lane 1 are smallest", arguments: [0, 1])
  func zeros(_ along: Int) throws {
    let shape: Shape = [30, 20]
    let draw = Draw(.sparse, [.init("std", 1), .init("zeros", 7), .init("along", Double(along))])
    let values = try draw.values(shape: shape, stream: RandomStream(seed: 3, name: "w"))
    var words = [UInt32](repeating: 0, count: shape.count)
    let lane = RandomStream(seed: 3, nameHash: RandomStream(seed: 3, name: "w").nameHash, lane: 1)
    words.withUnsafeMutableBufferPointer { lane.fillWords($0, from: 0) }
    for line in 0..<shape[1 - along] {
      let places = (0..<shape[along]).map { along == 0 ? $0 * 20 + line : line * 20 + $0 }
      let smallest = Set(places.sorted { words[$0] < words[$1] }.prefix(7))
      #expect(Set(places.filter { values[$0] == 0 }) == smallest)
    }
  }

  @Test("A tensor that no memory holds is an error where the method needs all of it, and none where it does not")
  func memory() throws {
    // More than an address has bits for.
    let shape: Shape = [1 << 26, 1 << 26]
    let error = #expect(throws: Diagnostic.self) {
      _ = try Draw(
        .orthogonal,
        [
          .init("gain", 1), .init("out_axis", 0), .init("out_pieces", 1), .init("in_axis", 1), .init("in_pieces", 1),
        ]
      ).values(shape: shape, stream: RandomStream(seed: 1, name: "w"))
    }
    #expect(error?.code == .outOfMemory)
    let draw = try Self.draw("identity", [1 << 20, 1 << 30])
    let pattern = try draw.pattern(shape: [1 << 20, 1 << 30], stream: RandomStream(seed: 1, name: "w"))
    var values = [Float](repeating: 7, count: 10)
    try values.withUnsafeMutableBufferPointer { (buffer) throws(Diagnostic) in
      try pattern.fill(buffer, from: 5 << 30)
    }
    #expect(values == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  }
}
