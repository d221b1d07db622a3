import CReinit
import CallText
import Diagnostics
import Initializers
import JSONText
import LayerVocabulary
import Reinitialization

/// What a plugin's initializer reads, as it was declared.
public struct SourceDescription: Sendable, Equatable {
  /// Where it is.
  public enum Kind: String, Sendable {
    /// The values that the tensor has.
    case old
    /// Another tensor of the tree.
    case tensor
    /// A tensor of another checkpoint.
    case file
  }

  /// What the plugin calls it.
  public var name: String
  /// Where it is.
  public var kind: Kind
  /// The path, or `$parameter`; empty for old values, and for a file's tensor of the same name.
  public var path: String
  /// The checkpoint's path, or `$parameter`; empty but for files.
  public var file: String

  /// Where a source is, with arguments in place of the parameters that it names.
  func reference(_ arguments: [(name: String, value: ArgumentValue)]) -> SourceReference {
    func text(_ text: String) -> String {
      guard let parameter = SourceDescription.parameter(text) else { return text }
      guard case .word(let word) = arguments.first(where: { $0.name == parameter })?.value else { return "" }
      return word
    }
    switch kind {
    case .old: return .old
    // In fit, `old` is what the old checkpoint has in the tensor's place.
    case .tensor where text(path) == "old": return .old
    case .tensor: return .tensor(text(path))
    case .file: return .file(text(file), tensor: text(path))
    }
  }

  /// The parameters that say where it is.
  package var parameters: [String] { [path, file].compactMap(SourceDescription.parameter) }

  /// The parameter that a path is; nil for a path itself.
  static func parameter(_ text: String) -> String? { text.hasPrefix("$") ? String(text.dropFirst()) : nil }
}

extension SourceDescription: CustomStringConvertible {
  /// `the old values`, `the tensor ..base.weight`, `the same tensor of $file`.
  public var description: String {
    switch kind {
    case .old: "the old values"
    case .tensor: "the tensor \(path)"
    case .file: "\(path.isEmpty ? "the same tensor" : "the tensor \(path)") of the checkpoint \(file)"
    }
  }
}

extension SourceDescription {
  /// Reads and checks declared sources.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor``.
  static func read(
    _ table: ri_initializer, of owner: String, _ parameters: [PluginParameter]
  ) throws(Diagnostic) -> [SourceDescription] {
    let declared: [ri_source] = try CStruct.elements(table.sources, count: table.n_sources, at: "\(owner).sources")
    var sources: [SourceDescription] = []
    for (index, raw) in declared.enumerated() {
      let place = "\(owner).sources[\(index)]"
      let source = try SourceDescription(raw, place)
      try source.check(place, parameters)
      guard !sources.contains(where: { $0.name == source.name }) else {
        throw CText.descriptor(place, "has a name that is taken", found: "'\(source.name)'")
      }
      sources.append(source)
    }
    guard sources.isEmpty || table.fill != nil && table.distribution == nil else {
      throw CText.descriptor(
        "\(owner).sources", "are of no distribution", expected: "fill, and no distribution beside sources",
        found: table.fill == nil ? "no fill" : "a distribution")
    }
    return sources
  }

  private init(_ raw: ri_source, _ place: String) throws(Diagnostic) {
    let kinds: [Int: Kind] = [RI_SOURCE_OLD: .old, RI_SOURCE_TENSOR: .tensor, RI_SOURCE_FILE: .file]
    guard let kind = kinds[Int(raw.kind)] else {
      throw CText.descriptor("\(place).kind", "is no place of a source", expected: "RI_SOURCE_…", found: "\(raw.kind)")
    }
    guard raw.flags & 0xFFFF == 0 else {
      throw CText.descriptor(
        "\(place).flags", "has bits that this host does not know", expected: "0", found: "\(raw.flags)",
        hints: ["a newer reinit may know them"])
    }
    name = try CText.string(raw.name, "\(place).name")
    self.kind = kind
    path = try CText.string(raw.path, "\(place).path")
    file = try CText.string(raw.file, "\(place).file")
  }

  private func check(_ place: String, _ parameters: [PluginParameter]) throws(Diagnostic) {
    guard PluginNames.initializer.accepts(name) else {
      throw CText.descriptor(
        "\(place).name", "is not a name", expected: PluginNames.initializer.form, found: "'\(name)'")
    }
    guard kind == .tensor ? !path.isEmpty : kind == .file || path.isEmpty else {
      throw CText.descriptor(
        "\(place).path", "is not as its kind wants it", expected: kind == .old ? "none" : "a path", found: "'\(path)'")
    }
    guard (kind == .file) != file.isEmpty else {
      throw CText.descriptor(
        "\(place).file", "is not as its kind wants it", expected: kind == .file ? "a checkpoint's path" : "none",
        found: "'\(file)'")
    }
    for text in [path, file] {
      guard let parameter = SourceDescription.parameter(text) else { continue }
      guard parameters.contains(where: { $0.name == parameter && $0.kind == .word }) else {
        throw CText.descriptor(
          place, "names a parameter that is none", expected: "a word parameter", found: "'\(text)'")
      }
    }
  }
}

extension SourceDescription {
  var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "kind": .string(kind.rawValue)]
    if !path.isEmpty { object.append("path", .string(path)) }
    if !file.isEmpty { object.append("file", .string(file)) }
    return .object(object)
  }

  init(json: JSONValue) throws(Diagnostic) {
    self.init(
      name: try json.require("name", "a string", \.string),
      kind: try json.require("kind", "a place", { $0.string.flatMap(Kind.init(rawValue:)) }),
      path: json["path"]?.string ?? "", file: json["file"]?.string ?? "")
  }
}
