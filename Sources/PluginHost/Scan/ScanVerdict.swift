import Diagnostics
import Glibc
import JSONText

/// What came of looking at a file: what the plugin says of itself, or why it is refused.
struct ScanVerdict: Sendable, Equatable {
  /// The hash of the file's bytes.
  var digest: String
  /// The Swift module in the file, which must be unique in a process.
  var module: String?
  /// What the plugin offers, or the reason.
  var outcome: Result<PluginDescription, Diagnostic>

  var json: JSONValue {
    var object: JSONObject = ["digest": .string(digest)]
    if let module { object.append("module", .string(module)) }
    switch outcome {
    case .success(let description): object.append("description", description.json)
    case .failure(let error): object.append("error", error.json)
    }
    return .object(object)
  }

  init(digest: String, module: String?, outcome: Result<PluginDescription, Diagnostic>) {
    self.digest = digest
    self.module = module
    self.outcome = outcome
  }

  /// - Throws: ``Diagnostics/ErrorCode/jsonShape``.
  init(json: JSONValue) throws(Diagnostic) {
    digest = try json.require("digest", "a string", \.string)
    module = json["module"]?.string
    if let description = json["description"] {
      outcome = .success(try PluginDescription(json: description))
    } else {
      outcome = .failure(try Diagnostic(json: try json.require("error", "an object", { $0 })))
    }
  }

  /// Whether another try could end in another way though the file is the same: what it needs may have come, the
  /// system may have had no memory, the file could not be read.
  var mayChange: Bool {
    guard case .failure(let error) = outcome else { return false }
    return digest.isEmpty || [.pluginNotLoaded, .pluginHungAtSight, .childNotStarted].contains(error.code)
      || error.code == .pluginCrashedAtSight && error.found == SignalName.text(of: SIGKILL)
  }
}

extension Diagnostic {
  /// The error as an object; the code by its name.
  package var json: JSONValue {
    var object: JSONObject = ["code": .string(code.id), "message": .string(message)]
    if let place { object.append("place", .string(place)) }
    if let expected { object.append("expected", .string(expected)) }
    if let found { object.append("found", .string(found)) }
    object.append("notes", .array(notes.map { .string($0) }))
    object.append("hints", .array(hints.map { .string($0) }))
    return .object(object)
  }

  /// An error from its object.
  /// - Throws: ``Diagnostics/ErrorCode/jsonShape`` if it is none, or of a code that is not known.
  package init(json: JSONValue) throws(Diagnostic) {
    self.init(
      try json.require("code", "a code") { $0.string.flatMap(ErrorCode.named) },
      try json.require("message", "a string", \.string), at: json["place"]?.string,
      expected: json["expected"]?.string, found: json["found"]?.string,
      notes: (json["notes"]?.array ?? []).compactMap(\.string),
      hints: (json["hints"]?.array ?? []).compactMap(\.string))
  }
}
