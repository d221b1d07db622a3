import Diagnostics
import JSONText

/// What came of looking at a file: what the plugin says of itself, or why it is refused.
struct ScanVerdict: Sendable, Equatable {
  /// The hash of the file's bytes.
  var digest: String
  /// The Swift module in the file, which must be unique in a process.
  var module: String?
  /// A place in the current folder that it takes libraries from.
  var relativePath: String?
  /// What the plugin offers, or the reason.
  var outcome: Result<PluginDescription, Diagnostic>

  var json: JSONValue {
    var object: JSONObject = ["digest": .string(digest)]
    if let module { object.append("module", .string(module)) }
    if let relativePath { object.append("relativePath", .string(relativePath)) }
    switch outcome {
    case .success(let description): object.append("description", description.json)
    case .failure(let error): object.append("error", error.json)
    }
    return .object(object)
  }

  init(
    digest: String, module: String? = nil, relativePath: String? = nil, outcome: Result<PluginDescription, Diagnostic>
  ) {
    (self.digest, self.module, self.relativePath) = (digest, module, relativePath)
    self.outcome = outcome
  }

  /// - Throws: ``Diagnostics/ErrorCode/jsonShape``.
  init(json: JSONValue) throws(Diagnostic) {
    digest = try json.require("digest", "a string", \.string)
    (module, relativePath) = (json["module"]?.string, json["relativePath"]?.string)
    if let description = json["description"] {
      outcome = .success(try PluginDescription(json: description))
    } else {
      outcome = .failure(try Diagnostic(json: try json.require("error", "an object", { $0 })))
    }
  }

  /// Whether the file's bytes decide it: what it registers, what is wrong with its bytes and with its descriptors.
  ///
  /// All else may end in another way on another try: what it needs may have come, a processor may know an instruction
  /// that another one does not, a library of its may have been mended.
  var isDecidedByBytes: Bool {
    guard !digest.isEmpty else { return false }
    guard case .failure(let error) = outcome else { return true }
    return ScanVerdict.decided.contains(error.code)
  }

  /// Whether it is worth telling where a file is inspected, though another look may end in another way: what the plugin
  /// did then.
  var isTold: Bool {
    guard !digest.isEmpty, case .failure(let error) = outcome else { return isDecidedByBytes }
    return isDecidedByBytes || ScanVerdict.told.contains(error.code)
  }

  private static let told: Set<ErrorCode> = [
    .pluginCrashedAtSight, .pluginEndedAtSight, .pluginEntryFailed, .pluginException, .pluginFloatingPoint,
    .pluginCrashed, .pluginEmpty,
  ]

  private static let decided: Set<ErrorCode> = [
    .pluginExecutableStack, .pluginTextRelocations, .pluginEntryMissing, .pluginEntryIsData, .pluginEntryMajor,
    .pluginInterposes, .manifestSection, .manifestSeveral, .manifestText, .manifestVersion, .manifestMember,
    .manifestName, .manifestDuplicate, .manifestSymbol, .functionType, .functionArgument, .functionForm,
    .functionParameter, .functionArguments, .functionDeclaration, .pluginDescriptor, .pluginNameTwice, .pluginVersion,
    .pluginManifest,
  ]
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
