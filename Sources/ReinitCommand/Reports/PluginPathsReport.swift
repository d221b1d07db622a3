import Diagnostics
import Glibc
import JSONText
import Presentation
import Reinit

/// What `plugin paths` prints: places in the order of the search, and the variables that they depend on.
struct PluginPathsReport {
  let found: PluginSearchResult

  private static let variables: [(name: String, meaning: Text)] = [
    ("REINIT_PLUGIN_PATH", "folders and files, separated by colons"),
    ("XDG_DATA_HOME", "the user's plugins are in its folder reinit/plugins"),
    ("XDG_CACHE_HOME", "what was found out about files is in its file reinit/plugins.json"),
    ("HOME", "where those two are not set: its folders .local/share and .cache"),
    ("REINIT_PLUGIN_TIMEOUT", "seconds that a plugin may take for one call; 0 for no limit"),
  ]

  func lines(_ console: Console) -> [String] {
    let style = console.style
    var table = Table([
      .init("", .right), .init("place", elision: .path), .init("found by"), .init("outcome", elision: .end),
    ])
    for (index, visit) in found.visits.enumerated() {
      table.add([Text("\(index + 1)"), Text(visit.place.path), Text(visit.place.origin.description), outcome(visit)])
    }
    return table.lines(in: style, width: console.tableWidth) + [""] + variables(console)
  }

  private func variables(_ console: Console) -> [String] {
    var table = Table([.init("variable"), .init("value", elision: .path), .init("meaning", elision: .end)])
    for (name, meaning) in Self.variables {
      let value = Self.value(of: name)
      table.add([Text(name), value.map { Text($0) } ?? ("not set" as Text).styled(.secondary), meaning])
    }
    return table.lines(in: console.style, width: console.tableWidth)
  }

  private static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private func outcome(_ visit: PluginSearchResult.Visit) -> Text {
    switch visit.outcome {
    case .searched: Text(PluginWords.counted(files(visit.place), "file"))
    case .missing: ("does not exist" as Text).styled(.secondary)
    case .repeated: ("the same folder as one before" as Text).styled(.secondary)
    case .refused: Text(reason(visit.place).map(words) ?? "refused").styled(.failed)
    }
  }

  private func words(_ error: Diagnostic) -> String {
    "\(error.code.id): \(error.message)" + (error.found.map { ", \($0)" } ?? "")
  }

  /// How many files a place had to offer, whatever becomes of them.
  private func files(_ place: PluginPlace) -> Int {
    let base = place.path.hasSuffix("/") ? place.path : place.path + "/"
    return found.candidates.count { isFrom(place, $0.path, $0.origin, base) }
      + found.refusals.count { isFrom(place, $0.path, $0.origin, base) }
  }

  private func isFrom(_ place: PluginPlace, _ path: String, _ origin: PluginOrigin, _ base: String) -> Bool {
    origin == place.origin && (path == place.path || path.hasPrefix(base))
  }

  private func reason(_ place: PluginPlace) -> Diagnostic? {
    found.warnings.first { $0.place == place.path } ?? found.refusals.first { $0.path == place.path }?.reason
  }

  /// Schema `reinit.plugin-paths/1`.
  var json: JSONValue {
    var variables = JSONObject()
    for (name, _) in Self.variables { variables.append(name, Self.value(of: name).map { .string($0) } ?? .null) }
    return [
      "schema": "reinit.plugin-paths/1", "places": .array(found.visits.map(json)),
      "environment": .object(variables),
    ]
  }

  private func json(_ visit: PluginSearchResult.Visit) -> JSONValue {
    let error = visit.outcome == .refused ? reason(visit.place) : nil
    return [
      "path": .string(visit.place.path), "origin": .string("\(visit.place.origin)"),
      "outcome": .string(visit.outcome.rawValue), "files": .integer(Int64(files(visit.place))),
      "code": error.map { .string($0.code.id) } ?? .null, "message": error.map { .string($0.message) } ?? .null,
    ]
  }
}
