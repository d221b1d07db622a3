import Diagnostics
import Files
import Formats
import JSONText
import LayerVocabulary

/// The `config.json` of a fitted checkpoint: the target's own, or the old one with what follows from the new shapes.
public struct FittedConfig: Sendable {
  /// A field that has another value.
  public struct Change: Sendable, Equatable {
    /// Its name.
    public let field: String
    /// Its new value, as JSON.
    public let value: String
  }
  /// The text of the file.
  public let text: String
  /// What is different.
  public let changes: [Change]

  /// A text as it is.
  init(text: String) { (self.text, changes) = (text, []) }

  /// Nil where the old one, if there is one, stays as it is.
  init?(old: ModelConfig?, target: ModelConfig?, fit: Fit) throws(Diagnostic) {
    if let source = target?.source, let own = try SmallFile.text(at: source) {
      changes = FittedConfig.changes(own, fit.target.paddings)
      text = try FittedConfig.text(own, changes)
      return
    }
    // One with Python's words for numbers that JSON does not have stays as it is, too.
    guard let source = old?.source, let own = try SmallFile.text(at: source),
      let object = (try? JSONValue(parsing: own))?.object
    else { return nil }
    changes = FittedConfig.changes(object, fit)
    guard !changes.isEmpty else { return nil }
    text = try FittedConfig.text(own, changes)
  }

  private static func text(_ text: String, _ changes: [Change]) throws(Diagnostic) -> String {
    guard !changes.isEmpty, var object = (try? JSONValue(parsing: text))?.object else { return text }
    for change in changes { object[change.field] = try JSONValue(parsing: change.value) }
    return JSONValue.object(object).indented
  }

  /// What of a target's own configuration follows where its tables were padded.
  private static func changes(_ text: String, _ paddings: [FitTarget.Padding]) -> [Change] {
    guard !paddings.isEmpty, let object = (try? JSONValue(parsing: text))?.object else { return [] }
    return sizes.compactMap { field, names in
      let sizes = paddings.filter { padding in
        padding.from == object[field]?.int && names.contains { padding.name.contains($0) }
      }
      return sizes.first.map { Change(field: field, value: "\($0.to)") }
    }
  }

  /// Fields that say how many rows a table has, or outputs a head, with what such a tensor's name has in it.
  static let sizes: [(field: String, names: [String])] = [
    ("vocab_size", ["embed", "wte", "word", "lm_head", "shared", "vocab", "emb"]),
    ("max_position_embeddings", ["position", "wpe"]), ("n_positions", ["wpe", "position"]), ("n_ctx", ["wpe"]),
    ("type_vocab_size", ["token_type"]), ("num_classes", ["classifier", "fc", "head"]),
    ("num_labels", ["classifier", "score", "head", "fc"]),
  ]
  /// What the names of heads for classes have in them.
  static let heads = ["classifier", "score", "head", "fc", "qa_outputs"]
  /// Fields that say how many blocks there are.
  static let depths = ["num_hidden_layers", "n_layer", "num_layers", "n_layers", "depth"]

  private static func changes(_ object: JSONObject, _ fit: Fit) -> [Change] {
    var changes: [Change] = []
    for (field, names) in sizes {
      guard let value = object[field]?.int, let size = newSize(of: value, names, fit) else { continue }
      changes.append(Change(field: field, value: "\(size)"))
    }
    if let (before, after) = depth(fit), before != after {
      for field in depths where object[field]?.int == before { changes.append(Change(field: field, value: "\(after)")) }
      changes += lists(object, before, fit)
    }
    return changes + labels(object, fit)
  }

  /// Lists with a value for each block, such as `layer_types`: that of a block goes where the block goes.
  private static func lists(_ object: JSONObject, _ before: Int, _ fit: Fit) -> [Change] {
    guard let origins = origins(fit) else { return [] }
    return object.members.compactMap { member in
      guard member.key.contains("layer"), let values = member.value.array, values.count == before,
        origins.allSatisfy(values.indices.contains)
      else { return nil }
      let new = JSONValue.array(origins.map { values[$0] })
      return new == member.value ? nil : Change(field: member.key, value: new.compact)
    }
  }

  /// The old number of each block of the longest list; nil where one has none, or several.
  private static func origins(_ fit: Fit) -> [Int]? {
    guard let (list, count) = longest(fit.tensors.map(\.name)) else { return nil }
    var origins = [Int?](repeating: nil, count: count)
    for tensor in fit.tensors {
      guard let (own, number) = block(tensor.name), own == list, number < count else { continue }
      guard let old = tensor.old.flatMap(block), old.list == list, origins[number] ?? old.number == old.number else {
        return nil
      }
      origins[number] = old.number
    }
    let all = origins.compactMap { $0 }
    return all.count == count ? all : nil
  }

  /// The first numbered list that a name goes through.
  private static func block(_ name: String) -> (list: String, number: Int)? {
    let words = name.split(separator: ".")
    guard let place = words.firstIndex(where: { Int($0) != nil }), let number = Int(words[place]) else { return nil }
    return (words[..<place].joined(separator: "."), number)
  }

  /// The tensors of another size along the first axis, with both sizes.
  private static func changed(_ fit: Fit) -> [(name: String, old: Int, new: Int)] {
    fit.tensors.compactMap { tensor in
      guard let old = tensor.old.flatMap({ fit.source.header[$0] }), let before = old.shape.first,
        let after = tensor.shape.first, before != after
      else { return nil }
      return (tensor.name, before, after)
    }
  }

  private static func newSize(of value: Int, _ names: [String], _ fit: Fit) -> Int? {
    let sizes = changed(fit).filter { item in item.old == value && names.contains { item.name.contains($0) } }.map(
      \.new)
    guard let first = sizes.first, sizes.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  /// The names that a head's classes have, where their number is another.
  private static func labels(_ object: JSONObject, _ fit: Fit) -> [Change] {
    guard let names = object["id2label"]?.object,
      let size = newSize(of: names.members.count, heads, fit)
    else { return [] }
    let indices = 0..<size
    let (byID, byLabel) = (
      indices.map { "\"\($0)\": \"LABEL_\($0)\"" }.joined(separator: ", "),
      indices.map { "\"LABEL_\($0)\": \($0)" }.joined(separator: ", ")
    )
    return [Change(field: "id2label", value: "{\(byID)}"), Change(field: "label2id", value: "{\(byLabel)}")]
  }

  /// How many blocks the longest numbered list has, before and after.
  private static func depth(_ fit: Fit) -> (Int, Int)? {
    guard let before = longest(fit.source.header.entries.map(\.name)), let after = longest(fit.tensors.map(\.name)),
      before.list == after.list
    else { return nil }
    return (before.count, after.count)
  }

  private static func longest(_ names: [String]) -> (list: String, count: Int)? {
    var numbers: [String: Set<Int>] = [:]
    for name in names {
      guard let (list, number) = block(name) else { continue }
      numbers[list, default: []].insert(number)
    }
    return numbers.map { ($0.key, $0.value.count) }.max { ($0.1, $1.0) < ($1.1, $0.0) }
  }
}
