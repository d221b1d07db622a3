import Foundation
import JSONText
import Testing

@Suite("reinit plugin list, paths and doctor")
struct ListTests {
  static let keys = [
    "id", "version", "license", "summary", "path", "origin", "digest", "system", "runpath", "build", "abi",
    "initializers",
    "layers",
  ]
  static let initializerKeys = [
    "name", "summary", "formula", "reference", "version", "form", "needsFans", "everyRole", "exclusive", "tolerance",
    "prototype", "parameters", "reads",
  ]
  static let layerKeys = [
    "name", "summary", "reference", "version", "inputs", "outputs", "nested", "exclusive", "abilities", "parameters",
  ]
  static let parameterKeys = ["name", "summary", "kind", "required", "default", "min", "max", "choices"]

  private func list(_ room: Room, _ arguments: String..., path: String? = nil) throws -> JSONValue {
    let run = try room.reinit(["plugin", "list", "--format", "json"] + arguments, path: path)
    #expect(run.status == 0, "\(run.errors)")
    return try run.json(keys: ["schema", "plugins", "refused"])
  }

  @Test("A plugin's keys, an initializer's, a layer's and a parameter's are these")
  func keys() throws {
    let room = try Room()
    try room.gate()
    let layer = try #require(Sources.examples["c-layer"]?["my_plugin.c"])
    try room.compile(layer, "layer.so")
    let json = try list(room, "--plugin", "gate.so", "--plugin", "layer.so")
    let (first, second) = (json["plugins"]?[0], json["plugins"]?[1])
    #expect(first?.object?.keys == Self.keys && second?.object?.keys == Self.keys)
    #expect(first?["initializers"]?[0]?.object?.keys == Self.initializerKeys && first?["layers"] == [])
    #expect(second?["layers"]?[0]?.object?.keys == Self.layerKeys && second?["initializers"] == [])
    #expect(second?["layers"]?[0]?["nested"] == [0, 1] && second?["layers"]?[0]?["inputs"] == [1, 1])
    let parameters = second?["layers"]?[0]?["parameters"]
    #expect(parameters?[0]?.object?.keys == Self.parameterKeys && parameters?[1]?.object?.keys == Self.parameterKeys)
    #expect(parameters?[0]?["required"] == true && parameters?[0]?["default"] == .null)
    #expect(parameters?[1]?["kind"] == "bool" && parameters?[1]?["default"] == true)
  }

  @Test("A file that is found and no plugin is listed with its code, and is no failure")
  func refused() throws {
    let room = try Room()
    try room.write("no plugin\n", "found/text.so")
    try room.shell("chmod 755 found")
    let item = try list(room, path: room.path("found"))["refused"]?[0]
    #expect(item?.object?.keys == ["path", "origin", "code", "message", "found"])
    #expect(item?["code"] == "R0305" && item?["origin"] == "REINIT_PLUGIN_PATH")
    #expect(item?["path"]?.string == room.path("found/text.so"))
  }

  @Test("Of two plugins with one id the first is used, and the other is told; equal files are one")
  func twice() throws {
    let room = try Room()
    try room.gate("one.so")
    let source = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let other = source.replacing("my_plugin", with: "gate").replacing("my-plugin", with: "gate")
    try room.compile(other, "found/two.so", flags: "-O2 -DOTHER -g")
    try room.shell("cp one.so found/one-again.so; chmod 755 found")
    let json = try list(room, "--plugin", "one.so", path: "found")
    #expect(json["plugins"]?.array?.count == 1 && json["plugins"]?[0]?["path"] == "one.so")
    #expect(json["refused"]?.array?.count == 1 && json["refused"]?[0]?["code"] == "R0359")
    let text = try room.reinit("plugin", "list", "--plugin", "one.so", path: "found").output
    #expect(text.contains("R0359") && text.contains("'one.so' before it"))
  }

  @Test("A verdict is remembered until --rescan")
  func rescan() throws {
    let room = try Room()
    let source = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let mark =
      "#include <stdio.h>\n__attribute__((constructor)) static void mark(void) "
      + "{ FILE *f = fopen(\"\(room.mark)\", \"a\"); if (f) { fputs(\"x\", f); fclose(f); } }\n"
    try room.compile(mark + source, "gate.so")
    for (arguments, looks) in [([], 1), ([], 1), (["--rescan"], 2)] {
      #expect(try room.reinit(["plugin", "list", "--plugin", "gate.so"] + arguments).status == 0)
      #expect(try String(contentsOfFile: room.mark, encoding: .utf8).count == looks)
    }
  }

  private func places(_ room: Room, _ arguments: String..., path: String? = nil) throws -> [JSONValue] {
    let run = try room.reinit(["plugin", "paths", "--format", "json"] + arguments, path: path)
    #expect(run.status == 0, "\(run.errors)")
    let json = try run.json(keys: ["schema", "places", "environment"])
    #expect(json["environment"]?["XDG_CACHE_HOME"]?.string == room.path("cache"))
    let places = json["places"]?.array ?? []
    #expect(places.allSatisfy { $0.object?.keys == ["path", "origin", "outcome", "files", "code", "message"] })
    return places
  }

  @Test("Each place is told with what became of it, in the order of the search")
  func paths() throws {
    let room = try Room()
    try room.gate("found/gate.so")
    try room.shell("chmod 755 found; mkdir -m 777 unsafe; ln -s found again; mkdir -p data/reinit/plugins")
    let path = ["found", "again", "unsafe", "nowhere"].map(room.path).joined(separator: ":")
    let places = try places(room, "--plugin", "found/gate.so", path: path)
    let expected = ["searched", "searched", "repeated", "refused", "missing", "searched"]
    #expect(places.prefix(6).map { $0["outcome"]?.string } == expected)
    #expect(places.prefix(6).map { $0["files"]?.int } == [1, 0, 0, 0, 0, 0], "a file counts where it is found first")
    #expect(places[3]["code"] == "R0332" && places[5]["path"]?.string == room.path("data/reinit/plugins"))
    let text = try room.reinit("plugin", "paths", "--plugin", "found/gate.so", path: path).output
    #expect(text.contains("R0332: the plugin folder can be changed by others"))
    #expect(text.contains("the same folder as one before") && text.contains("does not exist"))
  }

  @Test("Doctor counts plugins, and names the library that calls their functions")
  func doctor() throws {
    let room = try Room()
    try room.gate("data/reinit/plugins/gate.so")
    try room.shell("chmod -R go-w data")
    func checks() throws -> [String: JSONValue] {
      let json = try JSONValue(parsing: try room.reinit("doctor", "--format", "json").output)
      return (json["checks"]?.array ?? []).reduce(into: [:]) { $0[$1["name"]?.string ?? ""] = $1 }
    }
    #expect(try checks()["plugins"]?["finding"] == "1 found, 0 refused")
    #expect(try checks()["libffi"]?["finding"]?.string?.contains("libffi.so") == true)
    try room.write("no plugin\n", "data/reinit/plugins/text.so")
    #expect(try checks()["plugins"]?["ok"] == false)
    let run = try room.reinit("doctor")
    #expect(run.status == 1 && run.output.contains("1 found, 1 refused") && run.output.contains("reinit plugin list"))
  }
}
