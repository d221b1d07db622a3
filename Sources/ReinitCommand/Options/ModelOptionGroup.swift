import ArgumentParser
import Diagnostics
import Functors
import Reinit

/// The options of a model's builder.
struct ModelOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Set an option of the model, as in classes=10; reinit explain prints those that it has.", valueName: "key=value"))
  var set: [String] = []

  /// The model of a name, or of a model file.
  /// - Throws: ``Diagnostics/ErrorCode/unknownModel``, and the codes of options and of model files.
  func model(_ text: String, _ catalog: PluginCatalog) throws -> NamedModel {
    if ModelDocument.isPath(text) {
      guard set.isEmpty else {
        throw Diagnostic(.usage, "a model file has no options", found: "--set \(set[0])", hints: ["edit \(text)"])
      }
      return NamedModel(root: try ModelDocument.model(at: text, layers: catalog.layers), descriptor: nil)
    }
    let descriptor = try ModelDescriptor.named(text)
    return NamedModel(root: try descriptor.build(set, layers: catalog.layers), descriptor: descriptor)
  }
}

/// A model that the command line names.
struct NamedModel {
  /// The model; its tensors have no bytes.
  var root: any Layer
  /// What it is, unless it comes from a file.
  let descriptor: ModelDescriptor?

  /// What it begins with: each layer's own beginning, and the recipe of its family or the one that is named.
  ///
  /// `torchvision` is the recipe of the family.
  func baseRules(_ recipes: [String], _ registry: InitializerRegistry) throws -> [Rule] {
    let own = descriptor?.family.recipe
    let names = recipes.isEmpty ? own.map { [$0] } ?? [] : recipes.map { $0 == "torchvision" ? own ?? $0 : $0 }
    return try Recipe.named("fresh", registry: registry).rules
      + names.filter { $0 != "torch" && $0 != "fresh" }.flatMap { try Recipe.named($0, registry: registry).rules }
  }
}

extension ModelDocument {
  /// The model of a file.
  fileprivate static func model(at path: String, layers: LayerRegistry) throws(Diagnostic) -> any Layer {
    guard let text = try SmallFile.text(at: path) else {
      throw Diagnostic(.noSuchFile, "there is no model file of that name", at: path)
    }
    return try model(parsing: text, named: path, layers: layers)
  }
}
