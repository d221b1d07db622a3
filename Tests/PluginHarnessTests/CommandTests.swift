import Diagnostics
import Foundation
import FoundationXML
import JSONText
import Testing

@testable import PluginHarness

@Suite("reinit plugin test")
struct CommandTests {
  private struct Answer {
    let status: Int32
    let output: String
    let errors: String
  }

  private func reinit(_ arguments: String..., program: String = Zoo.reinit) throws -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["plugin", "test"] + arguments
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": Zoo.absent]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }

  @Test("A pass is 0, findings are 1, a file that cannot be loaded is a finding")
  func statuses() throws {
    #expect(try reinit(Zoo.file("good-initializer"), "--tier", "2").status == 0)
    #expect(try reinit(Zoo.file("ignores-offset")).status == 1)
    #expect(try reinit(Zoo.file("no-entry")).status == 1)
    #expect(try reinit("/bin/sh").status == 1)
  }

  @Test(
    "Everything else has its status and its code",
    arguments: [
      ([], Int32(64), "R0701"), ([Zoo.absent + ".so"], 66, "R0601"), (["GOOD", "--tier", "6"], 64, "R0701"),
      (["GOOD", "--only", "init.nonsense"], 64, "R0709"), (["GOOD", "--skip", "load:Nothing"], 64, "R0709"),
      (["GOOD", "--skip", "load", "--skip", "init"], 64, "R0712"), (["GOOD", "--seed", "many"], 64, "R0701"),
      (["GOOD", "--timeout", "0"], 64, "R0701"), (["GOOD", "--jobs", "0"], 64, "R0701"),
      (["GOOD", "--input", "zoo"], 64, "R0701"), (["GOOD", "--input", "zoo=[2, x]"], 64, "R0701"),
      (["GOOD", "--input", "zo=[2, 2]"], 64, "R0709"),
      (["GOOD", "--with", "zo(gain: 1)"], 64, "R0709"), (["GOOD", "--with", "zoo(gain: -1)"], 64, "R0105"),
      (["GOOD", "--with", "zoo(gaim: 1)"], 64, "R0107"),
      (["GOOD", "--expect", Zoo.absent], 66, "R0601"), (["GOOD", "--expect", "/bin/sh"], 65, "R0706"),
    ])
  func refusals(_ arguments: [String], _ status: Int32, _ code: String) throws {
    let good = try Zoo.file("good-initializer")
    let words = arguments.map { $0 == "GOOD" ? good : $0 }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Zoo.reinit)
    process.arguments = ["plugin", "test"] + words
    let errors = Pipe()
    (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == status && text.contains("error[\(code)]"), "\(text)")
  }

  @Test("Text has a line for each test, a frame with the cure for each finding, and the verdict")
  func text() throws {
    let answer = try reinit(Zoo.file("ignores-offset"), "--tier", "3")
    let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.first?.hasPrefix("org.example.zoo.ignores-offset 1.0.0  ") == true)
    #expect(
      lines.contains("  ✔ init.fill zoo") && lines.contains("  – init.parallel zoo  not run after init.shards:zoo"))
    #expect(lines.contains("  ✘ init.shards zoo  R0935 a piece of a tensor has other bits than the whole"))
    for part in [
      "┌─── R0935 init.shards:zoo", "│ in C: Pass f->offset to the random functions", "│ more: reinit explain R0935",
    ] {
      #expect(lines.contains { $0.hasPrefix(part) }, "\(part)")
    }
    #expect(lines.contains { $0.contains("the offset is ignored") })
    let again = try #require(lines.first { $0.hasPrefix("│ again: ") })
    #expect(again.hasPrefix("│ again: reinit plugin test ") && again.contains("--only init.shards:zoo"), "\(again)")
    #expect(answer.output.contains("1 finding (R0935)") && answer.output.contains("it reaches tier 2, works"))
  }

  @Test("The command that repeats a finding is one line, however long the file's path")
  func repeated() throws {
    let folder = NSTemporaryDirectory() + String(repeating: "long", count: 40)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/plugin.so"
    try FileManager.default.copyItem(atPath: try Zoo.file("ignores-offset"), toPath: file)
    let again = try reinit(file, "--only", "init.shards:zoo").output.split(separator: "\n").first {
      $0.hasPrefix("│ again: ")
    }
    #expect(again?.hasPrefix("│ again: reinit plugin test ") == true && again?.contains("/plugin.so --only") == true)
  }

  @Test("One test runs in the command's own process, where a debugger is")
  func here() throws {
    let failed = try reinit(Zoo.file("ignores-offset"), "--only", "init.shards:zoo", "--here")
    #expect(failed.status == 1 && failed.output.hasPrefix("init.shards:zoo: failed\nerror[R0935]: "))
    let passed = try reinit(Zoo.file("ignores-offset"), "--only", "init.repeat:zoo", "--here")
    #expect(passed.status == 0 && passed.output == "init.repeat:zoo: passed\n")
    for only in ["init.shards", "load.entry:zoo", "init"] {
      let refused = try reinit(Zoo.file("ignores-offset"), "--only", only, "--here")
      #expect(refused.status == 64 && refused.errors.contains("error[R0709]"))
    }
  }

  @Test("JSON has the keys of the contract")
  func json() throws {
    let answer = try reinit(Zoo.file("ignores-offset"), "--format", "json")
    let json = try JSONValue(parsing: answer.output)
    #expect(json["schema"]?.string == "reinit.plugin-test/1" && json["reached"]?.int == 2 && json["tier"]?.int == 3)
    #expect(json["plugin"]?.string == (try Zoo.file("ignores-offset")))
    let tests = try #require(json["tests"]?.array)
    let failed = try #require(tests.first { $0["outcome"]?.string == "failed" })
    #expect(failed["id"]?.string == "init.shards:zoo" && failed["code"]?.string == "R0935" && failed["tier"]?.int == 3)
    #expect(failed["message"]?.string?.isEmpty == false)
    for test in tests {
      #expect(["passed", "failed", "skipped", "expected"].contains(test["outcome"]?.string ?? ""))
      #expect(test["reproduce"]?.string?.hasPrefix("reinit plugin test ") == true)
    }
  }

  @Test(
    "JUnit's XML is well formed, and counts what there is",
    arguments: ["good-layer", "ignores-offset", "forward-prints"])
  func junit(_ name: String) throws {
    let answer = try reinit(Zoo.file(name), "--tier", "5", "--format", "junit")
    let document = try XMLCounter.count(answer.output)
    let findings = name == "good-layer" ? 0 : 1
    #expect(answer.status == Int32(findings))
    #expect(document.elements["failure", default: 0] >= findings)
    for attributes in document.suites {
      #expect(attributes["tests"].flatMap { Int($0) } != nil && attributes["time"].flatMap { Double($0) } != nil)
    }
    #expect(document.cases == document.suites.compactMap { $0["tests"].flatMap { Int($0) } }.reduce(0, +))
  }

  @Test("The list has every test, and the page for authors has the list")
  func list() throws {
    let answer = try reinit("--list")
    #expect(answer.status == 0)
    let page = try String(contentsOfFile: "\(Zoo.root)/docs/plugins/testing.md", encoding: .utf8)
    for test in PluginTest.all {
      #expect(answer.output.contains(test.id))
      #expect(
        page.contains("| `\(test.id)` | \(test.tier.rawValue) | \(test.proves) | \(test.code.id) |"), "\(test.id)")
    }
  }

  @Test("A finding's page has the cure in four languages")
  func explain() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Zoo.reinit)
    process.arguments = ["explain", "R0935"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    for heading in ["Cause", "Fix", "In C", "In C++", "In Rust", "In Swift", "Exit code"] {
      #expect(text.contains("\n\(heading)\n"))
    }
  }

  @Test("Shapes of inputs are read as they are written")
  func inputs() throws {
    #expect(try InputShapes.parse("Gate=[2, 8]").shapes == [[2, 8]])
    #expect(try InputShapes.parse("Gate=[2,8] [2, 3]").shapes == [[2, 8], [2, 3]])
    #expect(try InputShapes.parse("Gate=[2, 8], []").shapes == [[2, 8], []])
  }
}

/// Reads XML and counts.
private final class XMLCounter: NSObject, XMLParserDelegate {
  var elements: [String: Int] = [:]
  var suites: [[String: String]] = []
  var cases: Int { elements["testcase", default: 0] }

  static func count(_ text: String) throws -> XMLCounter {
    let counter = XMLCounter()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = counter
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    return counter
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    if name == "testsuite" { suites.append(attributes) }
  }
}
