import JSONText
import Presentation
import Reinit

/// What `list` prints: names with one line each.
struct ListReport {
  /// One line of a list.
  struct Item {
    var name: String
    var kind: String
    var origin: String
    var summary: String
  }
  let items: [Item]

  static func initializers(_ registry: InitializerRegistry) -> [Item] {
    registry.descriptors.map {
      Item(name: $0.name, kind: "initializer", origin: $0.origin, summary: $0.summary)
    }
  }
  static func presets(_ registry: InitializerRegistry) -> [Item] {
    registry.presets.map {
      Item(name: $0.name, kind: "preset", origin: $0.origin, summary: $0.summary)
    }
  }
  static func layers(_ registry: LayerRegistry) -> [Item] {
    registry.descriptors.map { Item(name: $0.kind.name, kind: "layer", origin: $0.origin, summary: $0.summary) }
  }
  static func plugins(_ catalog: PluginCatalog) -> [Item] {
    catalog.plugins.map {
      Item(
        name: $0.description.id, kind: "plugin", origin: $0.origin,
        summary: "\($0.description.version)  \($0.description.summary)")
    }
  }
  static var models: [Item] {
    ModelDescriptor.all.map {
      Item(name: $0.name, kind: "model", origin: "built in", summary: "\($0.family.name): \($0.family.reference)")
    }
  }
  static var recipes: [Item] {
    Recipe.all.map { Item(name: $0.name, kind: "recipe", origin: "built in", summary: $0.summary) }
  }

  static func architectures(_ notes: NoteLibrary) throws -> [Item] {
    try notes.all().map { note in
      let words = [note.title, note.reference].filter { !$0.isEmpty }.joined(separator: ": ")
      let others = note.names.dropFirst().joined(separator: ", ")
      let summary = [words, others.isEmpty ? "" : "also \(others)"].filter { !$0.isEmpty }.joined(separator: "; ")
      return Item(name: note.name, kind: "architecture", origin: note.origin, summary: summary)
    }
  }

  func print(_ show: OutputOptions) throws {
    try show.print(json: json) { console in
      HelpText.definitions(
        items.map { (Text($0.name).styled(.initializer), Text($0.summary)) }, width: console.tableWidth,
        in: console.style)
    }
  }

  /// Schema `reinit.list/1`.
  private var json: JSONValue {
    [
      "schema": "reinit.list/1",
      "items": .array(
        items.map {
          [
            "name": .string($0.name), "kind": .string($0.kind), "origin": .string($0.origin),
            "summary": .string($0.summary),
          ]
        }),
    ]
  }
}
