import Diagnostics
import Glibc
import LayerVocabulary
import Tensors
import Testing

@testable import Initializers

/// The old values of a tensor of another shape.
@Suite("Other grids, other inputs")
struct ResampleTests {
  private func filled(
    _ old: Tensor, _ shape: Shape, as dtype: DType = .f32, _ initializer: some CatalogInitializer
  ) throws -> Tensor {
    var source = DrawSource(name: "old", place: .old, shape: old.shape, dtype: old.dtype)
    source.values = old
    let draw: Draw
    switch initializer {
    case let resample as Resample:
      let layout = try #require(GridLayout(old.shape, shape, resample))
      let mode = try #require(Resample.Mode.allCases.firstIndex(of: resample.mode))
      draw = Draw(
        .resample,
        layout.numbers + [
          .init("mode", Double(mode)), .init("align_corners", resample.alignCorners ? 1 : 0),
          .init("antialias", resample.antialias ? 1 : 0),
        ]
      ).reading(source)
    case let channels as InputChannels:
      let mode = try #require(InputChannels.Mode.allCases.firstIndex(of: channels.mode))
      let numbers = [
        ("mode", mode), ("outer", shape[0]), ("inner", shape.sizes.dropFirst(2).reduce(1, *)), ("old", old.shape[1]),
        ("new", shape[1]),
      ]
      draw = Draw(.inputChannels, numbers.map { .init($0.0, Double($0.1)) }).reading(source)
    default: fatalError("another initializer")
    }
    try draw.check(shape: shape, dtype: dtype)
    let values = try MadeOfOthers(draw, shape, dtype, RandomStream(seed: 0, name: "w"))
    var tensor = Tensor(repeating: -7, shape: shape, dtype: dtype)
    try tensor.withMutableBytes { bytes in
      // In pieces that have nothing to do with rows.
      let step = 5 * dtype.size
      for start in stride(from: 0, to: bytes.count, by: step) {
        let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)])
        try values.write(from: start / dtype.size, to: piece)
      }
    }
    return tensor
  }

  /// What torch gives, in double precision.
  private static let cases = readReference("resample.tsv")

  @Test("There are references")
  func references() { #expect(ResampleTests.cases.count == 28) }

  @Test(
    "Every way of interpolation is torch's, for tables with places in front, and for grids of channels",
    arguments: cases)
  func interpolation(_ words: [String]) throws {
    let (sizes, values) = (words[3..<7].compactMap { Int($0) }, words[7...].compactMap { Double($0) })
    let (old, new) = (sizes[0] * sizes[1], sizes[2] * sizes[3])
    let resample = Resample(
      grid: Array(sizes[2...]), oldGrid: Array(sizes[..<2]), prefix: 1,
      mode: try #require(Resample.Mode(rawValue: words[0])), alignCorners: words[1] == "true",
      antialias: words[2] == "true")
    let grid = (0..<old).map { sin(0.7 * Double($0) + 0.1 * Double($0 * $0)) }
    // Three numbers a place: the grid, its opposite, and its double.
    let factors = [1.0, -1, 2]
    let table: [Double] = [9, 8, 7] + grid.flatMap { value -> [Double] in factors.map { $0 * value } }
    let found = try filled(Tensor(table.map(Float.init), shape: [1, old + 1, 3]), [1, new + 1, 3], resample).elements
    #expect(found.prefix(3) == [9, 8, 7])
    for (place, value) in values.enumerated() {
      for (index, factor) in factors.enumerated() {
        #expect(abs(found[3 + 3 * place + index] - factor * value) < 1e-6)
      }
    }
    guard sizes[0] != sizes[2], sizes[1] != sizes[3] else { return }
    var channels = resample
    (channels.grid, channels.oldGrid, channels.prefix) = (nil, nil, nil)
    let stacked = grid + grid.map { -$0 }
    let first = try filled(
      Tensor(stacked.map(Float.init), shape: [2, sizes[0], sizes[1]]), [2, sizes[2], sizes[3]], channels)
    for (place, value) in values.enumerated() {
      #expect(abs(first.elements[place] - value) < 1e-6 && abs(first.elements[new + place] + value) < 1e-6)
    }
  }

  @Test(
    "Without a word, the prefix is the one number with which both grids are squares",
    arguments: [
      ([197, 8], [577, 8], 1), ([196, 8], [576, 8], 0), ([1, 50, 4], [1, 197, 4], 1), ([3, 258, 4], [3, 1026, 4], 2),
    ] as [([Int], [Int], Int)])
  func prefixes(_ old: [Int], _ new: [Int], _ prefix: Int) throws {
    let layout = try #require(GridLayout(Shape(old), Shape(new), Resample()))
    #expect(layout.prefix == prefix && layout.fits(Shape(old), Shape(new)))
    #expect(GridLayout(Shape(old), Shape(new), Resample(prefix: prefix)) != nil)
    #expect(GridLayout(Shape(old), Shape(new), Resample(prefix: prefix + 1)) == nil)
  }

  @Test(
    "What may be read in two ways, or is no grid, is none",
    arguments: [
      ([17, 4], [65, 4]), ([7, 4], [9, 4]), ([2, 5, 4], [3, 5, 8]), ([1, 8, 8, 4], [1, 8, 4, 4]), ([8], [16]),
      ([4, 3], [4, 9]), ([1, 4, 5, 6], [1, 4, 5, 6, 1]), ([2, 2, 3, 3], [2, 3, 3, 4]),
    ] as [([Int], [Int])])
  func noGrids(_ old: [Int], _ new: [Int]) { #expect(GridLayout(Shape(old), Shape(new), Resample()) == nil) }

  @Test(
    "Repeated channels answer to equal inputs as before, and are the old ones in order",
    arguments: [DType.f64, .f32, .bf16])
  func repeated(_ dtype: DType) throws {
    let old = try Tensor(lazy: [4, 3, 2, 2], dtype: dtype)
      .filled(with: .normal(std: 1), from: RandomStream(seed: 2, name: "old"))
    for channels in [1, 2, 4, 9] {
      let found = try filled(old, [4, channels, 2, 2], as: dtype, InputChannels(.repeat)).elements
      let (tolerance, values) = (dtype == .bf16 ? 1.0 / 128 : 1e-6, old.elements)
      for index in found.indices {
        let (row, rest) = (index / (channels * 4), index % (channels * 4))
        let expected = values[row * 12 + (rest / 4) % 3 * 4 + rest % 4] * 3 / Double(channels)
        #expect(abs(found[index] - expected) <= tolerance * abs(expected))
      }
    }
  }

  @Test("One channel is the sum of all; with zeros, the old ones keep every bit", arguments: [DType.f64, .f32, .f16])
  func sums(_ dtype: DType) throws {
    let old = try Tensor(lazy: [5, 4, 3], dtype: dtype)
      .filled(with: .normal(std: 1), from: RandomStream(seed: 2, name: "old"))
    let sum = try filled(old, [5, 1, 3], as: dtype, InputChannels(.sum)).elements
    for index in sum.indices {
      let expected = (0..<4).reduce(0) { $0 + old.elements[index / 3 * 12 + $1 * 3 + index % 3] }
      #expect(abs(sum[index] - expected) <= (dtype == .f16 ? 1e-3 : 1e-6) * max(1, abs(expected)))
    }
    let wide = try filled(old, [5, 9, 3], as: dtype, InputChannels(.zero)).elements
    let narrow = try filled(old, [5, 2, 3], as: dtype, InputChannels(.zero)).elements
    for row in 0..<5 {
      #expect(wide[row * 27..<row * 27 + 12] == old.elements[row * 12..<row * 12 + 12])
      #expect(wide[row * 27 + 12..<row * 27 + 27].allSatisfy { $0 == 0 })
      #expect(narrow[row * 6..<row * 6 + 6] == old.elements[row * 12..<row * 12 + 6])
    }
  }

  @Test(
    "Both read back what they print",
    arguments: [
      "resample", "resample(grid: [24, 12], old_grid: [14, 7], prefix: 1)", "resample(mode: nearest)",
      "resample(align_corners: false, antialias: true)", "input_channels(sum)", "input_channels(zero, from: old.pt)",
    ])
  func texts(_ text: String) throws {
    #expect(
      try InitializerRegistry.standard.initializer(parsing: text).description.contains(text.split(separator: "(")[0]))
    let printed = try InitializerRegistry.standard.initializer(parsing: text).description
    #expect(try InitializerRegistry.standard.initializer(parsing: printed).description == printed)
  }

  @Test(
    "What is no grid, or what nobody smooths, is refused where it stands",
    arguments: [
      "resample(grid: 24)", "resample(grid: [24])", "resample(grid: [0, 4])", "resample(prefix: -1)",
      "resample(mode: area)",
      "resample(antialias: true)", "resample(align_corners: false, antialias: true, mode: nearest)", "input_channels",
      "input_channels(mean)",
    ])
  func refused(_ text: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try Tensor(lazy: [4, 4], dtype: .f32).filled(
        with: InitializerRegistry.standard.initializer(parsing: text), from: RandomStream(seed: 0, name: "w"))
    }
    #expect([.argumentKind, .argumentOutOfRange, .missingArgument].contains(error?.code))
  }
}
