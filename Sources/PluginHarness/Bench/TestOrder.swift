import Diagnostics
import JSONText

/// What a process is told to test; one argument of its command line.
struct TestOrder: Sendable, Equatable {
  var plugin: String
  var test: String
  var subject: String?
  var seed: UInt64 = 0
  /// The one case of a fuzzing test that is run.
  var fuzzCase: String?
  /// The result of an earlier process that this one has to have too.
  var reference: String?
  var others: [String] = []
  var examples: [String] = []
  var inputs: [String: [[Int]]] = [:]

  init(plugin: String, test: String, subject: String? = nil) {
    (self.plugin, self.test, self.subject) = (plugin, test, subject)
  }

  var json: JSONValue {
    var object: JSONObject = ["plugin": .string(plugin), "test": .string(test), "seed": .string("\(seed)")]
    if let subject { object.append("subject", .string(subject)) }
    if let fuzzCase { object.append("case", .string(fuzzCase)) }
    if let reference { object.append("reference", .string(reference)) }
    object.append("others", .array(others.map { .string($0) }))
    object.append("examples", .array(examples.map { .string($0) }))
    let shapes = inputs.sorted { $0.key < $1.key }.map { name, shapes -> JSONValue in
      ["name": .string(name), "shapes": .array(shapes.map { .array($0.map { .integer(Int64($0)) }) })]
    }
    object.append("inputs", .array(shapes))
    return .object(object)
  }

  /// - Throws: the codes of JSON for what is no order.
  init(json: JSONValue) throws(Diagnostic) {
    self.init(
      plugin: try json.require("plugin", "a path", \.string), test: try json.require("test", "a name", \.string),
      subject: json["subject"]?.string)
    seed = json["seed"]?.string.flatMap(UInt64.init) ?? 0
    fuzzCase = json["case"]?.string
    reference = json["reference"]?.string
    others = (json["others"]?.array ?? []).compactMap(\.string)
    examples = (json["examples"]?.array ?? []).compactMap(\.string)
    for entry in json["inputs"]?.array ?? [] {
      guard let name = entry["name"]?.string else { continue }
      inputs[name] = (entry["shapes"]?.array ?? []).map { shape in
        (shape.array ?? []).compactMap(\.int)
      }
    }
  }
}
