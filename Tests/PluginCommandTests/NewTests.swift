import Foundation
import JSONText
import Testing

@testable import ReinitCommand

@Suite("reinit plugin new")
struct NewTests {
  @Test("The folder has the template's files, in the plugin's name", arguments: TemplateTests.all)
  func writes(_ template: PluginTemplate) throws {
    let room = try Room()
    let run = try room.reinit(
      "plugin", "new", "Zig-zag9", "--language", template.language.rawValue, "--\(template.kind.rawValue)")
    #expect(run.status == 0, "\(run.errors)")
    let files = template.files(named: try PluginName("Zig-zag9"))
    #expect(try room.files(in: "Zig-zag9") == Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.text) }))
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.url.path) == ["Zig-zag9"])
  }

  @Test(
    "What it makes is built by make, and found",
    arguments: ["a", "Foo-Bar9", "HTTPGate"], PluginTemplate.Kind.allCases)
  func builds(_ name: String, _ kind: PluginTemplate.Kind) throws {
    let room = try Room()
    #expect(try room.reinit("plugin", "new", name, "--language", "c", "--\(kind.rawValue)").status == 0)
    try room.shell("make -C \(name)")
    let library = "\(name)/build/\(name).so"
    let list = try JSONValue(parsing: try room.reinit("plugin", "list", "--plugin", library, "--format=json").output)
    let offers = list["plugins"]?[0]?[kind == .layer ? "layers" : "initializers"]?[0]?["name"]?.string
    let form = try PluginName(name)
    #expect(offers == (kind == .layer ? form.camel : form.snake))
  }

  @Test("Plain functions are begun in C alone")
  func functionsOfOthers() throws {
    let room = try Room()
    let run = try room.reinit("plugin", "new", "gate", "--language", "rust", "--function")
    #expect(run.status == 64 && run.errors.contains("--language c") && !room.has("gate"))
  }

  @Test("A folder that is there stays as it is")
  func exists() throws {
    let room = try Room()
    try room.write("mine", "gate/Makefile")
    let run = try room.reinit("plugin", "new", "gate", "--language", "c")
    #expect(run.status == 73 && run.errors.contains("error[R0708]: 'gate' exists"))
    #expect(try room.files(in: "gate") == ["Makefile": "mine"])
  }

  @Test("A link that leads nowhere counts as there")
  func link() throws {
    let room = try Room()
    try FileManager.default.createSymbolicLink(atPath: room.path("gate"), withDestinationPath: "nowhere")
    #expect(try room.reinit("plugin", "new", "gate", "--language", "c").status == 73)
  }

  @Test("Where files cannot be written, nothing is left")
  func nothingLeft() throws {
    let room = try Room()
    let line =
      "ulimit -f 0; '\(Tools.reinit.path)' plugin new gate --language rust 2>/dev/null | cat; echo ${PIPESTATUS[0]}"
    #expect(try room.shell(line).output == "74\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.url.path) == [])
  }

  @Test("A folder that no folder can be made in is an error")
  func noPlace() throws {
    let room = try Room()
    let run = try room.shell("cd /proc/self; '\(Tools.reinit.path)' plugin new gate --language c 2>&1; echo $?")
    #expect(run.output.hasSuffix("\n73\n"))
  }
}
