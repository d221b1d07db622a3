import Diagnostics
import JSONText
import Presentation
import Reinit

/// What `plugin list` prints: the plugins, and the files that are not used.
struct PluginListReport {
  let catalog: PluginCatalog

  func lines(_ console: Console) -> [String] {
    let style = console.style
    guard !catalog.plugins.isEmpty || !catalog.refused.isEmpty else { return [style(nothing)] }
    var lines = catalog.plugins.isEmpty ? [] : plugins.lines(in: style, width: console.tableWidth)
    if !catalog.refused.isEmpty {
      lines += lines.isEmpty ? [] : [""]
      lines += [style("\(PluginWords.counted(catalog.refused.count, "file")) not used:")]
      lines += refused.lines(in: style, width: console.tableWidth)
      lines += [style("reinit plugin inspect FILE has the whole story.")]
    }
    return lines
  }

  private var plugins: Table {
    var table = Table([
      .init("plugin"), .init("version"), .init("offers"), .init("found by"), .init("file", elision: .path),
    ])
    for plugin in catalog.plugins {
      table.add([
        Text(plugin.description.id).styled(.initializer), Text(plugin.description.version),
        Text(PluginWords.offers(plugin.description)), Text(plugin.origin), Text(plugin.path),
      ])
    }
    return table
  }

  private var refused: Table {
    var table = Table(
      [.init("code"), .init("reason", elision: .end), .init("found by"), .init("file", elision: .path)])
    for file in catalog.refused {
      table.add([
        Text(file.reason.code.id).styled(.failed), Text(reason(file.reason)), Text(file.origin.description),
        Text(file.path),
      ])
    }
    return table
  }

  /// What `inspect` cannot tell belongs here: which file is the same plugin, which library was missing.
  private func reason(_ error: Diagnostic) -> String {
    let isOfThisMoment = [.pluginTwice, .pluginNotLoaded, .childNotStarted].contains(error.code)
    return isOfThisMoment ? error.message + (error.found.map { ": \($0)" } ?? "") : error.message
  }

  private var nothing: Text {
    let places = PluginWords.counted(catalog.visits.count, "place")
    return
      """
      No plugins in \(places) (reinit plugin paths); \
      reinit plugin new NAME --language c begins one.
      """
  }

  /// Schema `reinit.plugins/1`.
  var json: JSONValue {
    [
      "schema": "reinit.plugins/1", "plugins": .array(catalog.plugins.map(json)),
      "refused": .array(catalog.refused.map(json)),
    ]
  }

  private func json(_ plugin: Plugin) -> JSONValue {
    var object = PluginJSON.identity(plugin.description)
    object.append("path", .string(plugin.path))
    object.append("origin", .string(plugin.origin))
    object.append("digest", .string(plugin.digest))
    let elf = try? ElfFile(path: plugin.path)
    object.append("system", PluginJSON.system(elf))
    object.append("runpath", .array((elf?.runpath ?? []).map { .string($0) }))
    PluginJSON.append(plugin.description, to: &object)
    return .object(object)
  }

  private func json(_ file: PluginCatalog.Refused) -> JSONValue {
    [
      "path": .string(file.path), "origin": .string("\(file.origin)"), "code": .string(file.reason.code.id),
      "message": .string(file.reason.message), "found": file.reason.found.map { .string($0) } ?? .null,
    ]
  }
}
