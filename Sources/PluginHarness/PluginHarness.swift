import Diagnostics

/// Tests a plugin: every law and limit of the ABI, each in a process of its own; the plugin is never loaded here.
///
///     let report = try PluginHarness.run(HarnessOptions("build/gabor.so"))
///     #expect(report.findings.isEmpty)
public enum PluginHarness {
  /// Runs the tests.
  /// - Parameter progress: told of each test as it ends, in the order of their ends, on any thread.
  /// - Throws: ``Diagnostics/Code/noSuchTest`` for a name that is none, ``Diagnostics/Code/harnessFailed``.
  public static func run(
    _ options: HarnessOptions, progress: @escaping @Sendable (TestResult) -> Void = { _ in }
  ) throws(Diagnostic) -> HarnessReport {
    try Runner(options, progress).run()
  }
}
