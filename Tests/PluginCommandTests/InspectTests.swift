import Diagnostics
import Foundation
import JSONText
import Testing

@testable import ReinitCommand

@Suite("reinit plugin inspect")
struct InspectTests {
  static let keys = [
    "schema", "file", "status", "checks", "size", "digest", "buildID", "needed", "runpath", "system", "compilers",
    "exports",
    "notes", "manifest", "functions", "plugin", "errors",
  ]

  private func inspect(_ room: Room, _ file: String) throws -> JSONValue {
    let run = try room.reinit("plugin", "inspect", file, "--format", "json")
    let json = try JSONValue(parsing: run.output)
    #expect(run.status == (json["status"]?.string == "refused" ? 69 : 0))
    return json
  }

  @Test("The keys are these, and the checks are all there, with a finding each")
  func keys() throws {
    let room = try Room()
    try room.gate()
    let json = try room.reinit("plugin", "inspect", "gate.so", "--format", "json").json(keys: Self.keys)
    let checks = json["checks"]?.array ?? []
    #expect(checks.compactMap { $0["name"]?.string } == PluginRule.all.map(\.name) + ["first look"])
    #expect(checks.allSatisfy { $0["finding"]?.string?.isEmpty == false })
    #expect(json["exports"] == ["ri_plugin_entry_v1"] && json["manifest"]?["id"] == "org.example.gate")
  }

  @Test("Nothing of the file is run: not its constructors, not its entry")
  func runsNothing() throws {
    let room = try Room()
    let entry = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let mark =
      "#include <stdio.h>\n__attribute__((constructor)) static void mark(void) "
      + "{ FILE *f = fopen(\"\(room.mark)\", \"a\"); if (f) { fputs(\"x\", f); fclose(f); } }\n"
    try room.compile(mark + entry, "gate.so")
    #expect(
      try inspect(room, "gate.so")["status"] == "unknown" && !FileManager.default.fileExists(atPath: room.mark)
        && !room.has("cache"))
    #expect(try room.reinit("plugin", "list", "--plugin", "gate.so").status == 0)
    #expect(try String(contentsOfFile: room.mark, encoding: .utf8) == "x")
    #expect(try inspect(room, "gate.so")["status"] == "accepted")
    #expect(try String(contentsOfFile: room.mark, encoding: .utf8) == "x")
  }

  @Test("What an earlier look found is told of the same bytes under any name, and of no others")
  func remembered() throws {
    let room = try Room()
    try room.gate()
    #expect(try room.reinit("plugin", "list", "--plugin", "gate.so").status == 0)
    try room.shell("cp gate.so other.so; cp gate.so third.so; echo >> third.so")
    let parameter = try inspect(room, "other.so")["plugin"]?["initializers"]?[0]?["parameters"]?[0]
    #expect(parameter?["name"] == "gain" && parameter?["default"] == 1 && parameter?["min"]?["open"] == false)
    #expect(try inspect(room, "third.so")["status"] == "unknown")
  }

  static let trap = "__attribute__((constructor)) static void f(void) { __builtin_trap(); }"
  static let leave = "#include <stdlib.h>\n__attribute__((constructor)) static void f(void) { exit(0); }"
  static let failing = "return host->fail(call, RI_INVALID, ri_text(\"no luck today\"));\n  "

  static let failures: [(name: String, before: String, within: String, flags: String, code: String)] = [
    ("crashes when it is loaded", trap, "", "", "R0353"), ("ends the process", leave, "", "", "R0354"),
    ("has an entry that fails", "", failing, "", "R0352"),
    ("exports no entry", "", "", "-Dri_plugin_entry_v1=other", "R0313"),
  ]

  @Test("What a look failed with is told in full", arguments: failures)
  func failed(_ name: String, _ before: String, _ within: String, _ flags: String, _ code: String) throws {
    let room = try Room()
    let entry = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let source = entry.replacing("return host->add", with: within + "return host->add")
    try room.compile(before + "\n" + source, "bad.so", flags: flags)
    let list = try room.reinit("plugin", "list", "--plugin", "bad.so")
    #expect(list.status == 69 && list.errors.hasPrefix("error[\(code)]"), "\(list.errors)")
    let json = try inspect(room, "bad.so")
    #expect(json["errors"]?[0]?["code"]?.string == code && json["plugin"] == .null)
    // The whole error, as list gave it; only the file's path is the one that each of them was told.
    let text = try room.reinit("plugin", "inspect", "bad.so").output
    for line in list.errors.split(separator: "\n") where !line.contains("bad.so") { #expect(text.contains(line)) }
  }

  @Test("A library that is missing now is told by list, and is no verdict for ever")
  func library() throws {
    let room = try Room()
    try room.write("int absent(void) { return 1; }\n", "absent.c")
    try room.shell("cc -shared -fPIC -Wl,-soname,libabsent.so absent.c -o libabsent.so; mkdir -m 755 found")
    let entry = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    try room.compile(
      "int absent(void);\nint user(void) { return absent(); }\n" + entry, "found/user.so",
      flags: "./libabsent.so -Wl,-rpath,'\(room.url.path)'")
    try room.shell("mv libabsent.so gone.so")
    #expect(
      try room.reinit("plugin", "list", path: "found").output.contains("R0351  the plugin cannot be loaded: libabsent"))
    #expect(try inspect(room, "found/user.so")["status"] == "unknown")
    try room.shell("mv gone.so libabsent.so")
    let list = try room.reinit("plugin", "list", path: "found")
    #expect(!list.output.contains("R0351") && list.output.contains("org.example.my-plugin"), "\(list.output)")
  }

  @Test("Plain functions are shown as C declares them, before anything is loaded")
  func functions() throws {
    let room = try Room()
    let manifest =
      #"{\"reinit\": 1, \"id\": \"org.example.plain\", \"version\": \"1.0.0\", \"functions\": [{\"name\": \"slope\", "#
      + #"\"result\": \"f64\", \"args\": [{\"type\": \"i64\", \"role\": \"index\"}, "#
      + #"{\"type\": \"f64\", \"role\": \"param\", \"name\": \"step\", \"default\": 0.5}]}]}"#
    let source = """
      #include <reinit/reinit.h>
      RI_MANIFEST("\(manifest)");
      RI_EXPORT double slope(int64_t i, double step) { return (double)i * step; }

      """
    try room.compile(source, "plain.so")
    let unknown = try inspect(room, "plain.so")
    #expect(unknown["functions"]?[0]?["prototype"] == "double slope(int64_t i, double step)")
    let list = try room.reinit("plugin", "list", "--plugin", "plain.so")
    #expect(list.status == 0, "\(list.errors)")
    let known = try inspect(room, "plain.so")["plugin"]?["initializers"]?[0]
    #expect(known?["prototype"] == "double slope(int64_t i, double step)" && known?["form"] == "ranges")
    #expect(
      try room.reinit("plugin", "inspect", "plain.so").output.contains("    double slope(int64_t i, double step)\n"))
  }

  @Test("A plain function whose declaration is wrong is refused before it is loaded")
  func declaration() throws {
    let room = try Room()
    let manifest =
      #"{\"reinit\": 1, \"id\": \"org.example.plain\", \"version\": \"1.0.0\", \"functions\": [{\"name\": \"slope\", "#
      + #"\"result\": \"f64\", \"args\": [{\"type\": \"int\", \"role\": \"index\"}]}]}"#
    try room.compile(
      "#include <reinit/reinit.h>\nRI_MANIFEST(\"\(manifest)\");\nRI_EXPORT double slope(int i) { return i; }\n",
      "plain.so")
    let json = try inspect(room, "plain.so")
    #expect(json["status"] == "refused" && json["errors"]?[0]?["place"]?.string?.contains("function 'slope'") == true)
    let failed = json["checks"]?.array?.filter { $0["outcome"] == "failed" } ?? []
    #expect(failed.count == 1 && failed.first?["name"] == "functions")
  }

  @Test("Every code of a plugin's bytes belongs to one check")
  func codes() {
    let listed = PluginRule.all.flatMap(\.codes)
    #expect(Set(listed).count == listed.count)
    let ofBytes = ErrorCode.allCases.filter { ("R0302"..."R0327").contains($0.id) }
    #expect(ofBytes.allSatisfy(listed.contains))
  }
}
