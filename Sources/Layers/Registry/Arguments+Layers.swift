import CallText
import Diagnostics
import Initializers
import Tensors

/// What the texts of layers have in common.
extension LayerDescriptor.Parameter {
  static func size(_ name: String, _ summary: String) -> Self { Self(name, nil, summary) }

  static func flag(_ name: String, _ value: Bool, _ summary: String) -> Self {
    Self(name, .word(value ? "true" : "false"), summary + ": true or false")
  }

  /// One number for every axis of a kernel, or one for each.
  static func axes(_ name: String, _ value: Double, _ summary: String) -> Self {
    Self(name, .number(value), summary + ": one number, or one for each spatial axis")
  }

  static func eps(_ value: Double, _ summary: String = "what is added to the variance") -> Self {
    Self("eps", .number(value), summary)
  }

  static let bias = flag("bias", true, "whether there is an offset")
  static let dtype = Self("dtype", .word("f32"), "the type of the elements: \(DType.floatingPointNames)")
}

extension Arguments {
  /// What a size or an index can be.
  private static let range = 0...Int(Int32.max)

  /// A size.
  func size(_ name: String, from least: Int = 0) throws(Diagnostic) -> Int {
    try integer(name, in: least...Arguments.range.upperBound)
  }

  /// A size, or nil for `none`.
  func optionalSize(_ name: String) throws(Diagnostic) -> Int? {
    try integer(name, in: Arguments.range, or: "none")
  }

  /// The sizes of a tensor's axes.
  func sizes(_ name: String) throws(Diagnostic) -> [Int] { try integers(name, in: Arguments.range) }

  /// The sizes of one to three spatial axes.
  func kernel(_ name: String = "kernel") throws(Diagnostic) -> [Int] {
    let kernel = try integers(name, in: 1...Arguments.range.upperBound)
    guard (1...3).contains(kernel.count) else {
      throw outOfRange(name, expected: "1 to 3 sizes", found: .list(kernel.map(Double.init)))
    }
    return kernel
  }

  /// A number for each of some spatial axes; a single one is meant for all.
  func axes(_ name: String, _ count: Int, from least: Int = 0) throws(Diagnostic) -> [Int] {
    let values = try integers(name, in: least...Arguments.range.upperBound)
    if case .number = self[name] { return Array(repeating: values.first ?? least, count: count) }
    guard values.count == count else {
      throw outOfRange(
        name, expected: "a number for each of \(count) axes", found: .list(values.map(Double.init)))
    }
    return values
  }

  /// A finite number within a range.
  func number(_ name: String, in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    let number = try number(name)
    guard range.contains(number), number.isFinite else {
      let bounds =
        range.upperBound.isFinite ? "\(range.lowerBound) to \(range.upperBound)" : "\(range.lowerBound) on"
      throw outOfRange(
        name, expected: range.lowerBound.isFinite ? "a number from \(bounds)" : "a finite number",
        found: .number(number))
    }
    return number
  }

  func finite(_ name: String) throws(Diagnostic) -> Double {
    try number(name, in: -Double.infinity...Double.infinity)
  }

  func eps() throws(Diagnostic) -> Double { try number("eps", in: 0...Double.infinity) }

  /// A type whose elements are floating-point numbers.
  func dtype() throws(Diagnostic) -> DType {
    let dtype: DType = try word("dtype")
    guard dtype.isFloatingPoint else {
      throw outOfRange("dtype", expected: "a floating-point type", found: .word(dtype.rawValue))
    }
    return dtype
  }

  /// The sizes of a tensor that can be.
  func shape(_ name: String) throws(Diagnostic) -> [Int] {
    let sizes = try sizes(name)
    try requireTensor(sizes, name)
    return sizes
  }

  /// Refuses sizes whose product no tensor can have; the last argument that is at fault is named.
  func requireTensor(_ sizes: [Int], _ name: String) throws(Diagnostic) {
    let limit = Int.max / 16
    guard let shape = Shape(checking: sizes), shape.count <= limit else {
      throw outOfRange(
        name, expected: "a tensor of at most 2^59 elements", found: .list(sizes.map(Double.init)))
    }
  }

  /// Refuses a number of equal pieces that does not divide what is cut.
  func requireDivisor(_ pieces: Int, _ what: String, of sizes: Int...) throws(Diagnostic) {
    guard pieces > 0, sizes.allSatisfy({ $0 % pieces == 0 }) else {
      throw Diagnostic(
        .layerMisfit, "\(pieces) \(what) do not divide \(sizes.map(String.init).joined(separator: " and "))",
        expected: "a divisor", found: "\(pieces)")
    }
  }
}
