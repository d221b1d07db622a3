import Checkpoints
import Diagnostics
import JSONText
import LayerVocabulary
import Testing

private let text = """
  {"model_type": "llava", "torch_dtype": "float16", "use_cache": true, "tie": false, "empty": [], "none": null,
   "initializer_range": 0.02, "depths": [2, 2, 6, 2], "time_step_limit": [0.0, Infinity], "low": -Infinity,
   "said": "Infinity is \\"NaN\\" here", "bound": {"__float__": "NaN"},
   "text_config": {"hidden_size": 4096, "rope": {"theta": [1, {"base": 10000}]}}, "vision_config": {"hidden_size": 1024, "patch_size": 14}}
  """

@Test(
  "A field of config.json is found by its dotted path",
  arguments: [
    ("initializer_range", 0.02), ("depths[2]", 6), ("use_cache", 1), ("tie", 0), ("text_config.hidden_size", 4096),
    ("text_config.rope.theta[1].base", 10000), ("time_step_limit[1]", .infinity), ("low", -.infinity),
    ("depths[4]", nil), ("depths", nil), ("hidden_size", nil), ("none", nil), ("torch_dtype", nil), ("said", nil),
    ("", nil), ("depths[-1]", nil), ("depths[x]", nil), ("a..b", nil), ("[0]", nil), ("none.x", nil),
  ] as [(String, Double?)])
func fields(_ field: String, _ expected: Double?) throws {
  #expect(try ModelConfig(parsing: text).number(field) == expected)
}

@Test("Fields are looked up in nested objects and defaults, in this order")
func nestedFields() throws {
  var config = try ModelConfig(parsing: text)
  config.nested = ["text_config", "vision_config"]
  config = config.defaulting("hidden_size", to: 1).defaulting("layers", to: .integer(12)).defaulting("none", to: 3)
  let fields = ["initializer_range", "hidden_size", "patch_size", "layers", "none", "absent"]
  // What config.json says is null has no default: the framework has none there either.
  #expect(fields.map(config.number) == [0.02, 4096, 14, 12, nil, nil])
}

@Test("A field says yes if it is there and is not nothing")
func yes() throws {
  let config = try ModelConfig(parsing: text)
  #expect(["use_cache", "depths", "torch_dtype", "text_config", "initializer_range"].allSatisfy(config.says))
  #expect(!["tie", "empty", "none", "absent"].contains(where: config.says))
  #expect(config.architectures == ["llava"])
  #expect(config.text("said") == "Infinity is \"NaN\" here")
  #expect(try ModelConfig(parsing: text).number("bound")?.isNaN == true)
}

@Test(
  "What is no configuration is refused",
  arguments: ["", "[1]", "null", "{\"a\": }", "{\"a\": Infinit}", "{\"a\": 1, \"a\": 2}"])
func noConfig(_ text: String) {
  let error = #expect(throws: Diagnostic.self) { try ModelConfig(parsing: text, source: "config.json") }
  #expect(error?.code == .malformedConfig)
  #expect(error?.place?.contains("config.json") == true)
}
