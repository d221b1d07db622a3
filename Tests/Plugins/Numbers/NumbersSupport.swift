import Glibc
import JSONText
import Reinit
import Testing

/// The plugins of this repository, and the numbers of others that lie beside their sources.
enum Numbers {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/")

  /// The folder of shared objects; they are built where there are none.
  private static let folder: String = {
    if let folder = getenv("REINIT_TEST_PLUGINS") { return String(cString: folder) }
    let folder = root + "/.build/plugins/lib"
    if access(folder + "/ZerO.so", R_OK) != 0 { _ = system("'\(root)/Scripts/plugins' >&2") }
    return folder
  }()

  /// The file of a plugin, such as `LoRA` or `example-c-layer`.
  static func file(_ name: String) -> String { "\(folder)/\(name).so" }

  /// A catalog of those plugins alone, loaded into this process.
  static func catalog(_ names: [String]) throws -> PluginCatalog {
    try PluginCatalog(
      PluginOptions(named: names.map(file), searchesFolders: false, scanner: nil, usesCache: false))
  }

  private static let all = Result {
    try catalog(["SqueezeExcite", "Fixup", "Spline", "Gabor", "LoRA", "ZerO", "SIREN", "MuP"])
  }

  /// The eight plugins, loaded together.
  static func catalog() throws -> PluginCatalog { try all.get() }

  /// A plugin's test/reference.json.
  static func reference(_ plugin: String) throws -> JSONValue {
    let path = "\(root)/Plugins/\(plugin)/test/reference.json"
    let file = try #require(fopen(path, "r"), "\(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return try JSONValue(parsing: bytes)
  }

  /// A new folder.
  static func temporaryFolder() throws -> String {
    var template = Array("/tmp/reinit-numbers-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    try #require(made != nil)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension PluginCatalog {
  /// A rule whose initializer may be a plugin's.
  func rule(_ text: String) throws -> Rule { try Rule(RuleText(parsing: text), registry: initializers) }

  /// A built-in layer, without values, whose `weight` has that shape, outputs first.
  func map(_ shape: [Int], dtype: DType = .f32) throws -> AnyNode {
    let layer: any Node =
      shape.count == 2
      ? Dense(in: shape[1], out: shape[0], bias: false)
      : Conv(in: shape[1], out: shape[0], kernel: Array(shape[2...]), bias: false)
    return try AnyNode(layer).map { Tensor(lazy: $0.shape, dtype: dtype) }
  }

  /// What a rule for `weight` gives.
  func weight(_ initializer: String, _ shape: [Int], dtype: DType = .f32, threads: Int? = nil) throws -> Tensor {
    var layer = try map(shape, dtype: dtype)
    let rule = try rule("weight=\(initializer)")
    try layer.reinitialize(seed: 7, threads: threads) { rule }
    return try #require(layer.tensor(at: "weight"))
  }

  /// What a rule for `weight` plans.
  func draw(_ initializer: String, _ shape: [Int]) throws -> Draw {
    let rule = try rule("weight=\(initializer)")
    let plan = try map(shape).plan(seed: 7) { rule }
    return try #require(plan.steps.first).draw
  }
}

extension JSONValue {
  /// The numbers of a list, by key.
  func numbers(_ key: String) -> [Double] { (self[key]?.array ?? []).compactMap(\.double) }
  /// The whole numbers of a list, by key.
  func sizes(_ key: String) -> [Int] { (self[key]?.array ?? []).compactMap(\.int) }
  /// The cases of a list, by key.
  func cases(_ key: String = "cases") -> [JSONValue] { self[key]?.array ?? [] }
  /// The first number of a list, or the number itself, by key.
  func number(_ key: String) -> Double { self[key]?.double ?? numbers(key).first ?? .nan }
  /// A number as it is written in an argument.
  func argument(_ key: String) -> String { "\(self[key]?.bool.map { "\($0)" } ?? "\(number(key))")" }
  /// 32-bit floats of that shape, by key.
  func tensor(_ key: String, _ shape: Shape) -> Tensor { Tensor(numbers(key).map(Float.init), shape: shape) }
}

/// The largest difference, as a part of the largest number expected; infinite where one is missing or no number.
func distance(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count, let largest = expected.map(abs).max() else { return .infinity }
  let distances = zip(found, expected).map { $0 == $1 ? 0 : abs($0 - $1) / largest }
  return distances.contains(where: \.isNaN) ? .infinity : distances.max() ?? .infinity
}

/// Requires an error of a code whose message holds a text.
func expectError(
  _ code: Code, _ text: String, _ comment: String, _ location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Any
) {
  do {
    Issue.record("\(comment): no error but \(try body())", sourceLocation: location)
  } catch {
    let diagnostic = error as? Diagnostic
    #expect(
      diagnostic?.code.id == code.id && diagnostic?.message.contains(text) == true, "\(comment): \(error)",
      sourceLocation: location)
  }
}

/// SplitMix64: the same numbers in every run.
struct Shuffler: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
