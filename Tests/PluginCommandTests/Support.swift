import Foundation
import JSONText
import Testing

/// What a program came to.
struct Run {
  let status: Int32
  let output: String
  let errors: String

  /// The answer as JSON, with no other member than those.
  func json(keys: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
    let json = try JSONValue(parsing: output)
    #expect(json.object?.keys == keys, sourceLocation: sourceLocation)
    return json
  }
}

/// A folder of a test's own, in which programs see nothing of the machine's plugins; removed at its end.
final class Room {
  let url: URL

  init() throws {
    url = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("reinit-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
    try? FileManager.default.removeItem(atPath: mark)
  }

  /// A file in memory, the one place where a plugin can leave something behind while it is looked at.
  var mark: String { "/dev/shm/\(url.lastPathComponent)" }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// All files below a folder, by their paths in it, with what they hold; those with a dot before them too.
  func files(in name: String) throws -> [String: String] { try Sources.texts(in: url.appendingPathComponent(name)) }

  @discardableResult func write(_ text: String, _ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
    return file.path
  }

  /// Runs the command line in the folder.
  func reinit(_ arguments: String..., path: String? = nil) throws -> Run { try reinit(arguments, path: path) }

  func reinit(_ arguments: [String], path: String? = nil) throws -> Run {
    try run(Tools.reinit.path, arguments, path.map { ["REINIT_PLUGIN_PATH": $0] } ?? [:])
  }

  /// Runs a shell's line in the folder, which must succeed.
  @discardableResult func shell(_ line: String) throws -> Run {
    let run = try run(
      "/bin/bash", ["-c", line], ["REINIT_PREFIX": try Tools.prefix.get(), "REINIT": Tools.reinit.path])
    try #require(run.status == 0, "\(line): \(run.errors)")
    return run
  }

  private func run(_ program: String, _ arguments: [String], _ variables: [String: String]) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = url
    let own = [
      "LC_ALL": "C.UTF-8", "HOME": path("home"), "XDG_CACHE_HOME": path("cache"), "XDG_DATA_HOME": path("data"),
    ]
    let kept = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
    process.environment = own.merging(kept) { $1 }.merging(variables) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationReason == .exit, "\(arguments) was ended by a signal")
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }
}

/// Plugins in C, compiled when they are needed.
extension Room {
  /// Compiles a source against the installed headers.
  @discardableResult func compile(_ source: String, _ library: String, flags: String = "") throws -> String {
    try write(source, library + ".c")
    try shell(
      "cc -std=c11 -shared -fPIC -fvisibility=hidden -I$REINIT_PREFIX/include -o '\(library)' '\(library).c' \(flags)")
    return path(library)
  }

  /// A plugin that works: the template's initializer under a name of its own, with a manifest or without.
  @discardableResult func gate(_ library: String = "gate.so", manifest: String? = Room.manifest) throws -> String {
    try compile(Room.gateSource(manifest: manifest), library)
  }

  static func gateSource(manifest: String? = Room.manifest) throws -> String {
    let source = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    let text = source.replacing("my_plugin", with: "gate").replacing("my-plugin", with: "gate")
    let macro = manifest.map { "RI_MANIFEST(\"\($0.replacing("\"", with: "\\\""))\");\n" } ?? ""
    return text + macro
  }

  /// What that plugin registers.
  static let manifest =
    #"{"reinit": 1, "id": "org.example.gate", "version": "1.0.0", "license": "MIT", "summary": "an initializer", "#
    + #""initializers": ["gate"], "layers": []}"#
}

/// What the tests run and build with.
enum Tools {
  /// The executable beside the tests.
  static let reinit = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("reinit")

  /// A prefix with headers and kits, installed once, beside the executable.
  static let prefix = Result {
    let place = reinit.deletingLastPathComponent().appendingPathComponent("plugin-command-kits").path
    let process = Process()
    process.executableURL = Sources.root.appendingPathComponent("Scripts/install")
    process.arguments = ["--kits", "--prefix", place]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return place
  }
}

/// The project's own files.
enum Sources {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// What building leaves.
  static let products: Set<String> = ["build", ".build", "target", "Package.resolved"]
  static let suffixes: Set<String> = ["so", "o"]

  /// The templates' folders, without what building leaves in them.
  static var examples: [String: [String: String]] {
    let folder = root.appendingPathComponent("Plugins/Examples")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.reduce(into: [:]) { $0[$1] = try? texts(in: folder.appendingPathComponent($1)) }
  }

  static func texts(in folder: URL) throws -> [String: String] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    var texts: [String: String] = [:]
    for path in paths where products.isDisjoint(with: path.split(separator: "/").map(String.init)) {
      let file = folder.appendingPathComponent(path)
      let isFolder = try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
      guard !isFolder, !suffixes.contains(file.pathExtension) else { continue }
      texts[path] = try String(contentsOf: file, encoding: .utf8)
    }
    return texts
  }
}
