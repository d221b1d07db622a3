import Diagnostics
import Formats
import JSONText
import LayerVocabulary

extension FitTarget {
  /// What a checkpoint becomes by another `config.json`: other numbers of words, places, classes and blocks, tied or not.
  ///
  /// Shapes are those of the old checkpoint but for what follows from fields that differ. A field from which shapes follow in a way that
  /// is not known here is an error.
  /// - Parameters:
  ///   - path: the new configuration; the old one lies beside the checkpoint.
  ///   - old: the checkpoint.
  /// - Throws: ``Diagnostics/ErrorCode/fitTarget``; reading's codes.
  public init(config path: String, for old: String) throws(Diagnostic) {
    let new = try ModelConfig(at: path)
    guard let before = try ModelConfig.beside(old) else {
      throw Diagnostic(
        .fitTarget, "there is no old configuration to compare with", at: old, expected: "a folder with a config.json",
        found: "none beside '\(old)'", hints: ["name a checkpoint or a file of names and shapes as the target"])
    }
    let header = try CheckpointFiles(old).header
    var items = header.entries.map { Item(names: [$0.name], shape: $0.shape, dtype: $0.dtype) }
    let difference = ConfigDifference(before, new)
    try difference.requireKnown(at: path)
    items = items.map { Item(names: $0.names, shape: difference.shape($0.shape, of: $0.names[0]), dtype: $0.dtype) }
    if let (field, from, to) = difference.depth {
      items = try FitTarget.deepened(items, field, from: from, to: to, at: path)
    }
    items = difference.untied(items)
    self.init(called: path, items, config: new)
  }

  /// The same with so many blocks; further ones are as the first.
  private static func deepened(
    _ items: [Item], _ field: String, from: Int, to: Int, at path: String
  ) throws(Diagnostic) -> [Item] {
    let lists = Set(items.compactMap { block(of: $0.names[0])?.list }).filter { list in
      Set(items.compactMap { item in block(of: item.names[0]).flatMap { $0.list == list ? $0.number : nil } }).count
        == from
    }
    guard lists.count == 1, let list = lists.first else {
      throw Diagnostic(
        .fitTarget, "it is not clear which blocks '\(field)' counts", at: path,
        expected: "one numbered list of \(from)",
        found: lists.isEmpty ? "none" : lists.sorted().joined(separator: ", "))
    }
    var (result, last): ([Item], Int) = ([], 0)
    for item in items {
      guard let place = block(of: item.names[0]), place.list == list else {
        result.append(item)
        continue
      }
      if place.number < to {
        result.append(item)
        last = result.count
      }
    }
    let first = items.filter { block(of: $0.names[0]).map { $0.list == list && $0.number == 0 } ?? false }
    let further = (min(from, to)..<to).flatMap { number in
      first.map { item in
        Item(
          names: [list + ".\(number)" + (block(of: item.names[0])?.rest ?? "")], shape: item.shape, dtype: item.dtype)
      }
    }
    result.insert(contentsOf: further, at: last)
    return result
  }

  /// The first numbered list that a name goes through.
  private static func block(of name: String) -> (list: String, number: Int, rest: String)? {
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let place = words.firstIndex(where: { Int($0) != nil }), let number = Int(words[place]) else { return nil }
    let rest = words[(place + 1)...].map { ".\($0)" }.joined()
    return (words[..<place].joined(separator: "."), number, rest)
  }
}

/// What of two configurations is different, as far as shapes follow from it.
private struct ConfigDifference {
  private let old, new: ModelConfig
  /// The fields of rows of tables and of outputs of heads that differ.
  private var sizes: [(names: [String], from: Int, to: Int)] = []
  /// The field that counts blocks, if that differs.
  private(set) var depth: (field: String, from: Int, to: Int)?

  init(_ old: ModelConfig, _ new: ModelConfig) {
    (self.old, self.new) = (old, new)
    for (field, names) in FittedConfig.sizes {
      guard let from = old[field]?.int, let to = new[field]?.int, from != to else { continue }
      sizes.append((names, from, to))
    }
    if let from = old["id2label"]?.object?.members.count, let to = new["id2label"]?.object?.members.count, from != to {
      sizes.append((FittedConfig.heads, from, to))
    }
    for field in FittedConfig.depths {
      if let from = old[field]?.int, let to = new[field]?.int, from != to { depth = (field, from, to) }
    }
  }

  /// Refuses fields from which other shapes may follow.
  func requireKnown(at path: String) throws(Diagnostic) {
    let known = FittedConfig.sizes.map(\.field) + FittedConfig.depths
    let words = [
      "size", "dim", "heads", "head", "experts", "layers", "channels", "kernel", "rank", "d_model", "n_embd", "n_inner",
      "d_ff", "d_kv",
    ]
    for field in new.fields where !known.contains(field) && words.contains(where: field.contains) {
      guard let from = old[field]?.int, let to = new[field]?.int, from != to else { continue }
      throw Diagnostic(
        .fitTarget, "it is not known here which shapes follow from '\(field)'", at: path,
        expected: "\(from), as it was",
        found: "\(to)", hints: ["name a checkpoint, a model or a file of names and shapes as the target"])
    }
  }

  func shape(_ shape: [Int], of name: String) -> [Int] {
    guard let first = shape.first else { return shape }
    for (names, from, to) in sizes where from == first && names.contains(where: { name.contains($0) }) {
      return [to] + shape.dropFirst()
    }
    return shape
  }

  /// A head that is tied no more stands for itself; one that is tied now goes.
  func untied(_ items: [FitTarget.Item]) -> [FitTarget.Item] {
    let field = "tie_word_embeddings"
    guard let before = old[field]?.bool, let after = new[field]?.bool, before != after else { return items }
    if after { return items.filter { !$0.names[0].hasSuffix("lm_head.weight") } }
    guard !items.contains(where: { $0.names[0].hasSuffix("lm_head.weight") }),
      let table = items.first(where: {
        $0.names[0].hasSuffix("embed_tokens.weight") || $0.names[0].hasSuffix("wte.weight")
      })
    else { return items }
    return items + [FitTarget.Item(names: ["lm_head.weight"], shape: table.shape, dtype: table.dtype)]
  }
}
