import Diagnostics
import JSONText
import Reinitialization

/// Rules as a program gives them: `reinit.rules/1`, each in the grammar of the command line.
struct RuleList {
  enum Item {
    case rule(RuleText.Source)
    case recipe(String)
    /// What the program fills by itself.
    case function(String)
  }
  let items: [Item]
  let seed: UInt64
  let branches: [Selector]

  /// Reads `{"seed": 7, "rules": [{"fill": "…"}, {"keep": "…"}, {"recipe": "…"}], "at": ["…"]}`.
  ///
  /// `{"function": "SELECTOR"}` is a rule of which the program makes the values: nothing is written here.
  /// A seed above 2^63 is a decimal number in a text.
  /// - Throws: R0640 to R0645; ``Diagnostics/ErrorCode/selectorSyntax``.
  init(parsing bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    let json = try JSONValue(parsing: bytes, source: "rules")
    guard json.object != nil else { throw DescriptionFault.kind("rules", "an object with 'rules' and 'seed'", json) }
    if let schema = json["schema"], schema.string != "reinit.rules/1" {
      throw DescriptionFault.kind("rules.schema", "\"reinit.rules/1\"", schema)
    }
    seed = try RuleList.seed(json["seed"])
    items = try json.list("rules", in: "rules").enumerated().map { (index, value) throws(Diagnostic) in
      try RuleList.item(value, at: "rules.rules[\(index)]")
    }
    branches = try json.list("at", in: "rules").enumerated().map { (index, value) throws(Diagnostic) in
      guard let path = value.string else { throw DescriptionFault.kind("rules.at[\(index)]", "a path", value) }
      return try Selector(path: path)
    }
  }

  private static func seed(_ json: JSONValue?) throws(Diagnostic) -> UInt64 {
    switch json {
    case nil, .null: return 0
    case .integer(let number)?: if let seed = UInt64(exactly: number) { return seed }
    case .string(let text)?: if let seed = UInt64(text) { return seed }
    default: break
    }
    throw DescriptionFault.kind("rules.seed", "an integer from 0 to 2^64 - 1", json)
  }

  private static func item(_ json: JSONValue, at place: String) throws(Diagnostic) -> Item {
    guard let member = json.object?.members.first, json.object?.members.count == 1, let text = member.value.string
    else {
      throw DescriptionFault.kind(
        place, "{\"fill\": …}, {\"keep\": …}, {\"assert\": …}, {\"recipe\": …} or {\"function\": …} with a text", json)
    }
    switch member.key {
    case "fill": return .rule(.fill(text))
    case "keep": return .rule(.keep(text))
    case "assert": return .rule(.assert(text))
    case "recipe": return .recipe(text)
    case "function": return .function(text)
    default: throw DescriptionFault.kind(place, "fill, keep, assert, recipe or function", .string(member.key))
    }
  }
}
