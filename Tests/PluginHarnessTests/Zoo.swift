import Diagnostics
import Foundation
import PluginHarness
import Synchronization
import Tensors
import Testing

/// One plugin of Tests/Zoo: what is wrong with it, and what has to be found.
struct Beast: Sendable {
  let name: String
  let language: String
  /// The code that has to be found, and no other; empty for a plugin of the control group.
  let code: String
  let fault: String
}

/// The zoo of broken plugins, built once beside the tests.
enum Zoo {
  static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  /// The folder of the test bundle, where the command line lies too.
  static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
  static let reinit = products + "/reinit"
  /// A path in that folder at which nothing is.
  static let absent = products + "/absent"
  private static let store = products + "/zoo"

  /// Every plugin, by the first line of its source.
  static let beasts: [Beast] = ["c", "cxx", "rust", "swift"].flatMap { language in
    let folder = "\(root)/Tests/Zoo/\(language)"
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return files.filter { !$0.hasSuffix(".h") && !$0.hasSuffix(".hpp") }.compactMap { file -> Beast? in
      guard let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8),
        let match = text.prefixMatch(of: /(?:\/\*|\/\/) (R\d{4}|none): (.*?)\.?(?: \*\/)?\n/)
      else { return nil }
      let code = match.1 == "none" ? "" : String(match.1)
      return Beast(name: String(file.prefix { $0 != "." }), language: language, code: code, fault: String(match.2))
    }
  }

  /// What finds each fault, by a whole run: a line for each beast, its name and tests.
  static let finders: [String: [String]] = {
    let text = (try? String(contentsOfFile: "\(root)/Tests/PluginHarnessTests/Golden/found.txt", encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return lines.reduce(into: [:]) { $0[$1[0]] = Array($1.dropFirst()) }
  }()

  /// Whether everything is asked of every beast, which takes minutes: REINIT_ZOO=whole.
  static let isWhole = ProcessInfo.processInfo.environment["REINIT_ZOO"] == "whole"

  static func beast(_ name: String) throws -> Beast { try #require(beasts.first { $0.name == name }) }

  /// The folder of shared objects.
  private static let built = Result {
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    make.arguments = ["-s", "-C", "\(root)/Tests/Zoo", "-j\(jobs)", "OUT=\(store)"]
    try make.run()
    make.waitUntilExit()
    try #require(make.terminationStatus == 0, "the zoo cannot be built")
    return store
  }

  static func file(_ name: String) throws -> String { "\(try built.get())/\(name).so" }

  /// The usual test of a plugin of the zoo: everything.
  static func options(_ name: String, tier: Tier = .certified) throws -> HarnessOptions {
    var options = HarnessOptions(try file(name))
    options.executable = reinit
    options.tier = tier
    // Several plugins are tested at once.
    options.jobs = 1
    return options
  }

  /// What is asked of a beast: everything of a good one and of each sixteenth, else what finds its fault.
  static func question(_ beast: Beast, _ index: Int) throws -> HarnessOptions {
    var options = try options(beast.name)
    if !isWhole, !beast.code.isEmpty, index % 16 != 0 { options.only = finders[beast.name] ?? [] }
    return options
  }

  /// Tests plugins, several at once: most of the time of each is waiting for another second.
  static func run(_ beasts: [Beast]) throws -> [String: HarnessReport] {
    _ = try built.get()
    let reports = Mutex<[String: HarnessReport]>([:])
    try Workers.run(beasts.count, threads: 8) { index in
      let report = try PluginHarness.run(try question(beasts[index], index))
      reports.withLock { $0[beasts[index].name] = report }
    }
    return reports.withLock { $0 }
  }
}

extension HarnessReport {
  /// The codes of all findings, each once.
  var codes: String { Set(findings.compactMap(\.finding?.code.id)).sorted().joined(separator: ", ") }

  func result(_ id: String) -> TestResult? { tests.first { $0.id == id } }
}
