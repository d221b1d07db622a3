import Foundation
import Testing

/// The source of a plugin, in one of the languages that are compiled here.
struct Source: Sendable {
  enum Language: String, Sendable { case c, cxx = "cpp", rust = "rs", swift }

  let name: String
  var language = Language.c
  let text: String
  var flags = ""
  /// The folder of the headers; nil for those of this checkout.
  var headers: String?

  private var module: String { "p_" + name.replacingOccurrences(of: "-", with: "_") }

  /// The command, with the input and the output at the end.
  fileprivate func command(_ input: String, _ output: String) -> String {
    let include = "-I'\(headers ?? Workshop.headers)'"
    switch language {
    case .c: return "cc -std=gnu11 -O1 -shared -fPIC \(include) -o '\(output)' '\(input)' \(flags)"
    case .cxx: return "c++ -std=c++20 -O1 -shared -fPIC \(include) -o '\(output)' '\(input)' \(flags)"
    case .rust: return "rustc --edition 2021 --crate-type cdylib --crate-name \(module) -O -o '\(output)' '\(input)'"
    case .swift:
      return """
        swiftc -parse-as-library -emit-library -module-name \(module) -Xcc \(include) -I'\(Workshop.headers)' \
        -o '\(output)' '\(input)'
        """
    }
  }
}

/// Fixtures cannot be made.
struct Failure: Error { let text: String }

/// Compiles plugins: several at once, and none that is here already with the same text.
enum Workshop {
  static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  static let headers = root + "/Sources/CReinit/include"
  /// The folder of the test bundle, where the command line lies too.
  static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
  static let store = products + "/plugin-refusal"
  /// A library to link with that is not found again.
  static let absent = "libreinit-lamp.so.7"

  /// A file for each source, under the source's name.
  static func build(_ sources: [Source]) throws -> [String: String] {
    try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
    try run(["cc -shared -Wl,-soname,\(absent) -o '\(store)/\(absent)' -x c /dev/null"])
    var files: [String: String] = [:]
    var commands: [String] = []
    for source in sources {
      let stem = "\(store)/\(source.name)-\(String(hash(source), radix: 36))"
      files[source.name] = stem + ".so"
      guard !FileManager.default.fileExists(atPath: stem + ".so") else { continue }
      let input = "\(stem).\(source.language.rawValue)"
      try source.text.write(toFile: input, atomically: true, encoding: .utf8)
      commands.append("\(source.command(input, stem + ".new")) && mv '\(stem).new' '\(stem).so'")
    }
    try run(commands)
    return files
  }

  /// Runs shell commands, as many at once as there are processors.
  private static func run(_ commands: [String]) throws {
    guard !commands.isEmpty else { return }
    let list = "\(store)/commands-\(getpid())"
    try commands.joined(separator: "\0").write(toFile: list, atomically: true, encoding: .utf8)
    let status = system("xargs -0 -P \(ProcessInfo.processInfo.activeProcessorCount) -I{} sh -c '{}' < '\(list)'")
    try? FileManager.default.removeItem(atPath: list)
    // Not a requirement: one that fails in a lazy constant counts as an issue of the first test that asks, and no other.
    guard status == 0 else { throw Failure(text: "a fixture does not compile") }
  }

  /// What a product depends on: its text, its command, the headers.
  private static func hash(_ source: Source) -> UInt64 {
    let text = source.text + source.command("", "")
    return text.utf8.reduce(source.headers.map(hash(ofHeaders:)) ?? ours) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static let ours = hash(ofHeaders: headers)

  private static func hash(ofHeaders folder: String) -> UInt64 {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/reinit")) ?? []).sorted()
    return names.filter { $0.hasSuffix(".h") }.reduce(0xCBF2_9CE4_8422_2325) { hash, name in
      let data = FileManager.default.contents(atPath: "\(folder)/reinit/\(name)") ?? Data()
      return data.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }
}

/// A folder of a test's own, removed at its end.
final class Folder: Sendable {
  let path: String

  init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/reinit-refusal-XXXXXX").utf8CString)
    let isMade = mkdtemp(&template) != nil
    try #require(isMade)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder.
  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self[name])) }

  @discardableResult func write(_ bytes: Data, _ name: String) throws -> String {
    try bytes.write(to: URL(fileURLWithPath: self[name]))
    return self[name]
  }

  @discardableResult func copy(_ file: String, _ name: String) throws -> String {
    try FileManager.default.copyItem(atPath: file, toPath: self[name])
    return self[name]
  }
}
