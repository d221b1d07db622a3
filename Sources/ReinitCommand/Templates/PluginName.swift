import Diagnostics
import Reinit

/// A name for a plugin, and the forms that files, initializers and types of languages have it in.
struct PluginName {
  /// As the user gave it: the folder's name, and the shared object's.
  let given: String
  /// `my-plugin`: ids and packages.
  let kebab: String
  /// `my_plugin`: initializers, sources, crates.
  let snake: String
  /// `MyPlugin`: layers, types, modules.
  let camel: String

  static let limit = 48

  /// A name of letters, digits, `-` and `_`.
  /// - Throws: ``Diagnostics/ErrorCode/badPluginName``.
  init(_ text: String) throws(Diagnostic) {
    guard Self.isName(text) else { throw Self.unusable(text) }
    self.init(unchecked: text)
  }

  private init(unchecked text: String) {
    let words = Self.words(text)
    given = text
    kebab = words.map { $0.lowercased() }.joined(separator: "-")
    snake = words.map { $0.lowercased() }.joined(separator: "_")
    camel = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter, text.utf8.count <= limit else { return false }
    return text.allSatisfy(isPlain)
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
  }

  /// Cut at `-` and `_`, and where small letters end: `LambNorm` is two words, as is `HTTPGate`.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for part in text.split(whereSeparator: { $0 == "-" || $0 == "_" }) {
      var word = ""
      for (index, character) in zip(part.indices, part) {
        let next = part.index(after: index)
        let begins =
          character.isUppercase
          && (word.last.map { !$0.isUppercase } ?? false || next < part.endIndex && part[next].isLowercase)
        if begins, !word.isEmpty {
          words.append(word)
          word = ""
        }
        word.append(character)
      }
      words.append(word)
    }
    return words
  }
}

extension PluginName {
  /// Refuses names that mean something else to Reinit, to a language, or in the template.
  /// - Throws: ``Diagnostics/ErrorCode/badPluginName``.
  func check(for template: PluginTemplate) throws(Diagnostic) {
    let name = template.kind == .layer ? camel : snake
    if isBuiltIn(template.kind) { throw taken("'\(name)' is built in", template) }
    let forms = [snake, camel]
    if let word = forms.first(where: ReservedWords.all.contains) {
      throw taken("'\(word)' is a word of a language or of its library", template)
    }
    if let word = forms.first(where: template.identifiers.contains) {
      throw taken("the template has a '\(word)' already", template)
    }
  }

  private func isBuiltIn(_ kind: PluginTemplate.Kind) -> Bool {
    switch kind {
    case .initializer, .function: InitializerRegistry.standard.descriptor(named: snake) != nil
    case .layer: LayerRegistry.standard.descriptor(named: camel) != nil
    }
  }

  private func taken(_ reason: String, _ template: PluginTemplate) -> Diagnostic {
    Diagnostic(
      .badPluginName, "the name '\(given)' would mean something else: \(reason)", expected: "a name of its own",
      found: "'\(given)'", hints: [Self.command("my-\(kebab)", template)])
  }

  private static func unusable(_ text: String) -> Diagnostic {
    Diagnostic(
      .badPluginName, "'\(text)' cannot be a plugin's name",
      expected: "letters, digits, - and _, beginning with a letter, at most \(limit)", found: "'\(text)'",
      hints: ["a similar name that can: '\(nearest(to: text))'"])
  }

  private static func command(_ name: String, _ template: PluginTemplate) -> String {
    let kind = template.kind == .initializer ? "" : " --\(template.kind.rawValue)"
    return "reinit plugin new \(name) --language \(template.language.rawValue)\(kind)"
  }

  /// A name made of what is usable in a text: of a path its last part, of other characters a dash.
  static func nearest(to text: String) -> String {
    let part = text.split(separator: "/").last ?? ""
    let words = part.split { !isPlain($0) }.joined(separator: "-").drop { $0 == "-" || $0 == "_" }
    guard let first = words.first else { return "my-plugin" }
    return String((first.isLetter ? words[...] : "plugin-" + words).prefix(limit))
  }
}
