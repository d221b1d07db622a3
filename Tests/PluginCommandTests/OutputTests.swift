import Foundation
import Testing

/// Golden outputs: what the commands print in a folder with a plugin in C and a text that is none.
///
/// `REINIT_GOLDEN=write` writes them anew; read the difference before it is committed. What depends on compilers and
/// places has a name in capitals there.
@Suite("What reinit plugin prints")
struct OutputTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: [String]
    var status: Int32 = 0
    /// Commands that are run before.
    var first: [[String]] = []
    /// `REINIT_PLUGIN_PATH`.
    var path: String?
    var testDescription: String { name }
  }

  static let looked = [["list", "--plugin", "gate.so"]]

  static let cases: [Case] = [
    Case(name: "help", arguments: ["--help"]),
    Case(name: "help-list", arguments: ["list", "--help"]),
    Case(name: "help-inspect", arguments: ["inspect", "--help"]),
    Case(name: "help-new", arguments: ["new", "--help"]),
    Case(name: "help-diff", arguments: ["diff", "--help"]),
    Case(name: "help-seal", arguments: ["seal", "--help"]),
    Case(name: "diff", arguments: ["diff", "gate.so", "other.so"], status: 1),
    Case(name: "diff-json", arguments: ["diff", "gate.so", "other.so", "--format", "json"], status: 1),
    Case(name: "diff-same", arguments: ["diff", "gate.so", "gate.so"]),
    Case(name: "seal", arguments: ["seal", "bare.so"]),
    Case(name: "seal-json", arguments: ["seal", "gate.so", "--format", "json"]),
    Case(name: "help-paths", arguments: ["paths", "--help"]),
    Case(name: "list-empty", arguments: ["list"]),
    Case(name: "list", arguments: ["list", "--plugin", "gate.so"], path: "./found"),
    Case(name: "list-json", arguments: ["list", "--plugin", "gate.so", "--format", "json"], path: "./found"),
    Case(name: "inspect-unknown", arguments: ["inspect", "gate.so"]),
    Case(name: "inspect", arguments: ["inspect", "gate.so"], first: looked),
    Case(name: "inspect-text", arguments: ["inspect", "found/text.so"], status: 69),
    Case(name: "inspect-text-json", arguments: ["inspect", "found/text.so", "--format", "json"], status: 69),
    Case(name: "inspect-missing", arguments: ["inspect", "gat.so"], status: 66),
    Case(name: "inspect-missing-json", arguments: ["inspect", "gat.so", "--format", "json"], status: 66),
    Case(name: "inspect-folder", arguments: ["inspect", "found"], status: 69),
    Case(name: "new", arguments: ["new", "lamb-norm", "--language", "c"]),
    Case(name: "new-layer", arguments: ["new", "Gate", "--language", "rust", "--layer"]),
    Case(name: "new-json", arguments: ["new", "Gate", "--language", "cpp", "--layer", "--format", "json"]),
    Case(name: "new-function", arguments: ["new", "my-scheme", "--language", "c", "--function"]),
    Case(name: "error-function", arguments: ["new", "my-scheme", "--language", "rust", "--function"], status: 64),
    Case(name: "error-name", arguments: ["new", "my gate!", "--language", "c"], status: 64),
    Case(name: "error-taken", arguments: ["new", "orthogonal", "--language", "c"], status: 64),
    Case(name: "error-language", arguments: ["new", "gate", "--language", "cobol"], status: 64),
    Case(name: "error-no-language", arguments: ["new", "gate"], status: 64),
    Case(name: "error-exists", arguments: ["new", "found", "--language", "c"], status: 73),
    Case(name: "error-named", arguments: ["list", "--plugin", "found/text.so"], status: 69),
    Case(name: "error-command", arguments: ["lst"], status: 64),
  ]

  @Test("Each output is the one that was read and committed", arguments: cases)
  func isGolden(_ value: Case) throws {
    let room = try Room()
    try room.gate()
    try Self.others(room)
    try room.write("this is no plugin\n", "found/text.so")
    try room.shell("chmod 755 found && rm *.so.c")
    for arguments in value.first { #expect(try room.reinit(["plugin"] + arguments).status == 0) }
    let run = try room.reinit(["plugin"] + value.arguments, path: value.path)
    #expect(run.status == value.status, "\(run.errors)")
    try Self.compare(Self.normalized(run.output + run.errors, room), with: value.name)
  }

  /// A newer build of the plugin, and one without a manifest.
  private static func others(_ room: Room) throws {
    let source = try String(contentsOfFile: room.path("gate.so.c"), encoding: .utf8)
    let changes = [
      ("deviation(range);", "deviation(range) * 2;"), ("1.0.0", "1.1.0"), ("1, 0, 1e6", "1, 0.5, 1e6"), ("MIT", "ISC"),
      ("\"gain\", \"factor", "\"gain\", \"a factor"),
    ]
    try room.compile(changes.reduce(source) { $0.replacing($1.0, with: $1.1) }, "other.so")
    try room.compile(source.replacing(/RI_MANIFEST\((?:.|\n)*?\);\n/, with: ""), "bare.so")
  }

  private static func normalized(_ text: String, _ room: Room) -> String {
    text.replacing(room.url.path, with: "ROOM").replacing(/[0-9a-f]{32}/) { _ in "DIGEST" }
      .replacing(/(build id +)\S+/) { "\($0.1)ID" }
      .replacing(/(made by +).*/) { "\($0.1)COMPILERS" }
      .replacing(/(needs +).*/) { "\($0.1)LIBRARIES" }
      .replacing(/(system +).*/) { "\($0.1)VERSIONS" }
      .replacing(/"(GLIBC|GLIBCXX)": ".*"/) { "\"\($0.1)\": \"VERSION\"" }
      .replacing(/"build": ".*"/) { _ in "\"build\": \"COMPILER\"" }
      .replacing(/"[0-9a-f]{16}"/) { _ in "\"HASH\"" }
      .replacing(/[0-9.]+ KiB/) { _ in "SIZE" }
  }

  private static func compare(_ text: String, with name: String) throws {
    let url = golden.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["REINIT_GOLDEN"] == "write" {
      try FileManager.default.createDirectory(at: golden, withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(text == expected)
  }
}
