import Checkpoints
import Diagnostics
import Initializers
import JSONText
import LayerVocabulary
import Layers
import PluginHost
import Reinitialization

/// What can be named: what is built in, and what plugins register that were named by their files.
package final class HostSession: Sendable {
  /// The session without plugins.
  package static let plain = HostSession()
  let layers: LayerRegistry
  let initializers: InitializerRegistry
  private let catalog: PluginCatalog?

  private init() { (layers, initializers, catalog) = (.standard, .standard, nil) }

  /// Loads plugins; no folder is searched, and nothing of the process is changed besides.
  /// - Throws: what is wrong with one of them.
  package init(plugins: [String]) throws(Diagnostic) {
    let catalog = try PluginCatalog(PluginOptions(named: plugins, searchesFolders: false))
    (layers, initializers, self.catalog) = (catalog.layers, catalog.initializers, catalog)
  }

  /// What there is of a kind, as `reinit list --format json` has it.
  /// - Throws: ``Diagnostics/ErrorCode/unknownName``.
  package func list(_ what: String) throws(Diagnostic) -> JSONValue {
    let items: [(name: String, origin: String, summary: String)]
    switch what {
    case "initializers": items = initializers.descriptors.map { ($0.name, $0.origin, $0.summary) }
    case "presets": items = initializers.presets.map { ($0.name, $0.origin, $0.summary) }
    case "layers": items = layers.descriptors.map { ($0.kind.name, $0.origin, $0.summary) }
    case "recipes": items = Recipe.all.map { ($0.name, "built in", $0.summary) }
    case "plugins":
      items = (catalog?.plugins ?? []).map {
        ($0.description.id, $0.origin, "\($0.description.version)  \($0.description.summary)")
      }
    default:
      throw Diagnostic(
        .unknownName, "there is no list of '\(what)'", expected: "initializers, presets, layers, recipes or plugins")
    }
    let kind = String(what.dropLast())
    let list = items.map { item -> JSONValue in
      [
        "name": .string(item.name), "kind": .string(kind), "origin": .string(item.origin),
        "summary": .string(item.summary),
      ]
    }
    return ["schema": "reinit.list/1", "items": .array(list)]
  }

  /// The rules of a text, `reinit.rules/1`, each with the item of the list that it comes from.
  func rules(_ list: RuleList) throws(Diagnostic) -> [(item: Int, rule: Rule)] {
    var rules: [(item: Int, rule: Rule)] = []
    for (index, item) in list.items.enumerated() {
      switch item {
      case .rule(let source): rules.append((index, try Rule(RuleText(source), registry: initializers)))
      case .recipe(let name):
        rules += try Recipe.named(name, registry: initializers).rules.map { (index, $0) }
      case .function(let text):
        let selector = try Selector(parsing: text)
        rules.append(
          (index, Rule(.selector(selector), .fill(Constant(0)), part: selector.part, text: "\(selector)=function")))
      }
    }
    return rules
  }
}
