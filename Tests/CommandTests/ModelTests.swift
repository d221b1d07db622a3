import Foundation
import JSONText
import Testing

@Suite("Models on the command line")
struct ModelTests {
  @Test("A model's summary has torchvision's number of parameters, without a file")
  func summary() throws {
    let run = try Command.run("summary", "resnet50", "--format", "json")
    let json = try JSONValue(parsing: run.output)
    #expect(run.status == 0 && json["model"]?.string == "resnet50" && json["parameters"]?.int == 25_557_032)
    #expect(json["tensors"]?.array?.count == 320)
  }

  @Test("A file of a model's name is the file; a name that is none is told with the nearest")
  func names() throws {
    let folder = try Folder()
    try Data("text".utf8).write(to: folder.url.appendingPathComponent("resnet50"))
    #expect(try Command.run("summary", "resnet50", in: folder.url).status == 65)
    let unknown = try Command.run("summary", "resnet51")
    #expect(unknown.status == 66 && unknown.errors.contains("error[R0713]") && unknown.errors.contains("resnet50"))
    let list = try Command.run("list", "models", "--format", "json")
    #expect(try JSONValue(parsing: list.output)["items"]?.array?.count == 25)
  }
}
