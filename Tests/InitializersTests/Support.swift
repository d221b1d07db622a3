import Diagnostics
import Functors
import Glibc
import Initializers
import LayerVocabulary
import LinearAlgebra
import Tensors
import Testing

/// Whether OpenBLAS is there; without it, orthogonal matrices are an error.
let hasBLAS = (try? LinearAlgebra.requireLibrary()) != nil

/// A weight whose layer is known; torch's `[out, in, …]` unless said otherwise.
func weight(
  _ shape: Shape, _ geometry: Geometry? = Geometry(), dtype: DType = .f32, name: String = "net.weight"
) -> ParameterContext {
  ParameterContext(name: name, shape: shape, dtype: dtype, geometry: geometry)
}

/// Values of an initializer for a context, from a fixed seed.
func values(_ initializer: some Initializer, _ context: ParameterContext, seed: UInt64 = 1) throws -> [Double] {
  let draw = try initializer.draw(for: context)
  let stream = RandomStream(seed: seed, name: context.name)
  return try Tensor(drawing: draw, shape: context.shape, dtype: context.dtype, stream: stream).elements
}

/// The probability that the largest distance to the distribution function is as large by chance
/// (Kolmogorov; Stephens' correction for finite samples).
func kolmogorovSmirnov(_ sample: [Double], _ cumulative: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let n = Double(sorted.count)
  var distance = 0.0
  for (i, x) in sorted.enumerated() {
    let p = cumulative(x)
    distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
  }
  let t = (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
  guard t > 0.2 else { return 1 }
  var tail = 0.0
  for k in 1...100 {
    let term = 2 * exp(-2 * Double(k * k) * t * t)
    tail += k % 2 == 1 ? term : -term
  }
  return min(1, max(0, tail))
}

/// The distribution function of the standard normal distribution.
func normalCumulative(_ x: Double) -> Double { erfc(-x * 0.5.squareRoot()) / 2 }

/// Mean, standard deviation and kurtosis (3 for the normal distribution).
func moments(_ sample: [Double]) -> (mean: Double, std: Double, kurtosis: Double) {
  let n = Double(sample.count)
  let mean = sample.reduce(0, +) / n
  let m2 = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
  let m4 = sample.reduce(0) { $0 + pow($1 - mean, 4) } / n
  return (mean, m2.squareRoot(), m4 / (m2 * m2))
}

func expectClose(
  _ a: Double, _ b: Double, relative: Double = 1e-12, _ comment: Comment? = nil,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(abs(a - b) <= relative * max(abs(a), abs(b)), comment, sourceLocation: location)
}

/// The whole text of the error that something throws.
func errorText(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

/// The standard deviation, or the bound, that a text resolves to.
func resolved(_ text: String, _ context: ParameterContext) throws -> Draw {
  try InitializerRegistry.standard.initializer(parsing: text).draw(for: context)
}

/// The folder of the test's sources.
let testFolder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/"

/// The whole text of a file, or nil.
func readText(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

/// Compares a text with the approved one; `REINIT_GOLDEN=write` approves it.
func expectGolden(_ text: String, _ path: String, _ location: SourceLocation = #_sourceLocation) {
  if getenv("REINIT_GOLDEN").map({ String(cString: $0) }) == "write", let file = fopen(path, "w") {
    fputs(text, file)
    fclose(file)
  }
  let approved = (readText(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let difference = lines.difference(from: approved).map { "\($0)" }.joined(separator: "\n")
  #expect(difference == "", sourceLocation: location)
}

/// The rows of a table of reference values whose cells stand between tabs; lines with `#` are comments.
func readReference(_ name: String) -> [[String]] {
  (readText(testFolder + "Golden/Reference/" + name) ?? "").split(separator: "\n").filter {
    !$0.hasPrefix("#")
  }
  .map { $0.split(separator: "\t").map(String.init) }
}
