import Diagnostics
import Glibc
import JSONText
import PluginHost
import Testing

/// A manifest is read as it was written, however it came into the file.
@Suite("Manifests") struct ManifestTests {
  static let full = #"""
    {"reinit": 1, "id": "org.example.full-1", "version": "2.0.0-rc.1+linux", "license": "MIT OR Apache-2.0",
     "summary": "Gabor filter bank, 2×2", "module": "FullPlugin", "initializers": ["gabor", "g2_x"],
     "layers": ["Gate", "S4D"], "functions": [{"name": "lecun", "result": "void", "args": [{"type": "f32*"}]}]}
    """#

  private func check(_ manifest: PluginManifest?) throws {
    let manifest = try #require(manifest)
    #expect(manifest.id == "org.example.full-1" && manifest.version == "2.0.0-rc.1+linux")
    #expect(manifest.license == "MIT OR Apache-2.0" && manifest.summary == "Gabor filter bank, 2×2")
    #expect(manifest.module == "FullPlugin" && manifest.major == 1 && manifest.notes.isEmpty)
    #expect(manifest.initializers == ["gabor", "g2_x"] && manifest.layers == ["Gate", "S4D"])
    let expected = try JSONValue(parsing: Self.full)["functions"]?[0]
    #expect(manifest.functions.map(\.declaration) == [expected])
    #expect(manifest.functions.map(\.symbol) == ["lecun"] && manifest.functions.map(\.name) == ["lecun"])
  }

  @Test("The macro RI_MANIFEST attaches it")
  func macro() throws {
    let folder = try Folder()
    let json = Self.full.split(separator: "\n").joined(separator: " ")
    let path = try folder.compile(Source.manifest(json) + "RI_EXPORT void lecun(float *out) {}")
    let file = try PluginFile(reading: path)
    #expect(file.refusals.isEmpty && !file.hasEntry)
    try check(file.manifest)
  }

  @Test("objcopy attaches it, with a line end and without, to be loaded or not", arguments: ["", "\n", "\r\n\0\0"])
  func objcopy(end: String) throws {
    let folder = try Folder()
    try folder.write(Self.full + end, "manifest.json")
    let path = try folder.compile(Source.entry + "RI_EXPORT void lecun(float *out) {}")
    try folder.run(
      "objcopy --add-section .reinit.manifest=manifest.json "
        + "--set-section-flags .reinit.manifest=noload,readonly plugin.so")
    let file = try PluginFile.accepted(path)
    #expect(file.hasEntry)
    try check(file.manifest)
  }

  @Test("It is still there after strip, which removes what is not loaded only if asked to")
  func strip() throws {
    let folder = try Folder()
    let path = try folder.patched { _ in }
    try folder.run("strip plugin.so")
    #expect(try PluginFile.accepted(path).manifest?.id == "org.example.good")
  }

  @Test("A library without an entry is a plugin if its manifest declares functions that it exports")
  func functionsAlone() throws {
    let folder = try Folder()
    let path = try folder.compile(
      Source.manifest(withFunction: "lecun", symbol: "lecun_normal") + "RI_EXPORT void lecun_normal(void) {}")
    let file = try PluginFile.accepted(path)
    #expect(!file.hasEntry && file.manifest?.functions.count == 1)
    #expect(!file.notes.contains { $0.contains("nobody asks for") })
  }

  @Test("What is not known is noted with the key that was perhaps meant, and has no effect")
  func unknownKeys() throws {
    let text = #"{"reinit": 1, "id": "org.a", "version": "1.0", "initializer": ["x"], "\u001b": 2}"#
    let manifest = try PluginManifest(section: Array(text.utf8), of: "p.so")
    #expect(manifest.initializers.isEmpty && manifest.notes.count == 3)
    #expect(manifest.notes.first?.contains("similar name exists: initializers") ?? false)
    #expect(manifest.notes.contains { $0.contains("\\u{1b}") } && manifest.notes.contains { $0.contains("no license") })
  }

  @Test("Unknown keys of functions and of their arguments are noted too")
  func unknownKeysOfFunctions() throws {
    let function =
      #"{"name": "f", "result": "void", "colour": 1, "args": [{"type": "f32*", "role": "out", "name": "x"}, "#
      + #"{"type": "f32", "role": "param", "name": "a", "defualt": 1}]}"#
    let text = #"{"reinit": 1, "id": "org.a", "version": "1.0", "license": "MIT", "functions": [\#(function)]}"#
    let notes = try PluginManifest(section: Array(text.utf8), of: "p.so").notes
    #expect(
      notes == [
        "the manifest's key 'colour' of function 'f' is not known and has no effect",
        "the manifest's key 'name' of function 'f', argument 0 is not known and has no effect",
        "the manifest's key 'defualt' of function 'f', argument 1 is not known and has no effect; "
          + "a similar name exists: default",
      ])
  }

  @Test("What a host must have, and has, is read and stands in no one's way")
  func requirements() throws {
    let folder = try Folder()
    let text = String(Source.smallest.dropLast()) + ", \"requires\": {\"minor\": 0, \"services\": {}}}"
    let file = try PluginFile.accepted(folder.compile(Source.entry + Source.manifest(text)))
    #expect(file.manifest?.notes.isEmpty == true)
  }

  @Test("More is required by a later minor version, by another service, and by another version of one")
  func moreRequired() {
    var (old, new) = (PluginRequirements(), PluginRequirements())
    (old.minor, old.services) = (1, ["draft.a": 1])
    new = old
    #expect(old.text == "minor 1, draft.a 1" && !new.exceeds(old))
    new.minor = 2
    #expect(new.exceeds(old) && !old.exceeds(new))
    (new.minor, new.services) = (1, ["draft.a": 2])
    #expect(new.exceeds(old) && old.exceeds(new))
    new.services = [:]
    #expect(!new.exceeds(old) && old.exceeds(new))
  }

  @Test("An error in the text names line and column in the section")
  func positions() throws {
    let text = "{\n  \"reinit\": 1,\n  \"id\": oops\n}"
    let found = try faults {
      _ = try PluginManifest(section: Array(text.utf8), of: "p.so")
      return []
    }
    #expect(found.map(\.place) == ["p.so, section .reinit.manifest, byte 25 (line 3, column 9)"])
  }

  static let names: [(String, String)] = [
    ("id", "org.reinit.squeeze-excite"), ("id", "a.b"), ("id", "org.9.-x"), ("version", "0.1"),
    ("version", "2026.01.31"), ("version", "1.2.3.4"), ("version", "1.0.0+git.5"), ("version", "1.0-alpha"),
    ("license", "GPL-2.0-or-later WITH Classpath-exception-2.0"), ("license", "(MIT OR BSD-3-Clause)"),
    ("license", "LicenseRef-Mine"), ("summary", ""), ("summary", "größer − ∑"), ("module", "_M1"),
  ]

  @Test("Ids, versions and licenses in use are accepted", arguments: names)
  func accepted(key: String, value: String) throws {
    var object: JSONObject = ["reinit": 1, "id": "org.a", "version": "1.0"]
    object[key] = .string(value)
    let text = JSONValue.object(object).compact
    #expect(throws: Never.self) { _ = try PluginManifest(section: Array(text.utf8), of: "p.so") }
  }
}
