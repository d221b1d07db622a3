import Diagnostics
import Functors
import Glibc
import Inference
import Initializers
import JSONText
import Layers
import Tensors
import Testing

/// The folder of these tests.
let testFolder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/"

private struct Unreadable: Error { let path: String }

/// A file of reference values, made by Reference/make.py.
func reference(_ name: String) throws -> [JSONValue] {
  let path = testFolder + "Reference/\(name).json"
  guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return try JSONValue(parsing: bytes)["cases"]?.array ?? []
}

/// The numbers of Reference/make.py: from -1/2 to 1/2 in steps of 2^-16, scaled and shifted.
func numbers(_ shape: Shape, salt: Int, scale: Double = 1, shift: Double = 0) -> Tensor {
  let elements = (0..<shape.count).map { index -> Float in
    var h =
      UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ UInt32(truncatingIfNeeded: salt) &* 0x9E37_79B1
    h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
    h ^= h >> 12
    return Float((Double(h >> 16) / 65536 - 0.5) * scale + shift)
  }
  return Tensor(elements, shape: shape)
}

/// A layer whose floating-point tensors have values of their own, from the numbers of a salt on; what is a
/// variance is positive.
func filled(_ layer: any Node, from first: Int = 100) throws -> any Node {
  func open(_ layer: some Node) throws -> any Node {
    var salt = first
    return try layer.mapWithPath { path, tensor in
      defer { salt += 1 }
      let isVariance = path.description.hasSuffix("running_var")
      return numbers(tensor.shape, salt: salt, shift: isVariance ? 1 : 0).converted(to: tensor.dtype)
    }
  }
  return try open(layer)
}

/// A built-in layer from its text, with values.
func layer(_ text: String, _ children: [any Node] = [], from salt: Int = 100) throws -> any Node {
  try filled(try LayerRegistry.standard.layer(parsing: text, children: children), from: salt)
}

/// The largest difference, as a part of the number expected or, where that is larger, of the tensor's root
/// mean square; infinite where a number is missing or not one.
func distance(_ found: Tensor?, _ expected: [Double], shape: [Int]) -> Double {
  guard let found, found.shape.sizes == shape, found.dtype == .f32 else { return .infinity }
  let scale = (expected.reduce(0) { $0 + $1 * $1 } / Double(max(1, expected.count))).squareRoot()
  let distances = zip(found.elements, expected).map { a, b in
    a == b ? 0 : abs(a - b) / max(abs(b), scale, Double(Float.leastNormalMagnitude))
  }
  return distances.contains { $0.isNaN } ? .infinity : distances.max() ?? 0
}

/// The distance of two lists of tensors.
func distance(_ found: [Tensor], _ expected: [Tensor]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { distance($0, $1.elements, shape: $1.shape.sizes) }.max() ?? 0
}

/// Requires an error of a code, and gives its text.
@discardableResult
func expectError<Result>(
  _ code: ErrorCode, _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Result
) -> String {
  do {
    let result = try body()
    Issue.record("no error but \(result)", sourceLocation: location)
    return ""
  } catch {
    #expect((error as? Diagnostic)?.code.id == code.id, comment ?? "\(error)", sourceLocation: location)
    return "\(error)"
  }
}
