import ArgumentParser
import CTemplates

/// What `plugin new` begins a plugin with: the sources of a small one that builds as it stands.
struct PluginTemplate: Equatable {
  /// The languages that there are kits for.
  enum Language: String, CaseIterable, ExpressibleByArgument {
    case c
    case cxx = "c++"
    case rust
    case swift

    /// Also by the names that files and compilers have.
    init?(argument: String) {
      let names = ["cpp": "c++", "cxx": "c++", "rs": "rust"]
      let word = argument.lowercased()
      self.init(rawValue: names[word] ?? word)
    }

    /// As a person writes it.
    var name: String { self == .cxx ? "C++" : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
  }

  /// What the plugin offers.
  enum Kind: String, EnumerableFlag {
    case initializer, layer, function
  }

  /// A file in the plugin's folder.
  struct File: Equatable {
    var path: String
    var text: String
  }

  let language: Language
  let kind: Kind

  /// All that there are: plain functions are C's.
  static let all = Language.allCases.flatMap { language in
    Kind.allCases.filter { $0 != .function || language == .c }.map { PluginTemplate(language: language, kind: $0) }
  }

  /// The files as they are in the example's folder.
  var files: [File] {
    let folder = "\(language == .cxx ? "cxx" : language.rawValue)-\(kind.rawValue)/"
    return Self.embedded.compactMap { file in
      file.path.hasPrefix(folder) ? File(path: String(file.path.dropFirst(folder.count)), text: file.text) : nil
    }
  }

  /// The files of all examples, by their paths in Plugins/Examples.
  private static var embedded: [File] {
    var files: [File] = []
    var next = reinit_template_files()
    while let path = next.pointee.path, let text = next.pointee.text {
      files.append(File(path: String(cString: path), text: String(cString: text)))
      next += 1
    }
    return files
  }

  /// The files of a plugin of that name.
  func files(named name: PluginName) -> [File] {
    let tokens = tokens(name)
    return files.map { File(path: $0.path.replacing(tokens), text: $0.text.replacing(tokens)) }
  }

  /// What stands for the name in a template, and what takes its place; of two that fit, the first.
  private func tokens(_ name: PluginName) -> [(token: String, text: String)] {
    // The shared object is named as the user says, all that a language has to spell in the language's way.
    let products = ["build/", "NAME := "].map { (token: $0 + "my_plugin", text: $0 + name.given) }
    return products + [("my-plugin", name.kebab), ("my_plugin", name.snake), ("MyPlugin", name.camel)]
  }

  /// The names that the template's sources use besides the plugin's own: those of functions, variables and types.
  var identifiers: Set<String> {
    let sources = files.filter { file in [".c", ".cpp", ".rs", ".swift"].contains { file.path.hasSuffix($0) } }
    return Set(sources.flatMap { SourceWords.identifiers(in: $0.text) }).subtracting(["my_plugin", "MyPlugin"])
  }
}

extension String {
  /// The text with tokens replaced in one pass: what has taken a token's place is not looked at again.
  fileprivate func replacing(_ tokens: [(token: String, text: String)]) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if let found = tokens.first(where: { rest.hasPrefix($0.token) }) {
        result += found.text
        rest = rest.dropFirst(found.token.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }

  private static func behindText(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, first != 0x22 { rest = rest.dropFirst(first == 0x5C ? 2 : 1) }
    return rest.dropFirst()
  }
}

/// Words of sources in languages that write comments as C does.
enum SourceWords {
  /// All words outside of comments and texts.
  static func identifiers(in source: String) -> Set<String> {
    let words = code(of: source).split { byte in
      !(byte == 0x5F || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20))
    }
    return Set(words.map { String(decoding: $0, as: UTF8.self) })
  }

  private static func code(of source: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(source.utf8)[...]
    while let first = rest.first {
      if rest.starts(with: "//".utf8) {
        rest = rest.drop { $0 != 0x0A }
      } else if rest.starts(with: "/*".utf8) {
        rest = rest.dropFirst(2)
        while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest.removeFirst() }
        rest = rest.dropFirst(2)
      } else if first == 0x22 {
        rest = behindText(rest.dropFirst())
        result.append(0x20)
      } else {
        result.append(first)
        rest.removeFirst()
      }
    }
    return result
  }

  private static func behindText(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, first != 0x22 { rest = rest.dropFirst(first == 0x5C ? 2 : 1) }
    return rest.dropFirst()
  }
}
