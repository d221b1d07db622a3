import Initializers
import LayerVocabulary

/// Cost against size over five orders of magnitude.
struct Curve {
  let row: Int
  let name: String
  /// Sizes, in the curve's own unit, with the seconds that they take.
  var points: [(size: Int, seconds: Double)] = []

  /// The curves of rows 1, 7 and 8.
  static func all(_ memory: Memory, folder: String) throws -> [Curve] {
    try [fills(memory), walks(), plans(), files(folder)]
  }

  private static func fills(_ memory: Memory) throws -> Curve {
    try curve(1, "normal fill, elements, 1T", powers(3...8)) { size in
      try FillRows.fill(memory, .normal(std: 1), 1, count: size)()
    }
  }
  private static func walks() throws -> Curve {
    try curve(7, "lay a tree flat, nodes", powers(1...6)) { try ModelRows.walk(nodes: $0)() }
  }
  private static func plans() throws -> Curve {
    try curve(7, "plan two rules, nodes", powers(1...6)) { try ModelRows.plan(nodes: $0)() }
  }
  private static func files(_ folder: String) throws -> Curve {
    try curve(8, "file in place, bytes, 1T", powers(4...9)) { size in
      try FileRows.inPlace("\(folder)/size\(size).safetensors", bytes: size, threads: 1)()
    }
  }

  private static func curve(
    _ row: Int, _ name: String, _ sizes: [Int], _ work: (Int) throws -> () throws -> Double
  ) throws -> Curve {
    var curve = Curve(row: row, name: name)
    for size in sizes {
      let run = try work(size)
      _ = try run()
      curve.points.append((size, median(try (0..<5).map { _ in try run() })))
    }
    return curve
  }

  private static func powers(_ exponents: ClosedRange<Int>) -> [Int] {
    exponents.map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }
  }
}
