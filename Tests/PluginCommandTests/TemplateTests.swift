import Diagnostics
import Foundation
import Testing

@testable import ReinitCommand

@Suite("The templates of plugin new")
struct TemplateTests {
  static let all = PluginTemplate.all

  static func folder(_ template: PluginTemplate) -> String {
    let language = template.language == .cxx ? "cxx" : template.language.rawValue
    return "\(language)-\(template.kind.rawValue)"
  }

  @Test("Each template in the command is the example's folder, byte for byte", arguments: all)
  func embedded(_ template: PluginTemplate) throws {
    let folder = try #require(Sources.examples[Self.folder(template)])
    let files = Dictionary(uniqueKeysWithValues: template.files.map { ($0.path, $0.text) })
    let stale = Set(files.keys).union(folder.keys).filter { files[$0] != folder[$0] }
    #expect(stale.isEmpty, "say it in Sources/CTemplates/templates.c")
  }

  @Test("No token is left, and everything is named after the plugin", arguments: all)
  func tokens(_ template: PluginTemplate) throws {
    let files = template.files(named: try PluginName("Zig-zag9"))
    let text = files.map { "\($0.path)\n\($0.text)" }.joined()
    for token in ["my-plugin", "my_plugin", "MyPlugin"] { #expect(!text.contains(token)) }
    #expect(text.contains("org.example.zig-zag9"))
    let name = template.kind == .layer ? "\"ZigZag9\"" : "\"zig_zag9\""
    #expect(text.contains(name) || text.contains(name.replacing("\"", with: "\\\"")))
    let makefile = try #require(files.first { $0.path == "Makefile" }).text
    #expect(makefile.contains("NAME := Zig-zag9\n"))
    #expect(makefile.contains("LIBRARY := zig_zag9\n") == [.rust, .swift].contains(template.language))
    #expect(files.first { $0.path == "README.md" }?.text.contains("build/Zig-zag9.so") == true)
  }

  @Test("Without an installation make says how to come to one", arguments: PluginTemplate.Language.allCases)
  func noInstallation(_ language: PluginTemplate.Language) throws {
    let room = try Room()
    #expect(try room.reinit("plugin", "new", "gate", "--language", language.rawValue).status == 0)
    let said = try room.shell("make -C gate REINIT_PREFIX=$PWD/none 2>&1; echo $?").output
    #expect(said.contains("Reinit was not found: run Scripts/install --prefix DIR") && said.hasSuffix("\n2\n"))
  }

  @Test("Words of sources are those outside of comments and texts")
  func words() {
    let source = "int a_1 = f(b); // one two\n/* three\n four */ char *c = \"five \\\" six\"; /* seven */ d\n"
    #expect(SourceWords.identifiers(in: source) == ["int", "a_1", "f", "b", "char", "c", "d"])
  }
}

@Suite("Names of new plugins")
struct NameTests {
  static let goodNames: [(given: String, forms: [String])] = [
    ("gate", ["gate", "gate", "Gate"]), ("lamb-norm", ["lamb-norm", "lamb_norm", "LambNorm"]),
    ("lamb_norm", ["lamb-norm", "lamb_norm", "LambNorm"]), ("LambNorm", ["lamb-norm", "lamb_norm", "LambNorm"]),
    ("HTTPGate", ["http-gate", "http_gate", "HTTPGate"]), ("SIREN", ["siren", "siren", "SIREN"]),
    ("fixup2", ["fixup2", "fixup2", "Fixup2"]), ("a--b_", ["a-b", "a_b", "AB"]), ("x-1", ["x-1", "x_1", "X1"]),
  ]

  @Test("A name has the forms that ids, initializers and types want", arguments: goodNames)
  func forms(_ given: String, _ forms: [String]) throws {
    let name = try PluginName(given)
    #expect([name.kebab, name.snake, name.camel] == forms && name.given == given)
  }

  static let badNames: [(name: String, nearest: String)] = [
    ("", "my-plugin"), ("2fast", "plugin-2fast"), ("my plugin!", "my-plugin"), ("plugins/gate", "gate"),
    ("..", "my-plugin"), ("/", "my-plugin"), ("größe", "gr-e"), ("-x", "x"), ("gate.so", "gate-so"), ("🙂", "my-plugin"),
    (String(repeating: "a", count: 49), String(repeating: "a", count: 48)), ("a\nb", "a-b"), ("_a", "a"),
  ]

  @Test("What is no name is refused, with one that is", arguments: badNames)
  func bad(_ name: String, _ nearest: String) throws {
    let error = #expect(throws: Diagnostic.self) { try PluginName(name) }
    #expect(error?.code == .badPluginName && error?.hints == ["a similar name that can: '\(nearest)'"])
    #expect(try PluginName(nearest).given == nearest)
  }

  static let takenNames: [(name: String, language: PluginTemplate.Language, kind: PluginTemplate.Kind)] = [
    ("normal", .c, .initializer), ("Glorot_Uniform", .rust, .initializer), ("xavier_normal", .swift, .initializer),
    ("dense", .c, .layer), ("Linear", .cxx, .layer), ("while", .c, .initializer), ("exp", .cxx, .initializer),
    ("self", .rust, .layer), ("main", .swift, .initializer), ("string", .swift, .layer), ("fill", .c, .initializer),
    ("gated-residual", .swift, .layer), ("reinit-plugin", .rust, .layer), ("forward", .c, .layer),
  ]

  @Test("Names that mean something already are refused, with one that does not", arguments: takenNames)
  func taken(_ name: String, _ language: PluginTemplate.Language, _ kind: PluginTemplate.Kind) throws {
    let template = PluginTemplate(language: language, kind: kind)
    let error = #expect(throws: Diagnostic.self) { try PluginName(name).check(for: template) }
    #expect(error?.code == .badPluginName)
    let words = try #require(error?.hints.first).split(separator: " ").map(String.init)
    #expect(words.starts(with: ["reinit", "plugin", "new"]) && words.contains(language.rawValue))
    try PluginName(words[3]).check(for: template)
  }
}
