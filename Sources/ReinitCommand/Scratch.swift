import Diagnostics
import Glibc
import PluginHarness

enum Scratch {
  static func run(_ arguments: [String]) -> Int32 {
    defer { fflush(nil) }
    var options = HarnessOptions(arguments[0])
    options.tier = .certified
    for (i, a) in arguments.enumerated() {
      if a == "--only" { options.only.append(arguments[i + 1]) }
      if a == "--seed" { options.seed = UInt64(arguments[i + 1])! }
      if a == "--case" { options.fuzzCase = arguments[i + 1] }
      if a == "--tier" { options.tier = Tier(rawValue: Int(arguments[i + 1])!)! }
      if a == "--timeout" { options.callLimit = .seconds(Int(arguments[i + 1])!) }
    }
    do throws(Diagnostic) {
      let report = try PluginHarness.run(options)
      let brief = arguments.contains("--brief")
      for test in report.tests where !brief || test.outcome == .failed {
        print(test.outcome, test.id, test.wall, test.reason ?? "")
        if let finding = test.finding { print("   ", finding); print("   ", test.reproduction) }
      }
      print(arguments[0], "reached", report.reached.map { "\($0)" } ?? "none", "codes", Set(report.findings.map { $0.finding!.code.id }).sorted().joined(separator: ","), "wall", report.wall)
      return report.isPassed ? 0 : 1
    } catch { print(error); return 70 }
  }
}
