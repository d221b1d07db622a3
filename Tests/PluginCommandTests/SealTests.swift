import Foundation
import JSONText
import Testing

/// What a plugin registers becomes its manifest, without a manifest written by hand.
@Suite("reinit plugin seal")
struct SealTests {
  private func manifest(_ room: Room, _ library: String = "gate.so") throws -> JSONValue? {
    try JSONValue(parsing: try room.reinit("plugin", "inspect", library, "--format", "json").output)["manifest"]
  }

  @Test("A file without a manifest gets one, and is looked at with it as any other")
  func bare() throws {
    let room = try Room()
    try room.gate(manifest: nil)
    #expect(try manifest(room) == .null)
    let run = try room.reinit("plugin", "seal", "gate.so", "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    let json = try run.json(keys: ["schema", "file", "changed", "digest", "manifest"])
    #expect(json["changed"] == true && json["manifest"]?["initializers"] == ["gate"])
    #expect(try manifest(room)?["id"] == "org.example.gate")
    let list = try JSONValue(
      parsing: try room.reinit("plugin", "list", "--plugin", "gate.so", "--format", "json").output)
    #expect(list["plugins"]?[0]?["digest"] == json["digest"])
    #expect(
      try room.reinit("plugin", "seal", "gate.so", "--format", "json").json(keys: [
        "schema", "file", "changed", "digest", "manifest",
      ])["changed"] == false)
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.url.path).filter { $0.contains("reinit-") } == [])
  }

  @Test("The system's tools read the sealed file: the section is there once, stripped or not, and the code runs")
  func tools() throws {
    let room = try Room()
    try room.gate(manifest: nil)
    #expect(try room.reinit("plugin", "seal", "gate.so").status == 0)
    try room.shell("cp gate.so stripped.so && strip stripped.so && chmod 755 stripped.so")
    for name in ["gate.so", "stripped.so"] {
      #expect(try room.shell("readelf -SW \(name) | grep -c 'reinit.manifest '").output == "1\n")
      #expect(try room.shell("readelf -p .reinit.manifest \(name)").output.contains("org.example.gate"))
      #expect(try room.shell("readelf -aW \(name) 2>&1 >/dev/null").output == "")
      #expect(try room.reinit("plugin", "list", "--plugin", name).status == 0)
    }
  }

  @Test("A manifest that says other things is replaced, one that was compiled in too; what no look can tell is kept")
  func replaced() throws {
    let room = try Room()
    let old =
      #"{"reinit": 1, "id": "org.example.other", "version": "0.1", "layers": ["Gone"], "module": "Gate", "later": [1]}"#
    try room.gate(manifest: old)
    #expect(try room.reinit("plugin", "list", "--plugin", "gate.so").errors.contains("R0371"))
    #expect(try room.reinit("plugin", "seal", "gate.so").status == 0)
    let new = try room.reinit("plugin", "seal", "gate.so", "--format", "json").json(
      keys: ["schema", "file", "changed", "digest", "manifest"])["manifest"]
    #expect(
      new?["id"] == "org.example.gate" && new?["layers"] == [] && new?["module"] == "Gate" && new?["later"] == [1])
    #expect(try room.reinit("plugin", "seal", "gate.so", "--module", "Other").status == 0)
    #expect(try manifest(room)?["module"] == "Other")
  }

  @Test("A Makefile that says SEAL needs no manifest in the sources; without reinit there is none, which is said")
  func makefile() throws {
    let room = try Room()
    #expect(try room.reinit("plugin", "new", "gate", "--language", "c").status == 0)
    try room.shell("make -s -C gate")
    #expect(try manifest(room, "gate/build/gate.so")?["initializers"] == ["gate"])
    let said = try room.shell("make -s -C gate clean && make -s -C gate REINIT= 2>&1").output
    #expect(said.contains("gate.so has no manifest") && said.contains("reinit was not found"))
    #expect(try manifest(room, "gate/build/gate.so") == .null)
  }

  @Test("A plugin that does not load, or is none, stays as it is, byte for byte", arguments: ["crash", "text"])
  func unchanged(how: String) throws {
    let room = try Room()
    if how == "text" { try room.write("no plugin\n", "gate.so") } else { try room.gate(manifest: nil) }
    if how == "crash" {
      let source = try String(contentsOfFile: room.path("gate.so.c"), encoding: .utf8)
      try room.compile(InspectTests.trap + "\n" + source, "gate.so")
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: room.path("gate.so")))
    let run = try room.reinit("plugin", "seal", "gate.so")
    #expect(run.status == 69 && run.errors.contains(how == "crash" ? "error[R0353]" : "error[R0305]"), "\(run.errors)")
    #expect(run.errors.contains("gate.so") && !run.errors.contains("reinit-"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: room.path("gate.so"))) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.url.path).filter { $0.contains("reinit-") } == [])
  }
}

@Suite("An installed prefix")
struct InstallTests {
  @Test("The pages that headers and kits cite are there, and what pages link to")
  func pages() throws {
    let prefix = URL(fileURLWithPath: try Tools.prefix.get())
    let documents = prefix.appendingPathComponent("share/doc/reinit")
    var missing: Set<String> = []
    for (path, text) in try Sources.texts(in: prefix) {
      let folder = prefix.appendingPathComponent(path).deletingLastPathComponent()
      let cited = path.hasSuffix(".md") ? [] : text.matches(of: /docs\/[a-z\/\-]+\.md/).map { String($0.output) }
      for page in cited where !FileManager.default.fileExists(atPath: documents.appendingPathComponent(page).path) {
        missing.insert("\(path): \(page)")
      }
      guard path.hasSuffix(".md"), path.hasPrefix("share/doc/reinit/docs/plugins") else { continue }
      for link in text.matches(of: /\]\(([A-Za-z0-9_.\/\-]+\.md)/).map({ String($0.output.1) })
      where !FileManager.default.fileExists(atPath: folder.appendingPathComponent(link).path) {
        missing.insert("\(path): \(link)")
      }
    }
    #expect(missing == [])
    #expect(
      FileManager.default.fileExists(
        atPath: documents.appendingPathComponent("Plugins/Examples/c-layer/my_plugin.c").path))
  }

  @Test("make asan and make tsan build another file with sanitizers", arguments: ["asan", "tsan"])
  func sanitizers(target: String) throws {
    let room = try Room()
    #expect(try room.reinit("plugin", "new", "gate", "--language", "c").status == 0)
    try room.shell("make -s -C gate \(target) REINIT=true")
    let needed = try room.shell("readelf -dW gate/build/\(target)/gate.so").output
    #expect(needed.contains(target == "asan" ? "asan" : "tsan") && !room.has("gate/build/gate.so"))
  }

  @Test(
    "Of languages without sanitizers, make asan and make tsan say why there is none, and build nothing",
    arguments: [("rust", "nightly"), ("swift", "a runtime of their own")])
  func noSanitizers(language: String, reason: String) throws {
    let room = try Room()
    #expect(try room.reinit("plugin", "new", "gate", "--language", language).status == 0)
    for target in ["asan", "tsan"] {
      let said = try room.shell("make -s -C gate \(target) REINIT=true 2>&1 || echo failed").output
      #expect(said.contains("make \(target) is for plugins in C and C++") && said.contains(reason))
      #expect(said.hasSuffix("failed\n") && !room.has("gate/build/gate.so"))
    }
  }
}
