import CReinit
import Diagnostics
import JSONText

extension PluginManifest {
  /// Reads the members.
  ///
  /// - Throws: R0323 to R0326.
  init(json: JSONValue, of path: String) throws(Diagnostic) {
    var reader = ManifestReader(path: path)
    try reader.begin(json)
    major = try reader.major()
    id = try reader.name("id", PluginNames.id)
    version = try reader.name("version", PluginNames.version)
    license = try reader.optional("license", PluginNames.license) ?? ""
    summary = try reader.optional("summary", PluginNames.line) ?? ""
    module = try reader.optional("module", PluginNames.module)
    initializers = try reader.names("initializers", PluginNames.initializer)
    layers = try reader.names("layers", PluginNames.layer)
    functions = try reader.functions()
    required = try reader.requirements()
    try reader.requireUnique(initializers + functions.map(\.name), "initializer")
    try reader.requireUnique(layers, "layer")
    notes = reader.notes(license: license) + functions.flatMap { ManifestFunction.notes(on: $0) }
  }
}

/// The members of one manifest, each checked; errors say where by a JSON pointer.
private struct ManifestReader {
  let path: String
  private var object = JSONObject()

  init(path: String) { self.path = path }

  mutating func begin(_ json: JSONValue) throws(Diagnostic) {
    guard let object = json.object else { throw wrong("", "an object", json) }
    self.object = object
  }

  func major() throws(Diagnostic) -> Int {
    let value = try member("reinit", "the number \(RI_ABI_MAJOR)", \.int)
    guard value == RI_ABI_MAJOR else {
      throw Diagnostic(
        .manifestVersion, "the manifest is for ABI \(value), not \(RI_ABI_MAJOR)", at: place("/reinit"),
        expected: "\(RI_ABI_MAJOR)", found: "\(value)",
        hints: [
          value > RI_ABI_MAJOR
            ? "install a reinit that speaks ABI \(value), or build the plugin with this one's headers"
            : "write \"reinit\": \(RI_ABI_MAJOR)"
        ])
    }
    return value
  }

  func name(_ key: String, _ grammar: NameGrammar) throws(Diagnostic) -> String {
    try checked(try member(key, "a string", \.string), grammar, "/\(key)")
  }

  func optional(_ key: String, _ grammar: NameGrammar) throws(Diagnostic) -> String? {
    object[key] == nil ? nil : try name(key, grammar)
  }

  func names(_ key: String, _ grammar: NameGrammar) throws(Diagnostic) -> [String] {
    guard object[key] != nil else { return [] }
    var result: [String] = []
    for (index, item) in try member(key, "a list of strings", \.array).enumerated() {
      let pointer = "/\(key)/\(index)"
      guard let text = item.string else { throw wrong(pointer, "a string", item) }
      result.append(try checked(text, grammar, pointer))
    }
    return result
  }

  func functions() throws(Diagnostic) -> [PluginManifest.Function] {
    guard object["functions"] != nil else { return [] }
    var result: [PluginManifest.Function] = []
    for (index, item) in try member("functions", "a list of objects", \.array).enumerated() {
      result.append(try function(item, "/functions/\(index)"))
    }
    return result
  }

  private func function(_ item: JSONValue, _ pointer: String) throws(Diagnostic) -> PluginManifest.Function {
    guard item.object != nil else { throw wrong(pointer, "an object", item) }
    guard let name = item["name"]?.string else { throw wrong("\(pointer)/name", "a string", item["name"]) }
    _ = try checked(name, PluginNames.initializer, "\(pointer)/name")
    guard let symbol = item["symbol"] else {
      return PluginManifest.Function(name: name, symbol: name, declaration: item)
    }
    guard let text = symbol.string else { throw wrong("\(pointer)/symbol", "a string", symbol) }
    return PluginManifest.Function(
      name: name, symbol: try checked(text, PluginNames.symbol, "\(pointer)/symbol"), declaration: item)
  }

  /// What must be understood: a key that nobody knows is an error here, and here alone.
  func requirements() throws(Diagnostic) -> PluginRequirements {
    var required = PluginRequirements()
    guard object["requires"] != nil else { return required }
    let members = try member("requires", "an object", \.object)
    for (key, value) in members.members.map({ ($0.key, $0.value) }) {
      switch key {
      case "minor":
        guard let minor = value.int, minor >= 0 else { throw wrong("/requires/minor", "a number from 0", value) }
        required.minor = minor
      case "services":
        guard let services = value.object else { throw wrong("/requires/services", "an object", value) }
        for (name, version) in services.members.map({ ($0.key, $0.value) }) {
          let pointer = "/requires/services/\(ShellText.printable(name.utf8.prefix(60)))"
          guard let version = version.int, version > 0 else { throw wrong(pointer, "a number from 1", version) }
          required.services[name] = version
        }
      default:
        let name = ShellText.printable(key.utf8.prefix(60))
        throw Diagnostic(
          .manifestRequirement, "the plugin requires what this host does not know", at: place("/requires"),
          expected: "minor, services", found: "'\(name)'",
          hints: Suggestion.hint(for: key, in: ["minor", "services"]) + ["a newer reinit may know it: reinit --version"]
        )
      }
    }
    return required
  }

  func requireUnique(_ names: [String], _ what: String) throws(Diagnostic) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw Diagnostic(
        .manifestDuplicate, "the manifest names the \(what) '\(name)' twice", at: place(""),
        expected: "names that differ; plain functions are initializers too", found: "'\(name)' again",
        hints: ["remove or rename one of the two"])
    }
  }

  private static let known = [
    "reinit", "id", "version", "license", "summary", "module", "initializers", "layers", "functions", "requires",
  ]

  func notes(license: String) -> [String] {
    let unknown = UnknownKeys.notes(on: object, known: Self.known)
    return unknown + (license.isEmpty ? ["the manifest names no license"] : [])
  }
}

/// Keys that nobody knows: newer plugins may have them, so they are noted and have no effect.
enum UnknownKeys {
  /// A line for each.
  /// - Parameter place: Where the object stands, as `function 'lecun'`.
  static func notes(on object: JSONObject, known: [String], of place: String? = nil) -> [String] {
    object.keys.filter { !known.contains($0) }.map { key in
      let hint = Suggestion.hint(for: key, in: known).first.map { "; \($0)" } ?? ""
      let name = "'\(ShellText.printable(key.utf8.prefix(60)))'" + (place.map { " of \($0)" } ?? "")
      return "the manifest's key \(name) is not known and has no effect\(hint)"
    }
  }
}

extension ManifestReader {
  private func member<Value>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws(Diagnostic) -> Value {
    guard let value = object[key].flatMap(convert) else { throw wrong("/\(key)", expected, object[key]) }
    return value
  }

  private func checked(
    _ text: String, _ grammar: NameGrammar, _ pointer: String
  ) throws(Diagnostic) -> String {
    guard !grammar.accepts(text) else { return text }
    throw Diagnostic(
      .manifestName, "the manifest's '\(pointer)' is not \(grammar.what)", at: place(pointer),
      expected: grammar.form, found: "'\(ShellText.printable(text.utf8.prefix(100)))'",
      hints: ["write it as in \(grammar.example)"])
  }

  private func wrong(_ pointer: String, _ expected: String, _ found: JSONValue?) -> Diagnostic {
    let what = pointer.isEmpty ? "the manifest" : "the manifest's '\(pointer)'"
    return Diagnostic(
      .manifestMember, found == nil ? "\(what) is missing" : "\(what) is of the wrong kind", at: place(pointer),
      expected: expected, found: found?.kind ?? "nothing",
      hints: [#"the smallest manifest: {"reinit": \#(RI_ABI_MAJOR), "id": "org.example.name", "version": "1.0.0"}"#])
  }

  private func place(_ pointer: String) -> String {
    "\(path), manifest" + (pointer.isEmpty ? "" : " \(pointer)")
  }
}
