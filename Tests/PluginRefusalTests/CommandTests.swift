import Foundation
import JSONText
import Reinit
import Testing

/// What one run of the command line came to.
struct Run {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `reinit` with nothing of the user's environment.
  init(_ arguments: [String], in folder: Folder, cache: String = Workshop.store + "/cache") throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Workshop.products + "/reinit")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": folder.path, "XDG_CACHE_HOME": cache,
      "REINIT_PLUGIN_TIMEOUT": "1",
    ]
    let output = Pipe()
    process.standardOutput = output
    // A file, and not a second pipe that would fill while the first one is read.
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("reinit-errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: log) }
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    self.errors = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}

/// An end of the process that a plugin's `fill` brings about, and what the report calls it.
struct Fatality: Sendable, CustomTestStringConvertible {
  let how: String
  let code: ErrorCode
  let says: String
  var call = "fill of 'fatal'"
  var testDescription: String { how }

  static let all = [
    Fatality(how: "segfault", code: .pluginCrashed, says: "SIGSEGV"),
    Fatality(how: "abort", code: .pluginCrashed, says: "SIGABRT"),
    Fatality(how: "exit", code: .pluginExited, says: "exit(0)"),
    Fatality(how: "quick", code: .pluginExited, says: "quick_exit"),
    Fatality(how: "thread", code: .pluginEndedThread, says: "ended a thread"),
    Fatality(how: "worker", code: .pluginCrashed, says: "SIGSEGV", call: "in its own thread"),
    Fatality(how: "hang", code: .pluginTimeout, says: "did not come back"),
  ]
}

@Suite("The command line with plugins that end it", .serialized) struct CommandTests {
  private static let targets = [["-o", "b.safetensors"], ["--in-place"]]

  @Test(
    "A plugin that ends the process in fill: status 69, a report, and files as they were",
    arguments: Fatality.all, targets)
  func ended(fatality: Fatality, target: [String]) throws {
    let folder = try Folder()
    _ = try Small.write(folder)
    try folder.copy(Stage.file("fatal"), "fatal.so")
    let (old, before) = (try folder.bytes("a.safetensors"), folder.files)
    let rule = "fc.weight=org.example.fatal/fatal(\(fatality.how))"
    for format in ["text", "json"] {
      let run = try Run(
        ["apply", "a.safetensors", "--plugin", "fatal.so", "--fill", rule, "--format", format] + target, in: folder)
      let complaints = complaints(run, fatality, isJSON: format == "json")
      let isSame = try folder.files == before && folder.bytes("a.safetensors") == old
      #expect(complaints + (isSame ? [] : folder.files) == [], "\(run.errors)\(run.output)")
    }
  }

  private func complaints(_ run: Run, _ fatality: Fatality, isJSON: Bool) -> [String] {
    let parts = [fatality.code.id, fatality.says, "org.example.fatal", fatality.call, "fatal.so"]
    var complaints = parts.filter { !run.errors.contains($0) }
    if run.status != 69 { complaints.append("status \(run.status)") }
    if !run.output.isEmpty { complaints.append("output") }
    guard isJSON else { return complaints }
    let json = try? JSONValue(parsing: Array(run.errors.utf8), source: "standard error")
    return complaints + (json?["code"]?.string == fatality.code.id ? [] : ["JSON"])
  }

  @Test(
    "A cache of verdicts that is damaged, of another version or no file counts as empty",
    arguments: ["", "{", "[1]", #"{"version": "0"}"#, "version", "verdicts", "cut", "folder", "pipe"])
  func damagedCache(how: String) throws {
    let folder = try Folder()
    try folder.copy(Stage.file("a-good"), "good.so")
    let (list, cache) = (["list", "plugins", "--plugin", "good.so"], folder["cache"])
    let wanted = try Run(list, in: folder, cache: cache)
    let file = "cache/reinit/plugins.json"
    let text = String(decoding: try folder.bytes(file), as: UTF8.self)
    try FileManager.default.removeItem(atPath: folder[file])
    switch how {
    case "version": try folder.write(Data(text.replacing("reinit", "rein").utf8), file)
    case "verdicts": try folder.write(Data(text.replacing("\"half\"", "7").utf8), file)
    case "cut": try folder.write(Data(text.utf8.dropLast(100)), file)
    case "folder": try #require(mkdir(folder[file], 0o755) == 0)
    case "pipe": try #require(mkfifo(folder[file], 0o644) == 0)
    default: try folder.write(Data(how.utf8), file)
    }
    let run = try Run(list, in: folder, cache: cache)
    #expect(wanted.output.contains("org.example.a-good") && run.output == wanted.output && run.errors.isEmpty)
  }

  @Test("What a plugin prints does not get into an answer")
  func noise() throws {
    let folder = try Folder()
    _ = try Small.write(folder)
    try folder.copy(Stage.file("noisy"), "noisy.so")
    let options = ["--plugin", "noisy.so", "--format", "json"]
    let list = ["list", "plugins"] + options
    let apply = ["apply", "a.safetensors", "--fill", "fc.weight=half", "-o", "b.safetensors"] + options
    // The first listing looks at the plugin, the second one knows it, and the run loads it.
    for arguments in [list, list, apply] {
      let run = try Run(arguments, in: folder)
      let json = try? JSONValue(parsing: Array(run.output.utf8), source: "standard output")
      let isAnswer = run.status == 0 && json?["schema"] != nil
      #expect(isAnswer, "\(run.errors)\(run.output.prefix(200))")
    }
  }
}
