import Foundation
import PluginHarness
import Tensors
import Testing

@Suite("The plugins of this repository under test")
struct PluginTests {
  /// The folder of shared objects, built by Scripts/plugins.
  private static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment["REINIT_TEST_PLUGINS"] { return folder }
    let build = Process()
    build.executableURL = URL(fileURLWithPath: "\(Zoo.root)/Scripts/plugins")
    build.arguments = ["--built"]
    try? build.run()
    build.waitUntilExit()
    return "\(Zoo.root)/.build/plugins/lib"
  }()

  private func report(_ name: String, _ change: (inout HarnessOptions) -> Void = { _ in }) throws -> HarnessReport {
    var options = HarnessOptions("\(Self.folder)/\(name)")
    (options.executable, options.tier) = (Zoo.reinit, .certified)
    change(&options)
    return try PluginHarness.run(options)
  }

  @Test("Each plugin and each template reaches tier 5")
  func certified() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".so") }.sorted()
    #expect(files.count >= 16)
    try Workers.run(files.count, threads: 4) { index in
      let report = try report(files[index])
      let findings = report.findings.map { "\($0.id) \($0.finding.map { "\($0)" } ?? "")" }
      #expect(report.reached == .certified && report.isPassed, "\(files[index]): \(findings)")
    }
  }

  @Test("No seed gives a false alarm", arguments: ["c", "cxx", "rust", "swift"])
  func seeds(_ language: String) throws {
    for seed in 100..<105 {
      let report = try report("\(language)-initializer.so") {
        ($0.seed, $0.only) = (UInt64(seed), ["init.distribution", "init.independence", "init.streams", "init.fuzz"])
      }
      #expect(report.isPassed, "\(report.codes)")
    }
  }
}
