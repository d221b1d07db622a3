import CallText
import Diagnostics
import Initializers
import JSONText
import LayerVocabulary
import PluginHost
import Testing

@Suite("Plain functions in a manifest")
struct ManifestTests {
  private func function(_ text: String) throws(Diagnostic) -> ManifestFunction {
    try ManifestFunction(try JSONValue(parsing: Array(text.utf8)), at: "gabor.so, manifest /functions/0")
  }

  /// A declaration with further arguments.
  private func bulk(_ arguments: String = "", _ keys: String = "") -> String {
    """
    {"name": "lecun", "result": "void"\(keys), "args": [{"type": "f32*", "role": "out"},
      {"type": "u64", "role": "count"}\(arguments.isEmpty ? "" : ", ")\(arguments)]}
    """
  }

  @Test("The declaration of the documentation is read")
  func whole() throws {
    let function = try function(
      """
      {"name": "lecun", "symbol": "lecun_normal", "summary": "normal with std 1/√fan_in", "version": 3,
       "formula": "N(0, 1/fan_in)", "reference": "LeCun 1998", "tolerance": 1e-6, "exclusive": true, "every_role": true,
       "result": "i32", "args": [{"type": "f32*", "role": "out"}, {"type": "u64", "role": "count"},
        {"type": "i64", "role": "offset"}, {"type": "f64", "role": "fan_in"},
        {"type": "f32", "role": "param", "name": "gain", "default": 1.0, "min": 0, "max": 10, "min_open": true,
         "summary": "factor"},
        {"type": "u64", "role": "seed"}, {"type": "i16", "role": "param", "name": "steps"},
        {"type": "u8", "role": "param", "name": "flip", "default": true, "may_have_no_effect": true}]}
      """)
    #expect(
      [function.name, function.symbol, function.summary] == ["lecun", "lecun_normal", "normal with std 1/√fan_in"])
    #expect([function.formula, function.reference] == ["N(0, 1/fan_in)", "LeCun 1998"])
    #expect(function.version == 3 && function.tolerance == 1e-6)
    #expect(function.isExclusive && function.reachesEveryRole)
    #expect(
      function.parameters == [
        PluginParameter(
          name: "gain", summary: "factor", kind: .real, defaultValue: .number(1), minimum: .init(0, isOpen: true),
          maximum: .init(10)),
        PluginParameter(name: "steps", summary: "", kind: .int, defaultValue: nil),
        PluginParameter(name: "flip", summary: "", kind: .bool, defaultValue: .word("true"), mayHaveNoEffect: true),
      ])
    #expect(
      function.signature.prototype(named: function.symbol)
        == "int32_t lecun_normal(float *out, uint64_t n, int64_t offset, double fan_in, float gain, uint64_t seed, "
        + "int16_t steps, uint8_t flip)")
  }

  @Test("What is not said has its usual value")
  func defaults() throws {
    let function = try function(bulk())
    #expect([function.symbol, function.summary, function.formula, function.reference] == ["lecun", "", "", ""])
    #expect(function.version == 1 && function.tolerance == 0 && !function.isExclusive && !function.reachesEveryRole)
    #expect(function.parameters == [])
  }

  @Test("Outputs and shapes are known by what they point to")
  func pointers() throws {
    let doubles = try function(
      #"{"name": "f", "result": "void", "args": [{"type": "f64*", "role": "out"}, {"type": "i64*", "role": "shape"}]}"#)
    #expect(doubles.signature.prototype(named: "f") == "void f(double *out, const int64_t *shape)")
  }

  /// A declaration that is refused: its text, the code, where, and what the message or a hint says.
  static let refusals: [(String, ErrorCode, place: String, words: String)] = [
    ("[]", .functionDeclaration, "", "an object"),
    (#"{"result": "void", "args": []}"#, .functionDeclaration, "", "'name' is missing"),
    (#"{"name": "Lecun", "result": "void", "args": []}"#, .functionDeclaration, "", "[a-z][a-z0-9_]*"),
    (#"{"name": "f", "args": []}"#, .functionDeclaration, "", "'result' is missing"),
    (#"{"name": "f", "result": "void"}"#, .functionDeclaration, "", "'args' is missing"),
    (#"{"name": "f", "result": "void", "args": {}}"#, .functionDeclaration, "", "a list of objects"),
    (#"{"name": "f", "result": "float", "args": []}"#, .functionType, "/result", #"C's float is "f32""#),
    (#"{"name": "f", "result": "f32*", "args": []}"#, .functionType, "/result", "there is no type 'f32*'"),
    (#"{"name": "f", "result": "void", "version": 0, "args": []}"#, .functionDeclaration, "", "a whole number from 1"),
    (#"{"name": "f", "result": "void", "tolerance": -1, "args": []}"#, .functionDeclaration, "", "from 0 to 1"),
    (#"{"name": "f", "result": "void", "args": []}"#, .functionForm, "", "neither an output nor an index"),
  ]

  static let argumentRefusals: [(String, ErrorCode, place: String, words: String)] = [
    ("7", .functionDeclaration, "/args/2", "an object"),
    (#"{"type": "u64"}"#, .functionDeclaration, "/args/2", "'role' is missing"),
    (#"{"role": "seed"}"#, .functionDeclaration, "/args/2", "'type' is missing"),
    (#"{"type": "double", "role": "fan_in"}"#, .functionType, "/args/2/type", #"C's double is "f64""#),
    (#"{"type": "void", "role": "fan_in"}"#, .functionType, "/args/2/type", "there is no type 'void'"),
    (#"{"type": "f64", "role": "fan-in"}"#, .functionType, "/args/2/role", "a similar name exists: fan_in"),
    (#"{"type": "f64", "role": "user"}"#, .functionType, "/args/2/role", "there is no role 'user'"),
    (#"{"type": "f32", "role": "out"}"#, .functionArgument, "/args/2", "f32* or f64*"),
    (#"{"type": "f32*", "role": "shape"}"#, .functionArgument, "/args/2", "i64*"),
    (#"{"type": "f32*", "role": "seed"}"#, .functionArgument, "", "u64"),
    (#"{"type": "f32", "role": "param"}"#, .functionDeclaration, "/args/2", "'name' is missing"),
    (#"{"type": "f32", "role": "param", "name": "a", "default": "1"}"#, .functionDeclaration, "/args/2", #""1""#),
    (
      #"{"type": "f32", "role": "param", "name": "a", "default": true}"#, .functionDeclaration, "/args/2", "not a value"
    ),
    (#"{"type": "i32", "role": "param", "name": "a", "default": 0.5}"#, .functionDeclaration, "/args/2", "not a value"),
    (
      #"{"type": "f32", "role": "param", "name": "a", "default": 0, "min": 0, "min_open": true}"#, .functionDeclaration,
      "/args/2", "> 0"
    ),
    (
      #"{"type": "f32", "role": "param", "name": "a", "min": 2, "max": 1}"#, .functionDeclaration, "/args/2",
      "'min' is above 'max'"
    ),
    (
      #"{"type": "f32", "role": "param", "name": "a"}, {"type": "f32", "role": "param", "name": "a"}"#,
      .functionDeclaration, "", "'a' twice"
    ),
  ]

  @Test("A declaration that is wrong as a whole is refused", arguments: refusals.indices)
  func refused(_ index: Int) { expect(Self.refusals[index].0, Self.refusals[index]) }

  @Test("An argument that is wrong is refused, and named", arguments: argumentRefusals.indices)
  func argumentRefused(_ index: Int) { expect(bulk(Self.argumentRefusals[index].0), Self.argumentRefusals[index]) }

  private func expect(_ text: String, _ wanted: (String, ErrorCode, place: String, words: String)) {
    let error = #expect(throws: Diagnostic.self) { try function(text) }
    #expect(error?.code == wanted.1)
    #expect(error?.description.contains(wanted.words) == true, "\(error?.description ?? "")")
    if !wanted.place.isEmpty { #expect(error?.place == "gabor.so, manifest /functions/0" + wanted.place) }
  }
}
