import CHarness
import Diagnostics
import Glibc
import PluginHarness

/// `ri_harness_run` of reinit/harness.h.
@_cdecl("ri_harness_run")
public func runHarness(
  _ plugin: UnsafePointer<CChar>?, _ options: UnsafePointer<ri_harness_options>?,
  _ said: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ri_harness_test>?) -> Void)?,
  _ context: UnsafeMutableRawPointer?
) -> Int32 {
  let listener = Listener(said, context)
  do throws(Diagnostic) {
    guard let plugin else { throw Diagnostic(.usage, "no plugin is named") }
    var request = HarnessOptions(String(cString: plugin))
    try request.take(options)
    let report = try PluginHarness.run(request)
    for test in report.tests { listener.tell(test) }
    guard report.tests.contains(where: { $0.outcome != .skipped }) else {
      throw Diagnostic(.nothingTested, "nothing was tested", at: request.plugin)
    }
    return Int32(clamping: report.findings.count)
  } catch {
    listener.tell(error)
    return -error.code.exit.rawValue
  }
}

extension HarnessOptions {
  /// Reads as far as the caller's struct reaches.
  fileprivate mutating func take(_ options: UnsafePointer<ri_harness_options>?) throws(Diagnostic) {
    guard let options else { return }
    var given = ri_harness_options()
    let size = min(Int(options.pointee.struct_size), MemoryLayout<ri_harness_options>.size)
    withUnsafeMutableBytes(of: &given) { $0.copyMemory(from: UnsafeRawBufferPointer(start: options, count: size)) }
    if given.tier != 0 {
      guard let asked = Tier(rawValue: Int(given.tier)) else {
        throw Diagnostic(.usage, "there is no such tier", expected: "1 to 5", found: "\(given.tier)")
      }
      tier = asked
    }
    seed = given.seed
    if given.call_seconds > 0 { callLimit = .milliseconds(Int64(min(given.call_seconds, 1e6) * 1000)) }
    only = given.only.map { String(cString: $0).split(separator: " ").map(String.init) } ?? []
    executable = given.reinit.map { String(cString: $0) }
    examples = strings(given.with)
    others = strings(given.plugins)
    for text in strings(given.input) { try addInput(text) }
    if let path = given.expectations.map({ String(cString: $0) }) { expectations = try Expectations(path: path) }
  }
}

/// The elements of a list that ends with NULL.
private func strings(_ list: UnsafePointer<UnsafePointer<CChar>?>?) -> [String] {
  guard var next = list else { return [] }
  var strings: [String] = []
  while let text = next.pointee {
    strings.append(String(cString: text))
    next += 1
  }
  return strings
}

/// Who is told of tests, as C takes them.
private struct Listener {
  private let said: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ri_harness_test>?) -> Void)?
  private let context: UnsafeMutableRawPointer?

  init(
    _ said: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ri_harness_test>?) -> Void)?,
    _ context: UnsafeMutableRawPointer?
  ) {
    (self.said, self.context) = (said, context)
  }

  func tell(_ result: TestResult) {
    let outcome: Int =
      switch result.outcome {
      case .passed: RI_HARNESS_PASSED
      case .failed: RI_HARNESS_FAILED
      case .expected: RI_HARNESS_EXPECTED
      case .skipped: RI_HARNESS_SKIPPED
      }
    let milliseconds = Int32(clamping: Int64(result.wall / .milliseconds(1)))
    let finding = result.finding
    let words = finding.map { "\($0)" } ?? result.reason ?? ""
    tell(
      (result.id, finding?.code.id ?? "", words, result.reproduction), Int32(result.test.tier.rawValue), Int32(outcome),
      milliseconds)
  }

  func tell(_ error: Diagnostic) { tell(("", error.code.id, "\(error)", ""), 0, Int32(RI_HARNESS_FAILED), 0) }

  private func tell(
    _ texts: (id: String, code: String, message: String, command: String), _ tier: Int32, _ outcome: Int32,
    _ milliseconds: Int32
  ) {
    guard let said else { return }
    texts.id.withCString { id in
      texts.code.withCString { code in
        texts.message.withCString { message in
          texts.command.withCString { command in
            var test = ri_harness_test(
              struct_size: UInt32(MemoryLayout<ri_harness_test>.size), tier: tier, outcome: outcome,
              milliseconds: milliseconds, id: id, code: code, message: message, command: command)
            said(context, &test)
          }
        }
      }
    }
  }
}
