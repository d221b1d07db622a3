import Architectures
import Diagnostics
import Formats
import Functors
import JSONText
import LayerVocabulary
import Reinitialization
import Tensors

extension FitTarget {
  /// An adapter for layers of a checkpoint: the tensors that a note adds to them, and its configuration, as PEFT reads both.
  ///
  /// - Parameters:
  ///   - note: what adds tensors to layers.
  ///   - base: the checkpoint.
  ///   - settings: fields of the configuration, `KEY=VALUE` with VALUE as in JSON, or a word; `target_modules` are selectors of layers.
  /// - Throws: ``Diagnostics/ErrorCode/usage`` for a field that the note does not know, and without target_modules;
  ///   ``Diagnostics/ErrorCode/ruleMatchesNothing`` for a target that is no layer; ``Diagnostics/ErrorCode/fitTarget``.
  public init(adapter note: ArchitectureNote, for base: Checkpoint, settings: [String]) throws(Diagnostic) {
    let layers = AdaptedLayers(base)
    var config = try AdapterConfig(note, settings, of: base.path)
    let fit = note.fit(try ModelConfig(.object(config.object)))
    let targets = try config.targets.map { (text) throws(Diagnostic) in try layers.targets(text) }.flatMap { $0 }
    var (items, adapted): ([Item], [Int]) = ([], [])
    for (selector, tensor) in try fit.additions() {
      for entry in try layers.layers(selector, among: targets) {
        let layer = try layers.layer(entry)
        let added = try tensor(layer.path, layer.inputs, layer.outputs)
        items.append(Item(names: [added.name], shape: added.shape, dtype: "F32", base: layer.weight))
        adapted.append(entry)
      }
    }
    guard !items.isEmpty else {
      throw Diagnostic(
        .fitTarget, "none of the target_modules is a layer that '\(note.name)' adapts", at: base.path,
        expected: note.adaptedLayers.joined(separator: ", "), found: config.targets.joined(separator: ", "))
    }
    config.finish(layers.names(of: Set(adapted)), isTransposed: layers.areTransposed(adapted))
    items.sort { ByteName($0.names[0]) < ByteName($1.names[0]) }
    self.init(called: note.name, items, adapterConfig: JSONValue.object(config.object).indented)
  }
}

/// The configuration of an adapter.
private struct AdapterConfig {
  private(set) var object: JSONObject
  let targets: [String]
  private static let targets = "target_modules"

  init(_ note: ArchitectureNote, _ settings: [String], of base: String) throws(Diagnostic) {
    object = ["peft_type": .string(note.name.uppercased()), "base_model_name_or_path": .string(base)]
    for (field, value) in note.defaultValues { object.append(field, value) }
    var targets: JSONValue?
    for setting in settings {
      guard let equals = setting.firstIndex(of: "=") else {
        throw Diagnostic(.usage, "a setting has no value", found: "--set \(setting)", hints: ["--set r=8"])
      }
      let (key, text) = (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
      let value = (try? JSONValue(parsing: text)) ?? .string(text)
      if key == AdapterConfig.targets {
        targets = value
      } else {
        guard note.knownFields.contains(key) else {
          throw Diagnostic(
            .usage, "'\(note.name)' has no such field",
            expected: "target_modules, " + note.knownFields.joined(separator: ", "),
            found: "--set \(setting)", hints: Suggestion.hint(for: key, in: note.knownFields))
        }
        object[key] = value
      }
    }
    guard let targets else {
      throw Diagnostic(
        .usage, "it is not said which layers are adapted", expected: "--set 'target_modules=q_proj v_proj'",
        found: "no target_modules")
    }
    // Elements of a list may have spaces in them.
    self.targets =
      targets.array?.compactMap(\.string) ?? (targets.string ?? "").split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// Adds what is known of the layers.
  mutating func finish(_ names: [String], isTransposed: Bool) {
    object.append(AdapterConfig.targets, .array(names.map { .string($0) }))
    if isTransposed, object["fan_in_fan_out"] != nil { object["fan_in_fan_out"] = true }
  }
}

/// The layers of a checkpoint, as an adapter sees them.
private struct AdaptedLayers {
  private let base: Checkpoint
  private var inventory: Inventory { base.inventory }

  init(_ base: Checkpoint) { self.base = base }

  /// What a target means: a selector, or the end of names.
  func targets(_ text: String) throws(Diagnostic) -> [Int] {
    let selector = try Selector(parsing: text)
    let found = try inventory.match(selector).entries
    if !found.isEmpty { return found }
    let ending = try Selector(parsing: "**." + text)
    let ends = try inventory.match(ending).entries
    guard !ends.isEmpty else { throw inventory.nothingMatches(ending) }
    return ends
  }

  /// The layers of a kind that are targets, or inside of one.
  func layers(_ selector: Selector, among targets: [Int]) throws(Diagnostic) -> [Int] {
    let isMeant = Set(targets)
    return try inventory.match(selector).entries.filter { entry in
      !inventory.entries[entry].isLeaf
        && (isMeant.contains(entry) || inventory.ancestors(of: entry).contains(where: isMeant.contains))
    }
  }

  /// - Throws: ``Diagnostics/ErrorCode/fitTarget`` for a layer without a matrix, or one of which the axes are not known.
  func layer(_ entry: Int) throws(Diagnostic) -> (path: String, inputs: Int, outputs: Int, weight: String) {
    let path = inventory.path(of: entry).description
    guard let leaf = weight(of: entry), let geometry = inventory.leaves[leaf].geometry,
      case let shape = inventory.leaves[leaf].shape, shape.rank == 2, geometry.fits(shape),
      inventory.leaves[leaf].otherGeometries.isEmpty
    else {
      throw Diagnostic(
        .fitTarget, "a layer cannot be adapted: it has no weight of inputs and outputs that are known", at: path,
        expected: "one matrix", hints: ["--layout says which axis is which; --type what the layer is"])
    }
    let name = base.entry(ofLeaf: leaf).name
    let field = inventory.entries[Int(inventory.leaves[leaf].entry)].key.text
    // The file's own name, without the field: what selectors do not see of it belongs to the module.
    let module = name.hasSuffix("." + field) ? String(name.dropLast(field.utf8.count + 1)) : path
    return (module, geometry.inputs(of: shape), geometry.outputs(of: shape) * geometry.parts, name)
  }

  private func weight(of entry: Int) -> Int? {
    inventory.leaves(under: entry).first { inventory.leaves[$0].role == .weight }
  }

  /// The last parts of the layers' names, if they mean these and no other modules; else whole names.
  func names(of adapted: Set<Int>) -> [String] {
    func last(_ entry: Int) -> String { inventory.path(of: entry).keys.last?.text ?? "" }
    let ends = Set(adapted.map { ByteName(last($0)) })
    let alike = inventory.entries.indices.filter { entry in
      !inventory.entries[entry].isLeaf && !inventory.entries[entry].key.isUnnamed
        && ends.contains(ByteName(last(entry)))
    }
    guard Set(alike) == adapted else { return adapted.compactMap { try? layer($0).path }.sorted() }
    return ends.map(\.text).sorted()
  }

  /// Whether all have their inputs before their outputs, and are no tables.
  func areTransposed(_ adapted: [Int]) -> Bool {
    adapted.allSatisfy { entry in
      guard let geometry = weight(of: entry).flatMap({ inventory.leaves[$0].geometry }) else { return false }
      return geometry.outAxis == 1 && !geometry.isOneHot
    }
  }
}
